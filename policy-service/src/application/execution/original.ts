import { AppError } from '../../domain/errors';
import { knownBy, type KnownBy } from '../../domain/request/known-by';
import type { GovernedRequest } from '../../domain/request/request';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { loadDraft } from '../change/change-request';

/**
 * A request and the one that undoes it move together: the original's change is part of the same
 * commit as the change of the compensation.
 */

/** Why an original can no longer be undone by this request; undefined while it can. */
export async function undoIsStale(deps: Deps, draft: Draft): Promise<string | undefined> {
  if (draft.request.kind !== 'compensation') return undefined;
  const original = await originalOf(deps, draft);
  const ours = original.request.compensatedBy === draft.request.id;
  if (original.request.state === 'executed' && ours) return undefined;
  return `The request that it undoes is ${original.request.state.replaceAll('_', ' ')} by now.`;
}

/**
 * The original is being undone from the moment on at which its compensation begins to execute.
 * @returns the original
 */
export async function beginOriginal(deps: Deps, draft: Draft): Promise<GovernedRequest> {
  const original = await originalOf(deps, draft);
  original.move(
    'compensate',
    'compensating',
    {},
    { type: 'request.compensating', data: { compensatedBy: draft.request.id } },
  );
  draft.join(original);
  return original.request;
}

/** The original ends as its compensation did; nothing happens for a request of another kind. */
export async function endOriginal(
  deps: Deps,
  draft: Draft,
  to: 'compensated' | 'compensation_failed',
): Promise<void> {
  if (draft.request.kind !== 'compensation') return;
  const original = await originalOf(deps, draft);
  if (original.request.state !== 'compensating') return;
  const failed = to === 'compensation_failed';
  original.move(
    'settle_compensation',
    to,
    {
      needsPerson: failed,
      ...(failed ? { inCharge: inChargeOf(deps, original.request) } : {}),
      ...undoTold(original, draft),
    },
    {
      type: `request.${to}`,
      moment: 'write_back',
      data: {
        compensatedBy: draft.request.id,
        message: draft.request.execution?.message,
        ...wordOn(draft),
      },
    },
  );
  draft.join(original);
}

/** The original was undone before a backup was restored that does not know of it. */
export async function undoneBefore(deps: Deps, draft: Draft): Promise<void> {
  if (draft.request.kind !== 'compensation') return;
  const original = await originalOf(deps, draft);
  const data = { compensatedBy: draft.request.id };
  original.move('compensate', 'compensating', {}, { type: 'request.compensating', data });
  original.move('settle_compensation', 'compensated', undoTold(original, draft), {
    type: 'request.compensated',
    moment: 'write_back',
    data: { ...data, ...wordOn(draft) },
  });
  draft.join(original);
}

/** The original keeps whose word it is, because readers see it without its compensation. */
function undoTold(original: Draft, { request }: Draft): Partial<GovernedRequest> {
  const { execution } = original.request;
  const undoKnownBy = request.execution && knownBy(request.execution);
  return execution ? { execution: { ...execution, undoKnownBy } } : {};
}

/** Whose word the log has for what the compensation came to. */
function wordOn({ request }: Draft): { knownBy?: KnownBy } {
  return request.execution ? { knownBy: knownBy(request.execution) } : {};
}

/** Role of the people who look after an action, as the catalogue names it. */
export function inChargeOf(deps: Deps, { intent }: GovernedRequest): string | undefined {
  return intent?.action ? deps.bundle().action(intent.action)?.owner : undefined;
}

/** @throws AppError `not_found` */
async function originalOf(deps: Deps, draft: Draft): Promise<Draft> {
  const { compensates } = draft.request;
  if (!compensates) throw new AppError('internal', 'A compensation names what it undoes.');
  return loadDraft(deps, draft.caller, compensates);
}
