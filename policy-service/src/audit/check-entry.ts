import { canonicalJson } from '../domain/canonical-json';
import type { StoredEntry } from './entry';
import { leafHash } from './merkle-hash';

/** What is verified of an entry, from a store or from an export. */
export type LoggedBytes = Pick<StoredEntry, 'sequence' | 'canonical' | 'leafHash'>;

export interface LogProblem {
  code:
    | 'sequence_gap'
    | 'leaf_hash_mismatch'
    | 'not_canonical'
    | 'entry_mismatch'
    | 'foreign_entry'
    | 'size_mismatch'
    | 'root_mismatch'
    | 'head_unreadable'
    | 'unreadable'
    | 'truncated';
  /** Entry that it was found at; absent for a problem of the whole log. */
  sequence?: number;
  /** What the bytes at that place say of themselves now; absent where they say nothing readable. */
  type?: string;
  requestId?: string;
  message: string;
}

/**
 * What is wrong with one entry by itself and in its place: nothing stored beside the bytes is
 * trusted.
 * @param expected the sequence that should come here
 */
export function checkEntry(logged: LoggedBytes, expected: number): LogProblem[] {
  const { sequence, canonical } = logged;
  const entry = parse(canonical);
  const says = nameOf(entry);
  const problems: LogProblem[] = [];
  if (sequence !== expected) {
    problems.push({ code: 'sequence_gap', ...gap(sequence, expected) });
  }
  if (leafHash(canonical).toString('hex') !== logged.leafHash) {
    problems.push({
      code: 'leaf_hash_mismatch',
      sequence,
      ...says,
      message: 'The hash that was kept of it does not fit its bytes: one of the two was changed.',
    });
  }
  if (entry === undefined || !isCanonical(entry, canonical)) {
    const what = entry === undefined ? 'are no JSON object' : 'are not in canonical form';
    problems.push({
      code: 'not_canonical',
      sequence,
      ...says,
      message: `Its bytes ${what}, so the service did not write them like this.`,
    });
  } else if (entry['formatVersion'] !== 1 || entry['sequence'] !== sequence) {
    problems.push({
      code: 'entry_mismatch',
      sequence,
      ...says,
      message: `It says of itself that it is entry ${short(entry['sequence'])} in format ${short(entry['formatVersion'])}, so it was not written for this place.`,
    });
  }
  return problems;
}

function gap(sequence: number, expected: number): Pick<LogProblem, 'sequence' | 'message'> {
  if (sequence < expected) {
    return {
      sequence,
      message: `It stands behind entry ${expected - 1}: it is there twice, or out of order.`,
    };
  }
  const last = sequence - 1;
  return {
    sequence: expected,
    message:
      last === expected
        ? `It is missing: entry ${sequence} comes in its place.`
        : `It is missing, with all up to entry ${last}: entry ${sequence} comes in its place.`,
  };
}

function parse(canonical: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(canonical);
    const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
    return isObject ? (entry as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isCanonical(entry: Record<string, unknown>, canonical: string): boolean {
  try {
    return canonicalJson(entry) === canonical;
  } catch {
    return false;
  }
}

function nameOf(entry: Record<string, unknown> | undefined): { type?: string; requestId?: string } {
  const { type, requestId } = entry ?? {};
  return {
    ...(typeof type === 'string' ? { type: type.slice(0, 120) } : {}),
    ...(typeof requestId === 'string' ? { requestId: requestId.slice(0, 120) } : {}),
  };
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 40);
}
