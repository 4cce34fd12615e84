import type { Action } from '../../../domain/catalogue/action';
import { currentSteps, openStep } from '../../../domain/request/execution';
import type { GovernedRequest } from '../../../domain/request/request';
import { serviceCaller, type Caller } from '../../change/caller';
import { stopOf } from '../../stops/active-stops';
import type { Deps } from '../../change/deps';
import { leftInDoubt } from '../outcomes';
import { stillOurs } from '../lease';
import { performExecution } from '../perform';
import type { StepResult } from '../record-step';
import { ConnectorUnavailable, livedBy, type Connector } from '../../ports';
import { changeRequest } from '../../change/change-request';
import { approachTo, type Approach } from '../doubt/approach';
import { foundAsOutcome, look, type Looked } from '../doubt/look';
import { takeOver } from './take-over';

const BATCH = 20;

/**
 * Takes over executions whose process died, and looks again into unknown outcomes that are due.
 * The lease is taken in a commit of its own, so of several processes one does it.
 */
export async function recoverExecutions(deps: Deps): Promise<void> {
  const lived = livedBy(deps.clock).toISOString();
  const abandoned = await deps.store.executionsAbandoned(lived, BATCH);
  const due = await deps.store.requestsDue(lived, BATCH, ['outcome_unknown', 'compensating']);
  await Promise.all(
    [...abandoned, ...due].map(async ({ value }) => {
      try {
        await recover(deps, serviceCaller('recovery', value.traceId), value);
      } catch (error) {
        deps.log.warn({ requestId: value.id, err: String(error) }, 'recovery will be tried again');
      }
    }),
  );
}

/** What can be done about an execution, and with what. */
export interface Way {
  approach: Approach;
  connector?: Connector;
  action?: Action;
}

/** What can be done about an execution, by the catalogue as it is now. */
export function wayOf(deps: Deps, request: GovernedRequest): Way {
  const { execution, intent, actionVersion, connectorId } = request;
  const now = intent?.action ? deps.bundle().action(intent.action) : undefined;
  const same = now?.version === actionVersion && now?.connector === connectorId;
  const action = same ? now : undefined;
  // An action of an external executor has no connector.
  const connector =
    action && action.executor === 'service' ? deps.connector(action.connector) : undefined;
  if (!execution) return { approach: 'person' };
  const approach = approachTo(action, connector?.traits, execution, deps.clock.now());
  return { approach, connector, action };
}

/** Takes an unfinished execution over and goes on with it, as far as that is safe. */
export async function recover(deps: Deps, caller: Caller, seen: GovernedRequest): Promise<void> {
  const { approach, connector } = wayOf(deps, seen);
  const { draft, result: ours } = await changeRequest(deps, caller, seen.id, (current) =>
    takeOver(deps, current, seen, approach, connector),
  );
  if (!ours || !connector) return;
  const held = draft.request;
  let slot;
  try {
    slot = await connector.admit?.();
  } catch (error) {
    if (!(error instanceof ConnectorUnavailable)) throw error;
    return giveBack(deps, caller, { held, seen, connector }, error.message);
  }
  try {
    await goOn(deps, caller, { held, seen, connector }, approach);
  } finally {
    slot?.release();
  }
}

/** Goes on under the lease: found in the ERP, sent again where that is safe, or left as unknown. */
async function goOn(deps: Deps, caller: Caller, taken: Taken, approach: Approach): Promise<void> {
  const { held, connector } = taken;
  let found: StepResult | undefined;
  if (approach === 'look') {
    const looked = await look(connector, held);
    found = foundAsOutcome(looked);
    if (!found && !mayResend(connector, held, looked)) {
      return giveBack(deps, caller, taken, notFoundSentence(looked));
    }
  }
  // A stop keeps anything from being sent; what was written is still looked for.
  const stop = found && isLastStep(held) ? undefined : await stopOf(deps, held);
  if (stop) {
    const message = `Nothing of it is sent while execution is stopped: ${stop.reason}`;
    return giveBack(deps, caller, taken, message);
  }
  await performExecution(deps, caller, connector, held, found);
}

function isLastStep({ execution }: GovernedRequest): boolean {
  const steps = execution ? currentSteps(execution) : [];
  return steps.filter(({ status }) => status !== 'done').length === 1;
}

/**
 * After a search that found no whole document: only where the ERP itself refuses a second one, or
 * where the operation goes on from the part that was found.
 */
function mayResend(
  connector: Connector,
  { execution }: GovernedRequest,
  { found }: Looked,
): boolean {
  const step = execution && openStep(execution);
  const traits = step && connector.traits.operations[step.operation];
  if (!traits || found === 'unavailable') return false;
  return traits.uniqueReference || (found === 'partial' && traits.resumes === true);
}

function notFoundSentence(looked: Looked): string {
  return looked.found === 'none'
    ? 'The ERP was searched twice and shows nothing under this reference. It is not sent again, because a late write would then be a second one.'
    : 'message' in looked
      ? looked.message
      : 'It was not found out.';
}

interface Taken {
  /** As it is under the lease. */
  held: GovernedRequest;
  /** As it was before. */
  seen: GovernedRequest;
  connector: Connector;
}

/** Ends the lease with the outcome as unknown as it was, and with the next look, if there is one. */
async function giveBack(
  deps: Deps,
  caller: Caller,
  { held, seen, connector }: Taken,
  message: string,
): Promise<void> {
  const before = seen.execution && openStep(seen.execution);
  await changeRequest(deps, caller, held.id, async (draft) => {
    const { execution } = draft.request;
    const step = execution && openStep(execution);
    if (!execution || !step || !stillOurs(draft.request, held)) return;
    const outcome = { outcome: 'unknown' as const, message, attempts: [], unsent: before?.unsent };
    await leftInDoubt(deps, draft, execution, step, outcome, connector);
  });
}
