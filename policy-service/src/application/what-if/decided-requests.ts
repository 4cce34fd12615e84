import type { Decision } from '../../domain/request/decision';
import { AppError } from '../../domain/errors';
import { dayExists } from '../../domain/moment';
import type { GovernedRequest } from '../../domain/request/request';
import { mayReach, type Caller } from '../change/caller';
import type { Store } from '../ports';

/** A span of time: from inclusive, to exclusive (ISO 8601 UTC). */
export interface Period {
  from: string;
  to: string;
}

export type DecidedRequest = GovernedRequest & { decision: Decision };

/** Which stored decisions somebody is told of. */
export type Visible = (request: GovernedRequest) => boolean;

export const ALL: Visible = () => true;

/** What a caller may not read one by one, it is not told of in a report either. */
export function visibleTo(caller: Caller): Visible {
  return (request) => mayReach(caller, request);
}

const PAGE = 200;

/** @throws AppError `invalid_parameter` */
export function assertPeriod({ from, to }: Period): Period {
  const [first, end] = [momentOf(from), momentOf(to)];
  if (!first || !end || first >= end) {
    throw new AppError(
      'invalid_parameter',
      'Name a period: from and to are moments such as 2026-11-01T00:00:00Z, and from is the earlier one.',
    );
  }
  return { from: first.toISOString(), to: end.toISOString() };
}

/** A day is its first moment in UTC. */
function momentOf(text: string): Date | undefined {
  const moment = new Date(text);
  const valid = /^\d{4}-\d\d-\d\d/.test(text) && dayExists(text) && !isNaN(moment.getTime());
  return valid ? moment : undefined;
}

/** Every request of a period that was decided on, oldest first, page by page. */
export async function* decidedPages(
  store: Store,
  period: Period,
): AsyncGenerator<DecidedRequest[]> {
  let cursor: string | undefined;
  do {
    const page = await store.requestsDecided({ ...period, cursor, limit: PAGE });
    yield page.items.filter((request): request is DecidedRequest => request.decision !== undefined);
    cursor = page.nextCursor;
    // Reading a long period must not keep calls waiting.
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor !== undefined);
}

/** As decidedPages, one by one. */
export async function* decidedRequests(
  store: Store,
  period: Period,
): AsyncGenerator<DecidedRequest> {
  for await (const page of decidedPages(store, period)) yield* page;
}
