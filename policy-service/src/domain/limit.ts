import { Decimal } from './money';
import type { JsonObject } from './request';
import type { LimitRule } from './rule';

/** One limit as it applies to one request: what it counts under which key. */
export interface LimitShare {
  limit: LimitRule;
  key: string[];
  /** Ten-thousandths of the currency's unit for a sum, 1 for a count. */
  amount: bigint;
  max: bigint;
}

/** The key as reservations are stored under: no two different lists give the same text. */
export function limitKey(values: string[]): string {
  return JSON.stringify(values);
}

/**
 * What a request takes from a limit.
 * @returns undefined when a value of the key or the amount is missing: the caller must not allow
 */
export function limitShare(
  limit: LimitRule,
  values: JsonObject,
  subject: { requestedBy: string; tokenId: string },
): LimitShare | undefined {
  const parts: string[] = [];
  for (const path of limit.key) {
    const value = read(path, values, subject);
    if (value === undefined || value === null) return undefined;
    parts.push(String(value));
  }
  const key = parts;
  if (!limit.sum) return { limit, key, amount: 1n, max: BigInt(limit.max) };
  const amount = read(limit.sum, values, subject);
  if (typeof amount !== 'string') return undefined;
  return { limit, key, amount: Decimal.parse(amount).units, max: Decimal.parse(limit.max).units };
}

function read(
  path: string,
  values: JsonObject,
  subject: { requestedBy: string; tokenId: string },
): unknown {
  if (path === 'subject.requestedBy') return subject.requestedBy;
  if (path === 'subject.tokenId') return subject.tokenId;
  return values[path.slice('arguments.'.length)];
}
