import type { EntryBody } from '../../audit/entry';
import {
  broughtBy,
  openStep,
  withStep,
  type Execution,
  type ExecutionStep,
} from '../../domain/request/execution';
import type { KnownBy } from '../../domain/request/known-by';
import type { GovernedRequest } from '../../domain/request/request';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import type { Connector, PerformResult } from '../ports';
import { keepDue, startNext } from './begin-step';
import { stillOurs } from './lease';
import { completed, leftInDoubt, refused } from './outcomes';

/** The outcome of a step. */
export type StepResult = PerformResult & {
  /** Where it can be seen, when it was found out instead of being told in an answer. */
  evidence?: string;
  /** Whose word it is, where it is not the answer to a call. */
  knownBy?: KnownBy;
  /** Unknown, and nothing of the step was ever sent from here. */
  unsent?: true;
  /** What the log says of it when a person found it out. */
  entry?: Pick<EntryBody, 'type' | 'moment' | 'data'>;
};

export interface StepRecord {
  /** The request as it was under the lease that the step was carried out with. */
  held: GovernedRequest;
  step: ExecutionStep;
  outcome: StepResult;
  /** Undefined when the catalogue no longer has it. */
  connector: Connector | undefined;
}

/**
 * Records what one step came to, and begins the next one in the same commit. An answer that comes
 * after somebody else took over is only recorded.
 * @returns whether a step is open under a renewed lease
 */
export async function recordStep(deps: Deps, draft: Draft, record: StepRecord): Promise<boolean> {
  const { held, step, outcome } = record;
  const { execution } = draft.request;
  if (!execution || !stillOurs(draft.request, held)) {
    draft.record({
      type: 'request.late_answer',
      data: { step: step.name, ...outcome },
    });
    return false;
  }
  return applyOutcome(deps, draft, execution, record);
}

/** Records an outcome on an execution that the draft is known to own. */
export async function applyOutcome(
  deps: Deps,
  draft: Draft,
  execution: Execution,
  record: StepRecord,
): Promise<boolean> {
  const { step, outcome, connector } = record;
  const told = { ...execution, attempts: [...execution.attempts, ...outcome.attempts] };
  switch (outcome.outcome) {
    case 'done': {
      const done = withStep(told, step.name, {
        status: 'done',
        erpReference: outcome.erpReference,
        result: outcome.result,
        numbers: outcome.numbers,
        evidence: outcome.evidence,
        knownBy: outcome.knownBy ?? 'answer',
        unsent: undefined,
      });
      return openStep(done)
        ? beginNext(deps, draft, record, done)
        : completed(deps, draft, done, outcome);
    }
    case 'refused':
      // An earlier call without an answer may still have been carried out, whatever this one says.
      if (step.status === 'unknown' && !outcome.entry) {
        const message = `A later call was refused, which does not tell what became of the earlier one. ${outcome.message}`;
        return leftInDoubt(deps, draft, told, step, { ...outcome, message }, connector);
      }
      return refused(deps, draft, told, step, outcome, connector);
    case 'unknown': {
      // Of a step that was in doubt before, something was sent, whatever was not sent this time.
      const unsent = step.status === 'started' ? outcome.unsent : undefined;
      return leftInDoubt(deps, draft, told, step, { ...outcome, unsent }, connector);
    }
  }
}

/** The next step is durably `started` with the outcome of the one before it. */
function beginNext(deps: Deps, draft: Draft, record: StepRecord, execution: Execution): true {
  const { step, outcome, connector } = record;
  draft.request = {
    ...draft.request,
    execution: startNext(deps, draft, execution, connector),
    updatedAt: draft.now.toISOString(),
  };
  keepDue(draft);
  draft.record(
    outcome.entry ?? {
      type: 'request.step_done',
      moment: 'write_back',
      data: {
        step: step.name,
        ...broughtBy([{ ...step, ...outcome, status: 'done' }]),
        attempts: outcome.attempts,
        evidence: outcome.evidence,
        knownBy: outcome.knownBy ?? 'answer',
      },
    },
  );
  return true;
}
