import { identityKey } from '../identity/identity-check';
import { Decimal } from '../money';
import type { JsonObject, Subject } from '../request/request';
import type { LimitRule } from './rule';

/** One limit as it applies to one request: what it counts under which key. */
export interface LimitShare {
  limit: LimitRule;
  key: string[];
  /** Ten-thousandths of the currency's unit for a sum, 1 for a count. */
  amount: bigint;
  max: bigint;
}

/** Who is counted. */
type Counted = Pick<Subject, 'requestedBy' | 'account' | 'tokenId'>;

/** Paths of a key that are not arguments. */
export const KEY_PATHS = ['subject.requestedBy', 'subject.tokenId', 'action.id'];

/** The key of a limit as one text: no two different lists give the same one. The store folds it (fold.ts). */
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
  subject: Counted,
  actionId: string,
): LimitShare | undefined {
  const key: string[] = [];
  for (const path of limit.key) {
    const value = keyValue(path, values, subject, actionId);
    if (value === undefined) return undefined;
    key.push(value);
  }
  if (limit.sum === undefined) return { limit, key, amount: 1n, max: maxOf(limit) };
  const amount = values[limit.sum.slice(ARGUMENTS.length)];
  const units = typeof amount === 'string' ? Decimal.unitsOf(amount) : undefined;
  return units === undefined ? undefined : { limit, key, amount: units, max: maxOf(limit) };
}

/** The members of a limit's key that a request does not have. */
export function missingKeyParts(limit: LimitRule, values: JsonObject): string[] {
  return limit.key.filter(
    (path) => path.startsWith(ARGUMENTS) && argumentText(path, values) === undefined,
  );
}

const ARGUMENTS = 'arguments.';

const maxima = new WeakMap<LimitRule, bigint>();

function maxOf(limit: LimitRule): bigint {
  const known = maxima.get(limit);
  if (known !== undefined) return known;
  const max = limit.sum === undefined ? BigInt(limit.max) : Decimal.parse(limit.max).units;
  maxima.set(limit, max);
  return max;
}

function keyValue(
  path: string,
  values: JsonObject,
  subject: Counted,
  actionId: string,
): string | undefined {
  switch (path) {
    case 'subject.requestedBy':
      // One person is counted once, however the name is written.
      return identityKey(subject.account ?? subject.requestedBy);
    case 'subject.tokenId':
      return subject.tokenId;
    case 'action.id':
      return actionId;
    default:
      return argumentText(path, values);
  }
}

function argumentText(path: string, values: JsonObject): string | undefined {
  const value = values[path.slice(ARGUMENTS.length)];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
