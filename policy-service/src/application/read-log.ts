import { consistencyProof } from '../audit/consistency';
import { inclusionProof } from '../audit/inclusion';
import { rootOfLeaves } from '../audit/tree';
import { verifyLog, type LogVerification } from '../audit/verify-log';
import type { LoggedBytes } from '../audit/verify-log';
import { AppError } from '../domain/errors';
import type { LogHead, LogReader } from './ports';

const BATCH = 1000;

/** Every entry of the log in order, read in batches. */
export async function* allEntries(log: LogReader, from = 0): AsyncGenerator<LoggedBytes> {
  for (let next = from; ;) {
    const entries = await log.entries({ from: next, limit: BATCH });
    // Hashing a long log must not keep calls waiting.
    await new Promise((resolve) => setImmediate(resolve));
    for (const { entry, canonical, leafHash } of entries) {
      yield { sequence: entry.sequence, canonical, leafHash };
      next = entry.sequence + 1;
    }
    if (entries.length < BATCH) return;
  }
}

/**
 * Recomputes every hash of the log from its bytes and compares the root with the stored head.
 * @param kept heads of checkpoints that were kept elsewhere: each must be a prefix of the log
 */
export async function verifyWholeLog(
  log: LogReader,
  kept: LogHead[] = [],
): Promise<LogVerification> {
  const head = await log.head();
  return verifyLog(upTo(allEntries(log), head.size), head, kept);
}

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
