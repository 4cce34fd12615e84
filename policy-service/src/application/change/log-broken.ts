import type { LogProblem } from '../../audit/check-entry';
import { AppError } from '../../domain/errors';
import type { LogReader } from '../ports';

/** What was found in the log, in one line. */
export function damageInWords({ sequence, message }: LogProblem): string {
  return sequence === undefined ? message : `Entry ${sequence}: ${message}`;
}

/** The refusal of everything that would change something while the log is damaged. */
export function logBroken(damage: LogProblem): AppError {
  return new AppError(
    'log_broken',
    `The audit log is damaged, so nothing is changed: the service only reads. ${damageInWords(damage)} Verify the log (execution-layer audit verify), restore a sound backup, and start the service again.`,
  );
}

/** @throws AppError `log_broken` */
export async function assertLogSound(log: LogReader): Promise<void> {
  const damage = await log.damage();
  if (damage) throw logBroken(damage);
}
