import type { ValueType } from './names';
import type { JsonObject } from '../request/request';
import { Decimal } from '../money';

/** What conditions read: the request's own values and the records, as they are. */
export interface ConditionScope {
  subject: { tokenId: string; requestedBy: string; verified: boolean; roles: string[] };
  action: { id: string; class: string; risk: string; version: number };
  arguments: JsonObject;
  intent: { confidence: number };
  /** Records by entity name. */
  facts: Record<string, { value: JsonObject }>;
  context: { source: string; channel?: string; hour: number; weekday: string };
  /** Milliseconds since 1970. */
  now: number;
}

/** Longest text that a condition looks at: keeps evaluation bounded in time. */
export const MAX_TEXT = 20_000;
/** Longest list that a condition looks at. */
export const MAX_LIST = 200;

/**
 * A value as conditions compute with it: numbers for int, double and moments (milliseconds), bigint
 * (ten-thousandths) for amounts; undefined when it is missing or not of its type.
 */
export type Read = (scope: ConditionScope) => unknown;

/** Reads the raw JSON value at a path; undefined when a part of the way is missing. */
export function rawReader(path: string[]): Read {
  const [root = '', first = '', second = ''] = path;
  const at = (scope: ConditionScope): Record<string, unknown> | undefined =>
    scope[root as keyof ConditionScope] as unknown as Record<string, unknown> | undefined;
  if (path.length === 1) return at;
  if (root === 'facts') {
    return path.length === 2
      ? (scope) => scope.facts[first]?.value
      : (scope) => scope.facts[first]?.value?.[second];
  }
  return (scope) => at(scope)?.[first];
}

/** Reads the value at a path as the type that the action declares. */
export function typedReader(path: string[], type: ValueType): Read {
  const raw = rawReader(path);
  switch (type) {
    case 'string':
      return (scope) => {
        const value = raw(scope);
        return typeof value === 'string' && value.length <= MAX_TEXT ? value : undefined;
      };
    case 'int':
      return (scope) => {
        const value = raw(scope);
        return Number.isSafeInteger(value) ? value : undefined;
      };
    case 'double':
    case 'google.protobuf.Timestamp':
      return (scope) => {
        const value = raw(scope);
        return Number.isFinite(value) ? value : undefined;
      };
    case 'bool':
      return (scope) => {
        const value = raw(scope);
        return typeof value === 'boolean' ? value : undefined;
      };
    case 'list<string>':
      return (scope) => {
        const value = raw(scope);
        return isTextList(value) ? value : undefined;
      };
    case 'Decimal':
      return decimalReader(raw);
  }
}

/** Several rules read the same amount, so the last one read is remembered. */
function decimalReader(raw: Read): Read {
  let text: string | undefined;
  let units: bigint | undefined;
  return (scope) => {
    const value = raw(scope);
    if (typeof value !== 'string') return undefined;
    if (value !== text) {
      units = Decimal.unitsOf(value);
      text = value;
    }
    return units;
  };
}

/** Whether a record or another group of values is there at all. */
export function groupReader(path: string[]): Read {
  const raw = rawReader(path);
  return (scope) => {
    const value = raw(scope);
    return typeof value === 'object' && value !== null ? value : undefined;
  };
}

function isTextList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_LIST &&
    value.every((item) => typeof item === 'string' && item.length <= MAX_TEXT)
  );
}

const NOUNS: Record<ValueType, string> = {
  string: `a text of at most ${MAX_TEXT} characters`,
  int: 'a whole number',
  double: 'a number',
  bool: 'true or false',
  Decimal: 'an amount',
  'list<string>': `a list of at most ${MAX_LIST} texts`,
  'google.protobuf.Timestamp': 'a moment',
};

/** Why a value cannot be read, for the reason of a decision. */
export function whyUnreadable(
  path: string[],
  type: ValueType | undefined,
  scope: ConditionScope,
): string {
  const raw = rawReader(path)(scope);
  const name = path.join('.');
  if (raw === undefined || raw === null || type === undefined) return `${name} is missing`;
  return `${name} is not ${NOUNS[type]}`;
}
