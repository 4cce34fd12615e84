import { canonicalJson } from '../domain/canonical-json';
import type { TreeHead } from './checkpoint';
import { CompactRange } from './compact-range';
import type { StoredEntry } from './entry';
import { leafHash } from './merkle-hash';

/** What is verified of an entry, from a store or from an export. */
export type LoggedBytes = Pick<StoredEntry, 'canonical' | 'leafHash'> & { sequence: number };

export interface LogProblem {
  code:
    | 'sequence_gap'
    | 'leaf_hash_mismatch'
    | 'not_canonical'
    | 'entry_mismatch'
    | 'size_mismatch'
    | 'root_mismatch'
    | 'truncated';
  /** Entry that it was found at; absent for a problem of the whole log. */
  sequence?: number;
  message: string;
}

export interface LogVerification extends TreeHead {
  valid: boolean;
  /** The first 100. */
  problems: LogProblem[];
}

const MAX_PROBLEMS = 100;

/**
 * Recomputes the whole log from its canonical bytes and trusts nothing that was stored beside them.
 * @param entries in order of their sequence, from 0
 * @param head what the log says of itself
 * @param kept heads of checkpoints that were kept elsewhere: each must be a prefix of this log.
 *   Without one, a log that was rewritten together with its head cannot be told from a true one.
 */
export async function verifyLog(
  entries: Iterable<LoggedBytes> | AsyncIterable<LoggedBytes>,
  head: TreeHead,
  kept: readonly TreeHead[] = [],
): Promise<LogVerification> {
  const problems: LogProblem[] = [];
  let problemCount = 0;
  const report = (problem: LogProblem): void => {
    problemCount += 1;
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  const range = CompactRange.empty();
  const checkKept = (): void => {
    for (const checkpoint of kept) {
      if (checkpoint.size === range.size && checkpoint.rootHash !== range.root().toString('hex')) {
        report({
          code: 'root_mismatch',
          message: `The first ${range.size} entries are not those that the kept checkpoint signed.`,
        });
      }
    }
  };

  checkKept();
  for await (const logged of entries) {
    const expected = range.size;
    checkEntry(logged, expected, report);
    range.append(leafHash(logged.canonical));
    checkKept();
  }

  const rootHash = range.root().toString('hex');
  if (head.size !== range.size) {
    report({
      code: 'size_mismatch',
      message: `The log's head counts ${head.size} entries, but there are ${range.size}.`,
    });
  } else if (head.rootHash !== rootHash) {
    report({
      code: 'root_mismatch',
      message: `The entries have the root ${rootHash}, but the log's head says ${head.rootHash}.`,
    });
  }
  for (const checkpoint of kept.filter(({ size }) => size > range.size)) {
    report({
      code: 'truncated',
      message: `A kept checkpoint signed ${checkpoint.size} entries, but only ${range.size} are left.`,
    });
  }
  return { valid: problemCount === 0, size: range.size, rootHash, problems };
}

function checkEntry(
  logged: LoggedBytes,
  expected: number,
  report: (problem: LogProblem) => void,
): void {
  const { sequence } = logged;
  if (sequence !== expected) {
    report({
      code: 'sequence_gap',
      sequence,
      message: `Entry ${expected} should stand here, but ${sequence} does.`,
    });
  }
  if (leafHash(logged.canonical).toString('hex') !== logged.leafHash) {
    report({
      code: 'leaf_hash_mismatch',
      sequence,
      message: 'The leaf hash does not fit the bytes of the entry.',
    });
  }
  const entry = parse(logged.canonical);
  if (entry === undefined) {
    report({ code: 'not_canonical', sequence, message: 'The bytes are not canonical JSON.' });
  } else if (entry.formatVersion !== 1 || entry.sequence !== sequence) {
    report({
      code: 'entry_mismatch',
      sequence,
      message: `The entry names format ${String(entry.formatVersion)} and sequence ${String(entry.sequence)}.`,
    });
  }
}

function parse(canonical: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(canonical);
    const sound = typeof entry === 'object' && entry !== null && canonicalJson(entry) === canonical;
    return sound ? (entry as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
