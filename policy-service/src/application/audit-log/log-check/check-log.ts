import type { LogProblem } from '../../../audit/check-entry';
import { checkEntry } from '../../../audit/check-entry';
import { CompactRange } from '../../../audit/compact-range';
import { leafHash } from '../../../audit/merkle-hash';
import { compareWithHead, type LogClaim } from '../../../audit/verify-log';
import type { Deps } from '../../change/deps';
import { StorageUnavailable, type LogReader } from '../../ports';
import { verifyWholeLog } from '../read-log';
import { damageInWords } from '../../change/log-broken';

export type LogCheckDeps = Pick<Deps, 'store' | 'clock' | 'log'>;

const PROGRESS_MS = 5_000;
const BEFORE = 'this service had found intact';

/**
 * Verifies the log where it was not verified before, and marks it when it is damaged. A problem, or
 * an earlier mark, has the whole log looked at: to name the entry, or to find it repaired.
 * @param options.again looks again at a log that is marked already
 */
export async function checkLog(
  deps: LogCheckDeps,
  options: { again: boolean },
): Promise<LogProblem | undefined> {
  const { store } = deps;
  const marked = await store.log.damage();
  if (marked && !options.again) return marked;
  const { head } = await store.log.state();
  const { verified = CompactRange.empty(), round } = await store.log.check();
  const progress = progressOf(deps, verified.size, head?.size);
  if (!marked && head && verified.size <= head.size) {
    const problem = await advance(store.log, verified, head, progress);
    if (!problem) {
      await store.saveLogCheck({ verified, round });
      return undefined;
    }
  }
  return checkWhole(deps);
}

async function checkWhole(deps: LogCheckDeps): Promise<LogProblem | undefined> {
  const { store } = deps;
  const { verified } = await store.log.check();
  const kept = verified
    ? [{ size: verified.size, rootHash: verified.root().toString('hex'), by: BEFORE }]
    : [];
  const { head } = await store.log.state();
  const result = await verifyWholeLog(store.log, kept, progressOf(deps, 0, head?.size));
  if (!result.valid || !head?.range) {
    const [damage] = result.problems;
    await mark(deps, damage as LogProblem);
    return damage;
  }
  await store.markLog(undefined);
  await store.saveLogCheck({ verified: head.range });
  return undefined;
}

/** Says once, for every process, that nothing may be written any more. */
export async function mark({ store, log }: LogCheckDeps, damage: LogProblem): Promise<void> {
  await store.markLog(damage).catch((error: unknown) => {
    log.error({ err: String(error) }, 'the damage of the log could not be noted');
  });
  log.error(
    { ...damage, found: damageInWords(damage) },
    'THE AUDIT LOG IS DAMAGED: the service only reads until it is repaired',
  );
}

/** Goes on from a position to the head, and compares the root there. */
async function advance(
  log: LogReader,
  range: CompactRange,
  head: LogClaim,
  progress: (upTo: number) => void,
): Promise<LogProblem | undefined> {
  while (range.size < head.size) {
    const problem = await advanceOnce(log, range, head.size);
    if (problem) return problem;
    progress(range.size);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return compareWithHead(range, head)[0];
}

/** Adds the next part of the entries below `to` to a range. @returns the first problem, if any */
export async function advanceOnce(
  log: LogReader,
  range: CompactRange,
  to: number,
): Promise<LogProblem | undefined> {
  try {
    const part = await log.bytes(range.size);
    if (part.length === 0) {
      const message = `It is missing, with all after it: the log should have ${to} entries.`;
      return { code: 'size_mismatch', sequence: range.size, message };
    }
    for (const logged of part) {
      if (range.size >= to) return undefined;
      const [problem] = checkEntry(logged, range.size);
      if (problem) return problem;
      range.append(leafHash(logged.canonical));
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof StorageUnavailable)) throw error;
    const message = `The entries from ${range.size} on cannot be read. ${error.message}`;
    return { code: 'unreadable', message };
  }
}

/** Tells how far it has come, now and then. */
function progressOf(
  { clock, log }: LogCheckDeps,
  from: number,
  to: number | undefined,
): (upTo: number) => void {
  let told = clock.now().getTime();
  return (upTo) => {
    const now = clock.now().getTime();
    if (now - told < PROGRESS_MS) return;
    told = now;
    log.info({ from, upTo, to }, 'the audit log is being verified');
  };
}
