import type { LogEntry } from './entry';

/** Type that stands in for an entry whose bytes cannot be read as one. */
export const UNREADABLE = 'log.unreadable';

/**
 * The entry that canonical bytes hold. Bytes that hold none (damage, or somebody with the file) are
 * shown as such: whoever reads a list learns of it where it stands, instead of getting no list.
 */
export function readEntry(canonical: string, sequence: number): LogEntry {
  return entryIn(canonical) ?? unreadable(sequence);
}

/** Undefined for everything that is not formed like an entry. */
export function entryIn(canonical: string): LogEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(canonical);
  } catch {
    return undefined;
  }
  return isEntry(value) ? value : undefined;
}

function isEntry(value: unknown): value is LogEntry {
  if (!isObject(value)) return false;
  const { type, at, actor, data, sequence, requestId, traceId } = value;
  return (
    typeof type === 'string' &&
    typeof at === 'string' &&
    typeof sequence === 'number' &&
    isObject(actor) &&
    typeof actor['kind'] === 'string' &&
    typeof actor['id'] === 'string' &&
    isObject(data) &&
    (requestId === undefined || typeof requestId === 'string') &&
    (traceId === undefined || typeof traceId === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(sequence: number): LogEntry {
  return {
    formatVersion: 1,
    sequence,
    type: UNREADABLE,
    at: '',
    actor: { kind: 'service', id: 'unknown' },
    data: { problem: 'The bytes of this entry cannot be read as an entry. Verify the log.' },
  };
}
