import { AppError } from '../../domain/errors';
import { limitKey, type LimitShare } from '../../domain/decision/limit';
import { heldByOthers, type LimitHeld } from '../../domain/decision/limit-held';
import type { LimitRule } from '../../domain/decision/rule';
import type { Store } from '../ports';

/** A limit with what a request takes from it; undefined where a value is missing. */
export interface AskedLimit {
  limit: LimitRule;
  share?: LimitShare;
}

/**
 * What others hold of each limit: as the caller assumes it, else as the store has it now.
 * @param used by limit id: a decimal for a sum, a whole number for a count
 * @param requestId left out of what others hold
 * @returns by limit id
 * @throws AppError `invalid_parameter`
 */
export async function heldFor(
  store: Pick<Store, 'limitUsed' | 'limitHolders'>,
  limits: AskedLimit[],
  used: Record<string, string>,
  requestId: string,
  now: Date,
): Promise<Map<string, LimitHeld>> {
  const unknown = Object.keys(used).find((id) => !limits.some(({ limit }) => limit.id === id));
  if (unknown !== undefined) {
    throw new AppError(
      'invalid_parameter',
      `No limit of this action has the id "${unknown.slice(0, 80)}".`,
    );
  }
  const held = new Map<string, LimitHeld>();
  for (const { limit, share } of limits) {
    const assumed = used[limit.id];
    if (assumed !== undefined) held.set(limit.id, assumedUse(limit, assumed));
    else if (share) held.set(limit.id, await storedUse(store, limit, share, requestId, now));
  }
  return held;
}

function assumedUse(limit: LimitRule, text: string): LimitHeld {
  try {
    return heldByOthers(limit, text);
  } catch (error) {
    throw new AppError('invalid_parameter', `used.${limit.id}: ${(error as Error).message}.`);
  }
}

async function storedUse(
  store: Pick<Store, 'limitUsed' | 'limitHolders'>,
  limit: LimitRule,
  share: LimitShare,
  requestId: string,
  now: Date,
): Promise<LimitHeld> {
  const key = limitKey(share.key);
  const since = new Date(now.getTime() - limit.windowSeconds * 1000).toISOString();
  return {
    units: BigInt(await store.limitUsed(limit.id, key, since, requestId)),
    holders:
      limit.kind === 'duplicates' ? await store.limitHolders(limit.id, key, since, requestId) : [],
  };
}
