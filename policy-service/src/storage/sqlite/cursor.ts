import { AppError } from '../../domain/errors';

/** Column values of the last row of a page: the next page starts after them, whatever was inserted. */
export type CursorKey = readonly string[];

export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * @param length number of values that the list's cursor has
 * @throws AppError `invalid_parameter` for a cursor that this list never gave
 */
export function decodeCursor(cursor: string, length: number): CursorKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((part): part is string => typeof part === 'string')
    ) {
      return key;
    }
  } catch {
    // Refused below, like every other text that is no cursor.
  }
  const message = 'Use the nextCursor of the page before, unchanged, or none.';
  throw new AppError('invalid_parameter', message, {}, [{ pointer: '/cursor', message }]);
}
