import { stoppedBy, stopSentence, type Control } from '../../domain/stops/stop';
import { AppError } from '../../domain/errors';
import type { GovernedRequest } from '../../domain/request/request';
import type { Deps } from '../change/deps';
import type { Store } from '../ports';

const PAGE = 200;

/** Every stop that is active now, as the database says: another process may have set it just now. */
export async function activeStops(store: Pick<Store, 'controls'>): Promise<Control[]> {
  const all: Control[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.controls({ active: true, limit: PAGE, cursor });
    all.push(...page.items);
    if (page.nextCursor === undefined) return all;
    cursor = page.nextCursor;
  }
}

/** The active stop that holds a request back, if any, whatever its state. */
export async function stopOf(
  { store }: Pick<Deps, 'store'>,
  request: GovernedRequest,
): Promise<Control | undefined> {
  const stops = await activeStops(store);
  if (stops.length === 0) return undefined;
  const subject = {
    action: request.intent?.action,
    connectorId: request.connectorId,
    requestedBy: request.subject.requestedBy,
    tokenId: request.subject.tokenId,
  };
  return stoppedBy(stops, subject, await store.people());
}

/**
 * Refuses what a stop holds back; the request stays as it is, so that it can go on after the lift.
 * To be certain up to the write, read `store.revision()` first and commit with that revision as
 * `expectedRevision`: a stop that becomes durable in between is then a conflict.
 * @throws AppError `not_executable` with the reason `stopped`
 */
export async function assertNotStopped(
  deps: Pick<Deps, 'store'>,
  request: GovernedRequest,
): Promise<void> {
  const stop = await stopOf(deps, request);
  if (!stop) return;
  const message = stopSentence(stop);
  throw new AppError('not_executable', `${message} It can be executed once the stop is lifted.`, {
    state: request.state,
    reasons: [{ ruleId: 'stopped', message }],
  });
}
