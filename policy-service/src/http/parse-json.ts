import { visit } from 'jsonc-parser';
import { AppError } from '../domain/errors';
import { hasTooManyMarks, MOST_MARKS } from '../domain/marks';
import type { JsonObject } from '../domain/request/request';

export const MAX_BODY_BYTES = 64 * 1024;
export const MAX_DEPTH = 32;

/**
 * Parses a body so that everybody who reads it later reads the same: duplicate keys, `__proto__`,
 * numbers that JavaScript cannot hold exactly, deep nesting and heaps of accents are refused.
 * @throws AppError `malformed_json`
 */
export function parseJsonObject(text: string): JsonObject {
  inspect(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('The body must be a JSON object.');
  }
  return value as JsonObject;
}

function inspect(text: string): void {
  const keys: Set<string>[] = [];
  let depth = 0;
  const deeper = (): void => {
    depth += 1;
    if (depth > MAX_DEPTH) throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  };
  visit(text, {
    onObjectBegin: () => {
      deeper();
      keys.push(new Set());
    },
    onObjectEnd: () => {
      depth -= 1;
      keys.pop();
    },
    onArrayBegin: deeper,
    onArrayEnd: () => {
      depth -= 1;
    },
    onObjectProperty: (key) => {
      const names = keys.at(-1);
      assertText(key);
      if (key === '__proto__') throw malformed('A key named __proto__ is not accepted.');
      if (names?.has(key)) {
        throw malformed(`The key "${key.slice(0, 80)}" occurs twice in one object.`);
      }
      names?.add(key);
    },
    onLiteralValue: (value: unknown) => {
      if (typeof value === 'string') assertText(value);
      const tooLarge =
        typeof value === 'number' &&
        (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)));
      if (tooLarge) {
        throw malformed('A number is too large to be exact. Write it as a string.');
      }
    },
  });
}

/** Half a surrogate pair is no character and has no canonical form; a heap of marks has one, at any price. */
function assertText(value: string): void {
  if (/\p{Surrogate}/u.test(value)) {
    throw malformed('A text holds half of a surrogate pair. Send whole characters.');
  }
  if (hasTooManyMarks(value)) {
    throw malformed(
      `A text holds more than ${MOST_MARKS} accents or other marks in a row. Send it without them.`,
    );
  }
}

function malformed(message: string): AppError {
  return new AppError('malformed_json', message);
}
