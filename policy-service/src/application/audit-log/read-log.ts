import { consistencyProof } from '../../audit/consistency';
import { inclusionProof } from '../../audit/inclusion';
import { rootOfLeaves } from '../../audit/tree';
import type { LoggedBytes, LogProblem } from '../../audit/check-entry';
import { verifyLog, type KeptHead, type LogVerification } from '../../audit/verify-log';
import { AppError } from '../../domain/errors';
import { StorageUnavailable, type LogReader } from '../ports';

/** Every entry of the log as it is stored, in order, read in parts. */
export async function* allEntries(
  log: LogReader,
  from = 0,
  onPart?: (upTo: number) => void,
): AsyncGenerator<LoggedBytes> {
  for (let next = from; ;) {
    const part = await log.bytes(next);
    // Hashing a long log must not keep calls waiting.
    await new Promise((resolve) => setImmediate(resolve));
    yield* part;
    const last = part.at(-1);
    if (!last) return;
    next = last.sequence + 1;
    onPart?.(next);
  }
}

/**
 * Recomputes every hash of the log from its bytes and compares the root with the stored head.
 * @param kept heads of checkpoints that were kept elsewhere: each must be a prefix of the log
 * @param onPart told how far it has come, after each part
 */
export async function verifyWholeLog(
  log: LogReader,
  kept: KeptHead[] = [],
  onPart?: (upTo: number) => void,
): Promise<LogVerification> {
  const { head, problems } = await log.state();
  // Without a head, and where entries stand outside of it, all that is there is looked at.
  const size = head && problems.length === 0 ? head.size : Infinity;
  // That there are too few is found by counting them.
  const found = problems.filter(({ code }) => code !== 'size_mismatch');
  return verifyLog(readable(upTo(allEntries(log, FIRST, onPart), size), found), head, kept, found);
}

/** Nothing may stand before entry 0 either. */
const FIRST = Number.MIN_SAFE_INTEGER;

/** Entries that are appended while the log is read do not belong to the head that is verified. */
async function* upTo(
  entries: AsyncIterable<LoggedBytes>,
  size: number,
): AsyncGenerator<LoggedBytes> {
  for await (const entry of entries) {
    if (entry.sequence >= size) return;
    yield entry;
  }
}

/** Ends where the file cannot be read any more, and says so. */
async function* readable(
  entries: AsyncIterable<LoggedBytes>,
  found: LogProblem[],
): AsyncGenerator<LoggedBytes> {
  try {
    yield* entries;
  } catch (error) {
    if (!(error instanceof StorageUnavailable)) throw error;
    found.push({
      code: 'unreadable',
      message: `The file cannot be read any further. ${error.message}`,
    });
  }
}

/** @throws AppError `not_found` */
export async function proveInclusion(log: LogReader, sequence: number): Promise<object> {
  const { size, rootHash } = await log.head();
  if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence >= size) {
    throw new AppError('not_found', `The log has ${size} entries, numbered from 0.`);
  }
  const leaves = await log.leafHashes(0, size);
  return {
    sequence,
    size,
    leafHash: leaves[sequence],
    rootHash,
    path: inclusionProof(leaves, sequence),
  };
}

/** @throws AppError `invalid_parameter` */
export async function proveConsistency(log: LogReader, from: number, to: number): Promise<object> {
  const { size } = await log.head();
  const valid =
    Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= size;
  if (!valid) {
    throw new AppError('invalid_parameter', `Name two sizes with 0 <= from <= to <= ${size}.`);
  }
  const leaves = await log.leafHashes(0, to);
  const root = (count: number): string =>
    rootOfLeaves(leaves.slice(0, count).map((hex) => Buffer.from(hex, 'hex'))).toString('hex');
  return { from, to, fromRoot: root(from), toRoot: root(to), path: consistencyProof(leaves, from) };
}
