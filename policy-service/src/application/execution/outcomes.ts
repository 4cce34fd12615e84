import type { Action } from '../../domain/catalogue/action';
import {
  broughtBy,
  currentSteps,
  withStep,
  type Execution,
  type ExecutionStep,
} from '../../domain/request/execution';
import { leastSure, type KnownBy } from '../../domain/request/known-by';
import type { Command } from '../../domain/request/states';
import { undoPlan } from '../../domain/catalogue/undo';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import type { Connector } from '../ports';
import { nextLook } from './doubt/next-look';
import { keepDue, startNext } from './begin-step';
import { endOriginal } from './original';
import type { StepResult } from './record-step';

type Refused = StepResult & { outcome: 'refused' };
type Doubtful = StepResult & { outcome: 'refused' | 'unknown' };

/** Every step is done: the action is executed, or what it had done is undone. */
export async function completed(
  deps: Deps,
  draft: Draft,
  execution: Execution,
  last: StepResult,
): Promise<false> {
  const undone = execution.undo !== undefined;
  const to = undone ? 'compensated' : 'executed';
  const finished: Execution = {
    ...ended(draft, execution),
    status: to,
    ...(undone ? {} : { ...broughtBy(execution.steps), message: undefined }),
    knownBy: leastSure(currentSteps(execution)),
  };
  const change = { execution: finished, deadline: undefined, needsPerson: false };
  draft.move(settling(draft), to, change, entryOf(finished, last));
  await endOriginal(deps, draft, 'compensated');
  return false;
}

/**
 * The ERP provably holds nothing of this step. Without earlier steps the request is `failed`; what
 * was done before is undone in reverse, in the same go.
 * @returns whether a step is open, now to undo
 */
export async function refused(
  deps: Deps,
  draft: Draft,
  told: Execution,
  step: ExecutionStep,
  outcome: Refused,
  connector: Connector | undefined,
): Promise<boolean> {
  const { message } = outcome;
  const execution = { ...withStep(told, step.name, { status: 'failed' }), message };
  if (execution.undo) return givenUp(deps, draft, execution, outcome);

  const action = actionOf(deps, draft);
  const writes = (operation: string): boolean =>
    connector?.traits.operations[operation]?.reads !== true;
  const holds = execution.steps.some((one) => one.status === 'done' && writes(one.operation));
  if (!holds) {
    const failed: Execution = {
      ...ended(draft, execution),
      status: 'failed',
      knownBy: wordOnRefusal(outcome),
    };
    const change = { execution: failed, needsPerson: false };
    draft.move(settling(draft), 'failed', change, entryOf(failed, outcome));
    await endOriginal(deps, draft, 'compensation_failed');
    return false;
  }
  const undo = action && undoPlan(action, execution, writes);
  const compensating: Execution = {
    ...execution,
    status: 'compensating',
    incomplete: message,
    ...(undo ? { undo } : {}),
  };
  draft.move(
    settling(draft),
    'compensating',
    { execution: undo ? startNext(deps, draft, compensating, connector) : compensating },
    entryOf(compensating, outcome),
  );
  if (!undo) return givenUp(deps, draft, compensating, { ...outcome, entry: undefined });
  keepDue(draft);
  return true;
}

/**
 * Nobody can say whether the step was carried out. It is looked into again where that is safe;
 * an undoing that nothing more can be done about ends with the people in charge.
 */
export async function leftInDoubt(
  deps: Deps,
  draft: Draft,
  told: Execution,
  step: ExecutionStep,
  outcome: Doubtful,
  connector: Connector | undefined,
): Promise<false> {
  const { message } = outcome;
  const { unsent } = outcome;
  const execution = { ...withStep(told, step.name, { status: 'unknown', unsent }), message };
  const lookAt = nextLook(actionOf(deps, draft), connector?.traits, execution, draft);
  if (execution.undo && lookAt === undefined) return givenUp(deps, draft, execution, outcome);
  if (execution.undo) {
    draft.request = {
      ...draft.request,
      execution: ended(draft, execution),
      needsPerson: true,
      deadline: lookAt,
      updatedAt: draft.now.toISOString(),
    };
    draft.record({
      type: 'request.undo_unknown',
      moment: 'write_back',
      data: dataOf(execution, outcome),
    });
    return false;
  }
  const unknown: Execution = { ...ended(draft, execution), status: 'outcome_unknown' };
  const change = { execution: unknown, needsPerson: true, deadline: lookAt };
  draft.move(settling(draft), 'outcome_unknown', change, entryOf(unknown, outcome));
  return false;
}

/** What is left cannot be undone by the service: the role in charge is named. */
async function givenUp(
  deps: Deps,
  draft: Draft,
  execution: Execution,
  outcome: StepResult,
): Promise<false> {
  const failed: Execution = {
    ...ended(draft, execution),
    ...broughtBy(execution.steps),
    status: 'compensation_failed',
    knownBy: outcome.outcome === 'refused' ? wordOnRefusal(outcome) : undefined,
  };
  const change = {
    execution: failed,
    needsPerson: true,
    deadline: undefined,
    inCharge: actionOf(deps, draft)?.owner,
  };
  draft.move('settle_compensation', 'compensation_failed', change, entryOf(failed, outcome));
  await endOriginal(deps, draft, 'compensation_failed');
  return false;
}

function wordOnRefusal({ knownBy, attempts }: StepResult): KnownBy {
  return knownBy ?? (attempts.length === 0 ? 'never_sent' : 'answer');
}

/** The command that ends the state the execution is in. */
function settling({ request }: Draft): Command {
  switch (request.state) {
    case 'outcome_unknown':
      return 'reconcile';
    case 'compensating':
      return 'settle_compensation';
    default:
      return 'settle';
  }
}

/** Nobody is calling any more: whoever looks into it next need not wait for the lease. */
function ended(draft: Draft, execution: Execution): Execution {
  return {
    ...execution,
    leaseUntil: draft.lived.toISOString(),
    finishedAt: draft.now.toISOString(),
  };
}

/** The action as it was begun, unless the catalogue has another version of it now. */
function actionOf(deps: Deps, { request }: Draft): Action | undefined {
  const action = request.intent?.action ? deps.bundle().action(request.intent.action) : undefined;
  return action?.version === request.actionVersion ? action : undefined;
}

function entryOf(execution: Execution, outcome: StepResult) {
  return (
    outcome.entry ?? {
      type: `request.${execution.status}`,
      moment: 'write_back' as const,
      data: dataOf(execution, outcome),
    }
  );
}

function dataOf(execution: Execution, outcome: StepResult): Record<string, unknown> {
  const { erpReference, result, message, steps, undo, knownBy } = execution;
  const { attempts, evidence } = outcome;
  return { erpReference, result, message, steps, undo, attempts, evidence, knownBy };
}
