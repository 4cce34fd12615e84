import type { Action } from '../../domain/catalogue/action';
import { AppError } from '../../domain/errors';
import type { Execution, ExecutionStep } from '../../domain/request/execution';
import { undoPlan } from '../../domain/catalogue/undo';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import type { Connector } from '../ports';
import { startNext } from './begin-step';
import { beginOriginal } from './original';

/**
 * An execution by the service itself. Its first step is `started`: the commit that holds it comes
 * before the first byte.
 * @throws AppError `not_executable` when what a compensation undoes cannot be undone
 */
export async function openExecution(
  deps: Deps,
  draft: Draft,
  action: Action,
  connector: Connector,
): Promise<Execution> {
  const steps: ExecutionStep[] =
    draft.request.kind === 'compensation'
      ? await stepsOfUndo(deps, draft, action, connector)
      : action.steps.map(({ name, operation }) => ({ name, operation, status: 'pending' }));
  return startNext(deps, draft, { ...bareExecution(draft), steps }, connector);
}

/** What every execution begins with; nobody owns it yet. */
export function bareExecution({
  request,
  now,
  lived,
}: Pick<Draft, 'request' | 'now' | 'lived'>): Execution {
  return {
    status: 'executing',
    idempotencyKey: `el-${request.id}`,
    steps: [],
    attempts: [],
    leaseOwner: '',
    leaseUntil: lived.toISOString(),
    startedAt: now.toISOString(),
  };
}

async function stepsOfUndo(
  deps: Deps,
  draft: Draft,
  { undoes }: Action,
  connector: Connector,
): Promise<ExecutionStep[]> {
  const original = await beginOriginal(deps, draft);
  const action = undoes === undefined ? undefined : deps.bundle().action(undoes);
  const writes = (operation: string): boolean =>
    connector.traits.operations[operation]?.reads !== true;
  const plan = action && original.execution && undoPlan(action, original.execution, writes);
  if (plan && plan.length > 0) return plan;
  throw new AppError('not_executable', 'The catalogue does not say how all of it is undone.', {
    state: draft.request.state,
    reasons: [
      { ruleId: 'not-undoable', message: 'Not everything that was written can be undone.' },
    ],
  });
}
