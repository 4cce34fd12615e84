import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyCheckpoint } from '../../policy-service/src/audit/checkpoint';
import { verifyLog, type LoggedBytes } from '../../policy-service/src/audit/verify-log';
import type { Fleet } from './fleet';
import type { Checkpoint, Journal, Violation } from './journal';

interface Export {
  entries: LoggedBytes[];
  /** Request id -> states that its entries lead to. */
  states: Map<string, Set<string>>;
  /** Moves that do not begin where the one before ended. */
  gaps: string[];
}

/**
 * The log, exported and verified without the service, against everything that it acknowledged:
 * each kept checkpoint, sequence and leaf hash, and each state that an answer told.
 */
export async function auditViolations(fleet: Fleet, journal: Journal): Promise<Violation[]> {
  const found: Violation[] = [];
  const report = (message: string, requestId?: string): void => {
    found.push({ rule: 'audit', requestId, message });
  };
  const file = join(journal.dir, 'export.ndjson');
  writeFileSync(file, fleet.command(['audit', 'export']));
  const { entries, states, gaps } = readExport(file);

  const kept = [...journal.checkpoints.values()];
  kept
    .filter((one) => !isSigned(one))
    .forEach(({ size }) => {
      report(`The checkpoint of ${size} entries is not what its signature says.`);
    });
  const own = await verifyLog(entries, { size: 0, rootHash: '' });
  const { problems } = await verifyLog(entries, own, kept);
  for (const { message } of problems) report(message);
  for (const message of gaps) report(message);
  for (const [sequence, leafHash] of journal.leaves) {
    const logged = entries[sequence]?.leafHash;
    if (logged !== leafHash) {
      report(`Entry ${sequence} was acknowledged as ${leafHash}; the log has ${logged ?? 'none'}.`);
    }
  }
  for (const { requestId, state, call } of journal.answers.values()) {
    if (requestId === undefined || state === undefined) continue;
    if (!states.get(requestId)?.has(state)) {
      report(`${call} was answered with ${state}; the log has no such entry.`, requestId);
    }
  }
  const problem = asAnAuditor(fleet, journal, file);
  if (problem) report(problem);
  return found;
}

function isSigned({ note, verifierKey, size, rootHash }: Checkpoint): boolean {
  const signed = verifyCheckpoint(note, verifierKey);
  return signed.valid && signed.size === size && signed.rootHash === rootHash;
}

function readExport(file: string): Export {
  const states = new Map<string, Set<string>>();
  const last = new Map<string, string>();
  const gaps: string[] = [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const entries = lines.map((line) => JSON.parse(line) as LoggedBytes);
  for (const { sequence, canonical } of entries) {
    const { requestId, data } = JSON.parse(canonical) as {
      requestId?: string;
      data: { from?: string; to?: string };
    };
    if (requestId === undefined) continue;
    const seen = states.get(requestId) ?? new Set(['received']);
    states.set(requestId, seen);
    const { from, to } = data;
    if (from === undefined || to === undefined) continue;
    const before = last.get(requestId) ?? 'received';
    if (before !== from)
      gaps.push(`Entry ${sequence} moves ${requestId} from ${from}; it was ${before}.`);
    last.set(requestId, to);
    seen.add(to);
  }
  return { entries, states, gaps };
}

/** The command that an auditor runs, with the newest checkpoint that was kept. */
function asAnAuditor(
  fleet: Fleet,
  { checkpoints, dir }: Journal,
  file: string,
): string | undefined {
  const newest = [...checkpoints.values()].at(-1);
  if (!newest) return undefined;
  const note = join(dir, 'checkpoint.txt');
  writeFileSync(note, newest.note);
  try {
    const key = ['--checkpoint', note, '--verifier-key', newest.verifierKey];
    fleet.command(['audit', 'verify', '--file', file, ...key]);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
