import type { Database, Statement } from 'better-sqlite3';
import type { CommitResult } from '../../application/ports';
import type { LogProblem } from '../../audit/check-entry';
import { CompactRange } from '../../audit/compact-range';
import { apply } from './apply';
import type { AppendedEntry } from './audit-log';
import { concernsOneChangeSet } from './failure';
import type { PreparedChanges } from './prepare';
import type { Tables } from './tables';

/** What one change set came to inside the transaction; true only once that has committed. */
export type Outcome = { result: CommitResult } | { error: unknown } | { broken: LogProblem };

/** Change sets that share a transaction. */
export interface Batch {
  changes: PreparedChanges[];
  /** ISO 8601; decides whether an idempotency row still counts. */
  now: string;
  /** The last entry that is known to be committed: without it, nothing is. */
  known?: AppendedEntry | undefined;
}

/** Commits batches on one connection: one lock, one fsync, a savepoint for each change set. */
export class BatchCommitter {
  private readonly begin: Statement<[]>;
  private readonly commit: Statement<[]>;
  private readonly rollback: Statement<[]>;
  private readonly savepoint: Statement<[]>;
  private readonly release: Statement<[]>;
  private readonly rollbackTo: Statement<[]>;

  constructor(
    private readonly db: Database,
    private readonly tables: Tables,
  ) {
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.rollback = db.prepare('ROLLBACK');
    this.savepoint = db.prepare('SAVEPOINT change_set');
    this.release = db.prepare('RELEASE change_set');
    this.rollbackTo = db.prepare('ROLLBACK TO change_set');
  }

  /**
   * Everything is durable when this returns.
   * @throws what refused the whole batch; nothing of it is written then
   */
  run({ changes, now, known }: Batch): Outcome[] {
    this.tables.log.remember(known);
    this.tables.log.readFromFile();
    this.begin.run();
    try {
      // Read under the lock: another process may have appended since the last batch.
      const read = this.tables.log.readRange();
      let range = 'range' in read ? read.range : CompactRange.empty();
      const sizeBefore = range.size;
      let newest = this.tables.log.newestAt();
      const outcomes = changes.map((one): Outcome => {
        // The one door of every change: what depends on the log must not go on without it.
        if ('damage' in read && !holdsSessionsAlone(one)) return { broken: read.damage };
        const grown = range.copy();
        const outcome = this.applyOne(() => apply(this.tables, one, grown, now, newest));
        if ('result' in outcome && outcome.result.ok) {
          range = grown;
          const { newestAt } = one;
          if (newestAt !== undefined && (newest === undefined || newestAt >= newest)) {
            newest = newestAt;
            this.tables.reservations.clockCaughtUp(newest);
          }
        }
        return outcome;
      });
      if (range.size > sizeBefore) this.tables.log.writeRange(range, newest);
      this.commit.run();
      return outcomes;
    } catch (error) {
      // SQLite itself rolls back after some errors, for example a full disk.
      if (this.db.inTransaction) this.rollback.run();
      throw error;
    }
  }

  private applyOne(work: () => CommitResult): Outcome {
    this.savepoint.run();
    let outcome: Outcome;
    try {
      outcome = { result: work() };
    } catch (error) {
      if (!concernsOneChangeSet(error)) throw error;
      outcome = { error };
    }
    if (!('result' in outcome) || !outcome.result.ok) this.rollbackTo.run();
    this.release.run();
    return outcome;
  }
}

/** A session lets somebody read; whatever is done under it is a change of its own. */
function holdsSessionsAlone(changes: PreparedChanges): boolean {
  return (
    Object.entries(changes).every(
      ([part, value]) =>
        part === 'sessions' ||
        part === 'sessionsEnded' ||
        part === 'newestAt' ||
        value === undefined ||
        (Array.isArray(value) && value.length === 0),
    ) && (changes.sessions ?? changes.sessionsEnded) !== undefined
  );
}
