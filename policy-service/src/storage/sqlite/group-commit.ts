import type { Database } from 'better-sqlite3';
import { StorageUnavailable, type ChangeSet, type CommitResult } from '../../application/ports';
import { apply } from './apply';
import { concernsOneChangeSet, isSqliteError, unavailable } from './failure';
import type { Tables } from './tables';

/** Change sets in one transaction: enough to share an fsync, too few to hold the lock for long. */
const MAX_BATCH = 256;

interface Queued {
  changes: ChangeSet;
  resolve(result: CommitResult): void;
  reject(error: unknown): void;
}

/** What a change set came to inside the transaction; told only once that has committed. */
type Outcome = { result: CommitResult } | { error: unknown };

/**
 * Commits the change sets that arrive in the same turn together: one lock, one fsync, a savepoint
 * each. Nobody is answered before the commit is durable; when it fails, everybody hears so.
 */
export class GroupCommit {
  private queue: Queued[] = [];
  private scheduled = false;
  private readonly begin;
  private readonly commit;
  private readonly rollback;
  private readonly savepoint;
  private readonly release;
  private readonly rollbackTo;

  constructor(
    private readonly db: Database,
    private readonly tables: Tables,
    private readonly now: () => Date,
  ) {
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.rollback = db.prepare('ROLLBACK');
    this.savepoint = db.prepare('SAVEPOINT change_set');
    this.release = db.prepare('RELEASE change_set');
    this.rollbackTo = db.prepare('ROLLBACK TO change_set');
  }

  /** The change set must not be altered before the promise settles. */
  add(changes: ChangeSet): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ changes, resolve, reject });
      this.schedule();
    });
  }

  /** Commits everything that is queued, at once. */
  flushAll(): void {
    while (this.queue.length > 0) this.flush();
  }

  private schedule(): void {
    if (this.scheduled || this.queue.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
      this.schedule();
    });
  }

  private flush(): void {
    const batch = this.queue.splice(0, MAX_BATCH);
    if (batch.length === 0) return;
    let outcomes: Outcome[];
    try {
      outcomes = this.transact(batch);
    } catch (error) {
      const reason = storageFailure(error);
      for (const queued of batch) queued.reject(reason);
      return;
    }
    batch.forEach((queued, i) => {
      const outcome = outcomes[i] as Outcome;
      if ('error' in outcome) queued.reject(outcome.error);
      else queued.resolve(outcome.result);
    });
  }

  private transact(batch: readonly Queued[]): Outcome[] {
    this.begin.run();
    try {
      const now = this.now().toISOString();
      // Read under the lock: another process may have appended since the last batch.
      let range = this.tables.log.readRange();
      const sizeBefore = range.size;
      const outcomes = batch.map(({ changes }): Outcome => {
        const grown = range.copy();
        const outcome = this.applyOne(() => apply(this.tables, changes, grown, now));
        if ('result' in outcome && outcome.result.ok) range = grown;
        return outcome;
      });
      if (range.size > sizeBefore) this.tables.log.writeRange(range);
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
      outcome = { error: isSqliteError(error) ? unavailable(error) : error };
    }
    if ('error' in outcome || !outcome.result.ok) this.rollbackTo.run();
    this.release.run();
    return outcome;
  }
}

function storageFailure(error: unknown): StorageUnavailable {
  if (isSqliteError(error)) return unavailable(error);
  return new StorageUnavailable('The change could not be stored.', { cause: error });
}
