import type { LimitState } from '../domain/judge-limit';
import { limitKey, limitShare } from '../domain/limit';
import type { ActionPolicy } from '../domain/policy';
import type { GovernedRequest } from '../domain/request';
import type { LimitRule } from '../domain/rule';
import type { Store } from './ports';

/** What other requests hold of every limit of the action, now. */
export function limitStates(
  store: Store,
  policy: ActionPolicy,
  request: GovernedRequest,
  now: Date,
): Promise<LimitState[]> {
  return Promise.all(
    policy.limits.map(async (limit) => {
      const share = limitShare(limit, request.arguments ?? {}, request.subject, policy.action.id);
      if (!share) return { limitId: limit.id, used: 0n };
      const key = limitKey(share.key);
      const since = new Date(now.getTime() - limit.windowSeconds * 1000).toISOString();
      const used = BigInt(await store.limitUsed(limit.id, key, since, request.id));
      return limit.kind === 'duplicates' && used > 0n
        ? { limitId: limit.id, share, ...(await earlierOnes(store, limit, key, since, request.id)) }
        : { limitId: limit.id, share, used };
    }),
  );
}

/** The requests that a duplicate repeats: those that took their place before it. */
async function earlierOnes(
  store: Store,
  limit: LimitRule,
  key: string,
  since: string,
  requestId: string,
): Promise<Pick<LimitState, 'used' | 'holders' | 'holdsPlace'>> {
  const all = await store.limitHolders(limit.id, key, since, '');
  const place = all.indexOf(requestId);
  const holders = place === -1 ? all : all.slice(0, place);
  return { used: BigInt(holders.length), holders, ...(place === -1 ? {} : { holdsPlace: true }) };
}
