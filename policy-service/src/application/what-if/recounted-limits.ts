import { foldedKey } from '../../domain/identity/fold';
import { limitKey, type LimitShare } from '../../domain/decision/limit';
import { NOTHING_HELD, type LimitHeld } from '../../domain/decision/limit-held';
import type { LimitRule } from '../../domain/decision/rule';
import type { RequestState } from '../../domain/request/states';
import type { DecidedRequest } from './decided-requests';

/** States in which a request holds its share of a limit. */
const HOLDING: readonly RequestState[] = [
  'allowed',
  'approved',
  'executing',
  'executed',
  'outcome_unknown',
  'compensating',
  'compensation_failed',
];

interface Share {
  requestId: string;
  /** Milliseconds since 1970. */
  at: number;
  units: bigint;
}

/** Shares under one key, oldest first, with their running sum. */
interface Held {
  shares: Share[];
  /** Index of the first share that is still in the window. */
  first: number;
  sum: bigint;
}

/** Shares that left the window are dropped from memory when there are so many of them. */
const DROP_AT = 1000;

/**
 * What a limit would have counted, for limits that the decisions of the period did not record: new
 * ones, and those whose key or window changed. Counting begins with the period, so that its first
 * window is seen as emptier than it was. Holds no more than the longest window. Requests must come
 * in the order in which they were made.
 */
export class RecountedLimits {
  private readonly byPlace = new Map<string, Held>();
  /** Ids of the limits that were counted anew. */
  readonly ids = new Set<string>();

  /** What others hold in the window that ends with this request. */
  held(limit: LimitRule, share: LimitShare | undefined, request: DecidedRequest): LimitHeld {
    this.ids.add(limit.id);
    const held = share && this.byPlace.get(placeOf(limit, share));
    if (!held) return NOTHING_HELD;
    dropUntil(held, Date.parse(request.createdAt) - limit.windowSeconds * 1000);
    const holders =
      limit.kind === 'duplicates'
        ? held.shares.slice(held.first).map(({ requestId }) => requestId)
        : [];
    return { units: held.sum, holders };
  }

  /** Counts a request that was let through and that the other rules would have let through too. */
  count(request: DecidedRequest, shares: { limit: LimitRule; share?: LimitShare }[]): void {
    if (!HOLDING.includes(request.state)) return;
    const at = Date.parse(request.createdAt);
    for (const { limit, share } of shares) {
      if (!share || !this.ids.has(limit.id)) continue;
      const place = placeOf(limit, share);
      const held = this.byPlace.get(place) ?? { shares: [], first: 0, sum: 0n };
      this.byPlace.set(place, held);
      held.shares.push({ requestId: request.id, at, units: share.amount });
      held.sum += share.amount;
    }
  }
}

/** Takes away what is as old as `since` or older. */
function dropUntil(held: Held, since: number): void {
  for (
    let next = held.shares[held.first];
    next && next.at <= since;
    next = held.shares[held.first]
  ) {
    held.sum -= next.units;
    held.first += 1;
  }
  if (held.first >= DROP_AT) {
    held.shares = held.shares.slice(held.first);
    held.first = 0;
  }
}

function placeOf(limit: LimitRule, share: LimitShare): string {
  return JSON.stringify([limit.id, foldedKey(limitKey(share.key))]);
}
