import { Decimal } from '../money';
import type { LimitRule } from './rule';

/** What other requests hold of a limit under one key. */
export interface LimitHeld {
  /** Ten-thousandths of the currency's unit for a sum, else a count. */
  units: bigint;
  /** Ids of the requests, oldest first. */
  holders: string[];
}
export const NOTHING_HELD: LimitHeld = { units: 0n, holders: [] };

/**
 * What others hold of a limit, as a person writes it down.
 * @param text a decimal for a sum, a whole number for a count
 * @throws RangeError for a text that is neither
 */
export function heldByOthers(limit: LimitRule, text: string): LimitHeld {
  if (limit.sum) return { units: Decimal.parse(text).units, holders: [] };
  if (!/^[0-9]{1,12}$/.test(text)) {
    throw new RangeError(
      `"${text.slice(0, 40)}" is no whole number, and ${limit.id} counts requests`,
    );
  }
  return { units: BigInt(text), holders: [] };
}
