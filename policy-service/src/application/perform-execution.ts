import type { Execution } from '../domain/execution';
import type { GovernedRequest, JsonObject } from '../domain/request';
import type { Caller } from './caller';
import { policyOf } from './decide-request';
import type { Deps } from './deps';
import type { Draft } from './draft';
import type { PerformResult } from './ports';
import { changeRequest } from './unit-of-work';

/** First wait before an unknown outcome is looked into again; it doubles each time. */
export const RECONCILE_FIRST_SECONDS = 5;

/**
 * Calls the ERP for a request that is durably `executing` under this process's lease, and records
 * the outcome. The downstream key is the same for every attempt, so a repeat after a crash is the
 * same operation to the ERP.
 */
export async function performExecution(
  deps: Deps,
  caller: Caller,
  request: GovernedRequest,
): Promise<void> {
  const { action } = policyOf(deps, request);
  const connector = deps.connector(request.connectorId ?? action.connector);
  const outcomes: PerformResult[] = [];
  for (const step of action.steps) {
    if (leaseIsOver(deps, request)) {
      outcomes.push({
        outcome: 'unknown',
        message: 'The lease ended before this step.',
        attempts: [],
      });
      break;
    }
    const outcome = await connector.perform(
      {
        operation: step.operation,
        step: step.name,
        arguments: request.arguments ?? {},
        requestId: request.id,
        idempotencyKey: `${request.execution?.idempotencyKey}-${step.name}`,
      },
      { traceId: request.traceId },
    );
    outcomes.push(outcome);
    if (outcome.outcome !== 'done') break;
  }
  try {
    await changeRequest(deps, caller, request.id, (draft) => settle(draft, request, outcomes));
  } catch (error) {
    // The ERP was called: it would be a lie to answer that nothing was done. The row says
    // `executing` until recovery settles it.
    deps.log.error({ requestId: request.id, err: String(error) }, 'an outcome could not be stored');
  }
}

/** Somebody else may have taken over: they own every further call. */
function leaseIsOver(deps: Deps, { execution }: GovernedRequest): boolean {
  return !execution || execution.leaseUntil <= deps.clock.now().toISOString();
}

/** Records what is known, unless another process took the execution over in the meantime. */
function settle(draft: Draft, performed: GovernedRequest, outcomes: PerformResult[]): void {
  const { execution } = draft.request;
  if (!execution || !stillOurs(draft.request, performed)) {
    draft.record({
      type: 'request.late_answer',
      data: {
        outcome: outcomes.at(-1)?.outcome,
        attempts: outcomes.flatMap((one) => one.attempts),
      },
    });
    return;
  }
  const finished = summary(execution, outcomes, draft.now);
  const command = draft.request.state === 'outcome_unknown' ? 'reconcile' : 'settle';
  const entry = {
    type: `request.${finished.status}`,
    moment: 'write_back' as const,
    data: {
      erpReference: finished.erpReference,
      result: finished.result,
      message: finished.message,
      steps: finished.steps,
      attempts: outcomes.flatMap((one) => one.attempts),
    },
  };
  switch (finished.status) {
    case 'executed':
      draft.move(
        command,
        'executed',
        { execution: finished, deadline: undefined, needsPerson: false },
        entry,
      );
      return;
    case 'failed':
      draft.move(command, 'failed', { execution: finished, needsPerson: false }, entry);
      return;
    default:
      draft.move(
        command,
        'outcome_unknown',
        { execution: finished, needsPerson: true, deadline: nextReconcile(execution, draft.now) },
        entry,
      );
  }
}

function stillOurs(current: GovernedRequest, performed: GovernedRequest): boolean {
  return (
    (current.state === 'executing' || current.state === 'outcome_unknown') &&
    current.execution?.leaseOwner === performed.execution?.leaseOwner &&
    current.execution?.leaseUntil === performed.execution?.leaseUntil
  );
}

/**
 * `failed` is only said when the ERP provably holds nothing: no step was done, and no call of this
 * or an earlier run may have been received without an answer.
 */
function statusOf(execution: Execution, outcomes: PerformResult[]): Execution['status'] {
  const last = outcomes.at(-1)?.outcome;
  if (last === 'done') return 'executed';
  const mayHoldSomething =
    execution.status === 'outcome_unknown' ||
    execution.interrupted === true ||
    outcomes.some(({ outcome }) => outcome !== 'refused');
  return mayHoldSomething ? 'outcome_unknown' : 'failed';
}

function summary(execution: Execution, outcomes: PerformResult[], now: Date): Execution {
  const last = outcomes.at(-1);
  const status = statusOf(execution, outcomes);
  const result: JsonObject = {};
  let erpReference: string | undefined;
  for (const outcome of outcomes) {
    if (outcome.outcome !== 'done') continue;
    Object.assign(result, outcome.result);
    erpReference = outcome.erpReference ?? erpReference;
  }
  return {
    ...execution,
    status,
    steps: execution.steps.map((step, index) => {
      const outcome = outcomes[index]?.outcome;
      if (!outcome) return step;
      const stepStatus = outcome === 'refused' ? 'failed' : outcome;
      return { ...step, status: stepStatus };
    }),
    attempts: [...execution.attempts, ...outcomes.flatMap((one) => one.attempts)],
    ...(erpReference ? { erpReference } : {}),
    ...(Object.keys(result).length > 0 ? { result } : {}),
    ...(last && last.outcome !== 'done' ? { message: last.message } : { message: undefined }),
    // Nobody is calling any more: whoever looks into it next need not wait for the lease.
    leaseUntil: now.toISOString(),
    finishedAt: now.toISOString(),
  };
}

/** Doubling waits from five seconds up to an hour, counted from when the execution began. */
function nextReconcile(execution: Execution, now: Date): string {
  const elapsed = (now.getTime() - Date.parse(execution.startedAt)) / 1000;
  const wait = Math.min(3600, Math.max(RECONCILE_FIRST_SECONDS, elapsed));
  return new Date(now.getTime() + wait * 1000).toISOString();
}
