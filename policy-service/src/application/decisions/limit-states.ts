import type { Undecided } from '../../domain/decision/decide';
import { scopeOf } from '../../domain/decision/decision-scope';
import { concerns, type LimitState } from '../../domain/decision/judge-limit';
import { limitKey, limitShare } from '../../domain/decision/limit';
import type { LimitTwin, Store } from '../ports';

/**
 * What other requests hold, now, of every limit that concerns the request.
 * @param lived from which windows are counted
 */
export function limitStates(store: Store, input: Undecided, lived: Date): Promise<LimitState[]> {
  const { policy, request } = input;
  const scope = scopeOf(input);
  const concerned = policy.limits.filter((limit) => concerns(limit, scope));
  return Promise.all(
    concerned.map(async ({ rule: limit }) => {
      const share = limitShare(limit, request.arguments ?? {}, request.subject, policy.action.id);
      if (!share) return { limitId: limit.id, used: 0n };
      const key = limitKey(share.key);
      const since = new Date(lived.getTime() - limit.windowSeconds * 1000).toISOString();
      if (limit.kind === 'duplicates') {
        const twins = await store.limitTwins(limit.id, key, since);
        return { limitId: limit.id, share, ...twinsAhead(twins, request.id) };
      }
      const used = BigInt(await store.limitUsed(limit.id, key, since, request.id));
      return { limitId: limit.id, share, used };
    }),
  );
}

/**
 * The requests that a duplicate repeats: those that may have been written, and those that took their
 * place before it. What only waits for approval holds no place.
 */
function twinsAhead(
  twins: LimitTwin[],
  requestId: string,
): Pick<LimitState, 'used' | 'holders' | 'holdsPlace'> {
  const taken = twins.filter(({ phase }) => phase !== 'waiting');
  const place = taken.findIndex((twin) => twin.requestId === requestId);
  const ahead = taken.filter(
    ({ phase, requestId: other }, index) =>
      other !== requestId && (place === -1 || index < place || phase !== 'held'),
  );
  return {
    used: BigInt(ahead.length),
    ...(ahead.length > 0 ? { holders: ahead.map((twin) => twin.requestId) } : {}),
    ...(place === -1 ? {} : { holdsPlace: true }),
  };
}
