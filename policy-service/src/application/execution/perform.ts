import { openStep, type ExecutionStep } from '../../domain/request/execution';
import type { GovernedRequest } from '../../domain/request/request';
import { storable } from '../../domain/request/storable';
import type { Caller } from '../change/caller';
import type { Deps } from '../change/deps';
import { livedBy, type Connector } from '../ports';
import { checkRefusal } from './doubt/check-refusal';
import { beforeSendingRestored } from './doubt/restored-request';
import { changeRequest } from '../change/change-request';
import { leaseIsOver } from './lease';
import { performInput } from './perform-input';
import { recordStep, type StepResult } from './record-step';
import { verifiedBefore } from './verify-undo';

/**
 * Calls the ERP for a request that is durably under this process's lease, step by step. Each
 * outcome is durable before the next step begins; a process whose lease is over calls no more.
 * The downstream key is the same for every attempt, so a repeat after a crash is the same
 * operation to the ERP.
 * @param connector of the policy that the execution was begun or taken over under
 * @param request as it was committed with the lease; its open step is `started`, or in doubt
 * @param known outcome of the open step where it was found out without sending it
 * @returns false when an outcome could not be stored: then nobody goes on before the lease is over
 */
export async function performExecution(
  deps: Deps,
  caller: Caller,
  connector: Connector,
  request: GovernedRequest,
  known?: StepResult,
): Promise<boolean> {
  let held: GovernedRequest | undefined = request;
  let result = known;
  while (held) {
    const under: GovernedRequest = held;
    const step = under.execution && openStep(under.execution);
    if (!step) return true;
    if (!result && leaseIsOver(under, livedBy(deps.clock))) {
      deps.log.warn({ requestId: under.id, step: step.name }, 'the lease ended before this step');
      return true;
    }
    const outcome: StepResult = result ?? (await callStep(deps, connector, under, step));
    result = undefined;
    try {
      const recorded = await changeRequest(deps, caller, under.id, (draft) =>
        recordStep(deps, draft, { held: under, step, outcome, connector }),
      );
      held = recorded.result ? recorded.draft.request : undefined;
    } catch (error) {
      // The ERP was called: it would be a lie to answer that nothing was done. The row says that
      // the step was started until recovery settles it.
      deps.log.error({ requestId: under.id, err: String(error) }, 'an outcome could not be stored');
      return false;
    }
  }
  return true;
}

/**
 * Performs one step, unless it came out of a backup and is in the ERP already; a call that would
 * outlive the lease is aborted.
 */
async function callStep(
  deps: Deps,
  connector: Connector,
  held: GovernedRequest,
  step: ExecutionStep,
): Promise<StepResult> {
  const known = await beforeSendingRestored(deps, connector, held, step);
  if (known) return known;
  if (leaseIsOver(held, livedBy(deps.clock))) {
    const message = 'The time for this execution ended during the search for it.';
    return { outcome: 'unknown', message, attempts: [], unsent: true };
  }
  const leftMs = Date.parse(held.execution?.leaseUntil ?? '') - livedBy(deps.clock).getTime();
  const lease = new AbortController();
  const timer = setTimeout(() => lease.abort(), leftMs);
  try {
    const stopped = await verifiedBefore(deps, connector, held, step);
    if (stopped) return stopped;
    const outcome = await connector.perform(performInput(held, step), {
      traceId: held.traceId,
      signal: lease.signal,
    });
    const checked = await checkRefusal(connector, held, step, outcome);
    // Whatever a connector brings, its outcome must not fail to be stored.
    return storable(checked) as unknown as StepResult;
  } finally {
    clearTimeout(timer);
  }
}
