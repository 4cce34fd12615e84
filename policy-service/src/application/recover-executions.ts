import { AppError } from '../domain/errors';
import type { GovernedRequest } from '../domain/request';
import { assertCommand } from '../domain/states';
import { serviceCaller, type Caller } from './caller';
import type { Deps } from './deps';
import { performExecution } from './perform-execution';
import { changeRequest, requestNotFound } from './unit-of-work';

const BATCH = 20;

/**
 * How long the ERP is trusted to remember a key: after that a repeat could write again, so only a
 * person decides.
 */
const KEY_WINDOW_MS = 24 * 3600 * 1000;

/**
 * Takes over executions whose process died, and looks again into unknown outcomes that are due.
 * The lease is taken in a commit of its own, so of several processes one does it.
 */
export async function recoverExecutions(deps: Deps): Promise<void> {
  const now = deps.clock.now().toISOString();
  const abandoned = await deps.store.executionsAbandoned(now, BATCH);
  const due = await deps.store.requestsDue(now, BATCH, ['outcome_unknown']);
  for (const { value } of [...abandoned, ...due]) {
    try {
      await recover(deps, serviceCaller('recovery', value.traceId), value);
    } catch (error) {
      deps.log.warn({ requestId: value.id, err: String(error) }, 'recovery will be tried again');
    }
  }
}

/**
 * Looks into one unknown outcome now, as a person asked.
 * @throws AppError `not_found`, `illegal_transition` when it is not unknown, or when a repeat could
 *   write twice, so that only a resolution by hand is left
 */
export async function reconcileNow(deps: Deps, caller: Caller, requestId: string): Promise<void> {
  const loaded = await deps.store.request(requestId);
  if (!loaded) throw requestNotFound(requestId);
  assertCommand(loaded.value.state, 'reconcile');
  if (!mayRepeat(deps, loaded.value, deps.clock.now())) {
    throw new AppError(
      'illegal_transition',
      'Sending it again could write twice. Look into the ERP and resolve it by hand.',
      { state: loaded.value.state },
    );
  }
  await recover(deps, caller, loaded.value);
}

/**
 * Takes the lease of one unfinished execution and sends the same operation again, where that is
 * safe; an execution that somebody else works on is left to them.
 */
async function recover(deps: Deps, caller: Caller, seen: GovernedRequest): Promise<void> {
  const { draft, result: mine } = await changeRequest(deps, caller, seen.id, (current) => {
    const { execution, state } = current.request;
    const changed = execution?.leaseUntil !== seen.execution?.leaseUntil || state !== seen.state;
    const busy = execution !== undefined && execution.leaseUntil > current.now.toISOString();
    if (!execution || changed || busy) return false;
    if (!mayRepeat(deps, current.request, current.now)) {
      if (state === 'executing') {
        current.move(
          'settle',
          'outcome_unknown',
          {
            execution: { ...execution, status: 'outcome_unknown', interrupted: true },
            needsPerson: true,
          },
          {
            type: 'request.outcome_unknown',
            moment: 'write_back',
            data: { message: 'The process ended during the call; a person has to find out.' },
          },
        );
      }
      current.request = { ...current.request, deadline: undefined };
      return false;
    }
    const leaseUntil = new Date(current.now.getTime() + deps.settings.leaseMs).toISOString();
    current.request = {
      ...current.request,
      // Should this process end in the middle, an unknown outcome is due again after the lease.
      ...(state === 'outcome_unknown' ? { deadline: leaseUntil } : {}),
      execution: {
        ...execution,
        interrupted: execution.interrupted || state === 'executing',
        leaseOwner: deps.settings.instanceId,
        leaseUntil,
      },
    };
    current.record({ type: 'request.recovering', data: { state } });
    return true;
  });
  if (mine) await performExecution(deps, caller, draft.request);
}

/**
 * Only an ERP that honours the key, within its window, may be sent the same operation again; and
 * only the operation that was begun, not what a newer catalogue makes of it.
 */
function mayRepeat(deps: Deps, request: GovernedRequest, now: Date): boolean {
  const startedAt = Date.parse(request.execution?.startedAt ?? '');
  const action = request.intent?.action ? deps.bundle().action(request.intent.action) : undefined;
  const same =
    action?.version === request.actionVersion && action?.connector === request.connectorId;
  return same && action?.idempotency === 'A' && now.getTime() - startedAt < KEY_WINDOW_MS;
}
