import { AppError } from '../../domain/errors';
import { openStep, type Execution } from '../../domain/request/execution';
import type { Person } from '../../domain/identity/identity';
import { FOUND_NOT_HAPPENED } from '../../domain/request/known-by';
import { mayHaveBeenWritten } from '../../domain/request/restored';
import { assertCommand, targetsOf, type RequestState } from '../../domain/request/states';
import type { Caller } from '../change/caller';
import { assertNotStopped } from '../stops/active-stops';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { endOriginal } from './original';
import { performExecution } from './perform';
import { applyOutcome, type StepResult } from './record-step';
import { assertItsDocument } from './doubt/assert-its-document';
import { assertNotThere } from './doubt/assert-not-there';
import { confirmRestored } from './confirm-restored';
import { changeRequest } from '../change/change-request';

/** What a person found out in the ERP about an outcome that was unknown. */
export interface Finding {
  happened: boolean;
  /** Where it can be seen: a document number, a statement, who was asked. */
  evidence: string;
  /** Number under which the ERP holds it, where it happened. */
  erpReference?: string;
}

/** Ends that stay what they are: a person takes them off the list of what is left to do. */
const ONLY_LOOKED_AFTER: ReadonlySet<RequestState> = new Set([
  'compensation_failed',
  'invalid',
  'extraction_failed',
]);

/** The role that repairs what needs a person. */
const OPERATOR = 'operator';

/** @throws AppError `insufficient_scope` */
export function assertOperator(person: Person): void {
  if (!person.roles.includes(OPERATOR)) {
    throw new AppError(
      'insufficient_scope',
      `This needs the role ${OPERATOR}, which you do not hold.`,
    );
  }
}

/**
 * Ends an unknown outcome, or an undoing that failed, by a person's word. It is recorded as theirs:
 * what they found, where, and under which name. What remains to be done of it goes on from there.
 * @throws AppError `insufficient_scope`, `illegal_transition`, also while somebody calls the ERP for it,
 *   or when the ERP holds what is said not to have happened, or not what is said to have, `not_executable` when what remains would be sent while execution is stopped
 */
export async function resolveOutcome(
  deps: Deps,
  caller: Caller & { kind: 'person' },
  requestId: string,
  finding: Finding,
): Promise<void> {
  assertOperator(caller.person);
  const seen = (await deps.store.request(requestId))?.value;
  if (seen) {
    await (finding.happened
      ? assertItsDocument(deps, seen, finding.erpReference)
      : assertNotThere(deps, seen));
  }
  const { draft, result: goesOn } = await changeRequest(
    deps,
    caller,
    requestId,
    async (current) => {
      current.expectRevision((await deps.policy.refresh()).revision);
      const open = await resolve(deps, current, caller.person, finding);
      if (open) await assertNotStopped(deps, current.request);
      return open;
    },
  );
  if (!goesOn) return;
  const connector = deps.connector(draft.request.connectorId ?? '');
  await performExecution(deps, caller, connector, draft.request);
}

/** @returns whether a step is open under this process's lease */
async function resolve(
  deps: Deps,
  draft: Draft,
  person: Person,
  finding: Finding,
): Promise<boolean> {
  const { execution, state, connectorId } = draft.request;
  const entry = {
    type: 'request.resolved',
    moment: 'confirmation' as const,
    data: { ...finding, person: { email: person.email, name: person.name } },
  };
  if (ONLY_LOOKED_AFTER.has(state) && draft.request.needsPerson) {
    // The state says what the service could not do; the entry says what a person did about it.
    draft.request = { ...draft.request, needsPerson: false };
    draft.record(entry);
    return false;
  }
  if (mayHaveBeenWritten(draft.request) && targetsOf(state, 'cancel').length > 0) {
    await confirmRestored(deps, draft, person, finding, entry);
    return false;
  }
  const undoing = state === 'compensating' && execution?.undo !== undefined;
  if (!undoing) assertCommand(state, 'resolve');
  if (!execution) throw new Error('an unknown outcome has an execution');
  if (execution.leaseUntil > draft.lived.toISOString()) {
    throw new AppError(
      'illegal_transition',
      'It is being looked into right now. Wait for the outcome, or try again in a minute.',
      { state },
    );
  }
  const outcome: StepResult = {
    ...(finding.happened
      ? { outcome: 'done', erpReference: finding.erpReference, result: {} }
      : { outcome: 'refused', message: `${person.name}${FOUND_NOT_HAPPENED}` }),
    attempts: [],
    evidence: finding.evidence,
    knownBy: 'person',
    entry,
  };
  const step = openStep(execution);
  if (!step) return endWithoutSteps(deps, draft, execution, outcome);
  const connector = connectorId === undefined ? undefined : deps.connector(connectorId);
  return applyOutcome(deps, draft, execution, { held: draft.request, step, outcome, connector });
}

/** A write by the holder of a permit: it happened as a whole, or not. */
async function endWithoutSteps(
  deps: Deps,
  draft: Draft,
  execution: Execution,
  outcome: StepResult,
): Promise<false> {
  const done = outcome.outcome === 'done';
  const status = done ? 'executed' : 'failed';
  const reference = done ? outcome.erpReference : undefined;
  draft.move(
    'resolve',
    status,
    {
      needsPerson: false,
      deadline: undefined,
      execution: {
        ...execution,
        status,
        ...(reference === undefined ? {} : { erpReference: reference }),
        knownBy: 'person',
        message: done ? undefined : outcome.message,
        finishedAt: draft.now.toISOString(),
      },
    },
    outcome.entry ?? { type: 'request.resolved', data: {} },
  );
  await endOriginal(deps, draft, done ? 'compensated' : 'compensation_failed');
  return false;
}
