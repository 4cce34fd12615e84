import type { EntryBody } from '../../audit/entry';
import { AppError } from '../../domain/errors';
import type { Person } from '../../domain/identity/identity';
import type { Restored } from '../../domain/request/restored';
import { targetsOf } from '../../domain/request/states';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { bareExecution } from './open-execution';
import { undoneBefore } from './original';
import { reservationsOf } from '../decisions/decide';
import type { Finding } from './resolve';

/**
 * What a person found out about a request that came out of a backup and was not begun since. Nothing
 * was written: it may be sent. It was written: it is executed by their word, and never sent.
 * @throws AppError `illegal_transition` when it cannot be recorded as executed in its state
 */
export async function confirmRestored(
  deps: Deps,
  draft: Draft,
  person: Person,
  finding: Finding,
  entry: Pick<EntryBody, 'type' | 'moment' | 'data'>,
): Promise<void> {
  const { request } = draft;
  const at = draft.now.toISOString();
  if (!finding.happened) {
    const { evidence } = finding;
    const confirmed = { by: person.email, at, evidence };
    const restored: Restored = { ...(request.restored ?? { at }), confirmed };
    draft.request = { ...request, restored, needsPerson: false, updatedAt: at };
    holdAsOthers(draft);
    return draft.record(entry);
  }
  if (!targetsOf(request.state, 'execute').includes('executing')) {
    throw new AppError(
      'illegal_transition',
      `A request that is ${request.state.replaceAll('_', ' ')} cannot be recorded as executed. Cancel it: it is never sent then, and what was written goes on counting for its limits.`,
      { state: request.state },
    );
  }
  const { evidence, erpReference } = finding;
  const action = request.intent?.action ? deps.bundle().action(request.intent.action) : undefined;
  const names = request.kind === 'compensation' ? [] : (action?.steps ?? []);
  const reference = erpReference === undefined ? {} : { erpReference };
  const steps = names.map(({ name, operation }, index) => ({
    name,
    operation,
    status: 'done' as const,
    result: {},
    evidence,
    knownBy: 'person' as const,
    ...(index === names.length - 1 ? reference : {}),
  }));
  const execution = {
    ...bareExecution(draft),
    status: 'executed' as const,
    knownBy: 'person' as const,
    steps,
    ...reference,
    finishedAt: at,
  };
  draft.move('execute', 'executing', { execution, deadline: undefined }, entry);
  draft.move(
    'settle',
    'executed',
    { needsPerson: false },
    {
      type: 'request.executed',
      moment: 'write_back',
      data: { ...reference, steps, evidence, knownBy: 'person' },
    },
  );
  await undoneBefore(deps, draft);
}

/** It no longer counts as one that may have been written, only as what its state says. */
function holdAsOthers(draft: Draft): void {
  const { id, state, decision } = draft.request;
  const waits = state === 'awaiting_approval';
  if (!decision || !(waits || state === 'allowed' || state === 'approved')) return;
  draft.release();
  draft.reserve(reservationsOf(id, decision, draft.lived, waits ? 'waiting' : 'approved'));
}
