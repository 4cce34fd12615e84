import { checkEntry, type LoggedBytes, type LogProblem } from './check-entry';
import type { TreeHead } from './checkpoint';
import { CompactRange } from './compact-range';
import { leafHash } from './merkle-hash';

export type { LoggedBytes, LogProblem } from './check-entry';

/** What a log says of itself. With its compact range, a change is narrowed down to some entries. */
export interface LogClaim extends TreeHead {
  range?: CompactRange;
}

export interface LogVerification extends TreeHead {
  valid: boolean;
  /** All that were found; `problems` tells the first 100. */
  problemCount: number;
  problems: LogProblem[];
}

/** A head that this log must have had once. */
export interface KeptHead extends TreeHead {
  /** Who says so, as the end of "the entries that ...". */
  by?: string;
}

const SIGNED = 'the kept checkpoint signed';
const MAX_PROBLEMS = 100;

/**
 * Recomputes the whole log from its canonical bytes and trusts nothing that was stored beside them.
 * @param entries in order of their sequence, from 0
 * @param head what the log says of itself; undefined for an export, which says nothing
 * @param kept heads of checkpoints that were kept elsewhere: each must be a prefix of this log.
 *   Without one, a log that was rewritten together with its head cannot be told from a true one.
 * @param found further problems; may still grow while the entries are read
 */
export async function verifyLog(
  entries: Iterable<LoggedBytes> | AsyncIterable<LoggedBytes>,
  head: LogClaim | undefined,
  kept: readonly KeptHead[] = [],
  found: readonly LogProblem[] = [],
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
          message: `The first ${range.size} entries are not those that ${checkpoint.by ?? SIGNED}.`,
        });
      }
    }
  };

  checkKept();
  let expected = 0;
  for await (const logged of entries) {
    checkEntry(logged, expected).forEach(report);
    expected = Math.max(expected, logged.sequence + 1);
    range.append(leafHash(logged.canonical));
    checkKept();
  }

  found.forEach(report);
  const rootHash = range.root().toString('hex');
  if (head) compareWithHead(range, head).forEach(report);
  for (const checkpoint of kept.filter(({ size }) => size > range.size)) {
    report({
      code: 'truncated',
      message: `There were ${checkpoint.size} entries that ${checkpoint.by ?? SIGNED}, but only ${range.size} are left.`,
    });
  }
  return { valid: problemCount === 0, size: range.size, rootHash, problemCount, problems };
}

/** What the head says otherwise than the entries themselves. */
export function compareWithHead(range: CompactRange, head: LogClaim): LogProblem[] {
  const rootHash = range.root().toString('hex');
  if (head.size !== range.size) {
    const message = `The log's head counts ${head.size} entries, but there are ${range.size}.`;
    return [{ code: 'size_mismatch', message }];
  }
  if (head.rootHash === rootHash) return [];
  const parts = head.range?.differences(range) ?? [];
  const where = parts.map(([from, to]) => `${from} to ${to - 1}`).join(', ');
  return [
    {
      code: 'root_mismatch',
      message:
        `The entries have the root ${rootHash}, but the log's head says ${head.rootHash}.` +
        (where === '' ? '' : ` What was changed is among the entries ${where}, or is the head.`),
    },
  ];
}
