import {
  LogBroken,
  StorageUnavailable,
  type ChangeSet,
  type CommitResult,
} from '../../application/ports';
import type { AuditLogTable } from './audit-log';
import type { Outcome } from './batch';
import { isSqliteError, unavailable } from './failure';
import type { FilesInPlace } from './files-in-place';
import { prepare, type PreparedChanges } from './prepare';
import type { Writer } from './writer';

/** Change sets in one transaction: enough to share an fsync, too few to hold the lock for long. */
const MAX_BATCH = 256;

interface Queued {
  changes: PreparedChanges;
  resolve(result: CommitResult): void;
  reject(error: unknown): void;
}

/**
 * Commits together the change sets that arrive in the same turn, or while a batch is written.
 * Nobody is answered before the commit is durable; when it fails, everybody in it hears so.
 */
export class GroupCommit {
  private queue: Queued[] = [];
  private busy = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly writer: Writer,
    private readonly files: FilesInPlace,
    private readonly log: AuditLogTable,
    private readonly now: () => Date,
  ) {}

  /**
   * The change set must not be altered before the promise settles.
   * @throws TypeError when an audit entry has no canonical form; StorageUnavailable, LogBroken
   */
  async add(changes: ChangeSet): Promise<CommitResult> {
    const prepared = prepare(changes);
    return new Promise((resolve, reject) => {
      this.queue.push({ changes: prepared, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when everything that is queued was written or refused. */
  async drained(): Promise<void> {
    if (this.busy) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.busy || this.queue.length === 0) return;
    this.busy = true;
    setImmediate(() => {
      void this.writeBatch().then(() => {
        this.busy = false;
        this.schedule();
        if (!this.busy) for (const resolve of this.idle.splice(0)) resolve();
      });
    });
  }

  private async writeBatch(): Promise<void> {
    const batch = this.queue.splice(0, MAX_BATCH);
    const changes = batch.map((queued) => queued.changes);
    let outcomes: Outcome[];
    try {
      this.files.assert();
      const { known } = this.log;
      outcomes = await this.writer.write({ changes, now: this.now().toISOString(), known });
      // Committed to a file that nobody finds again is not stored.
      this.files.assert();
    } catch (error) {
      const reason = refusalOf(error);
      for (const queued of batch) queued.reject(reason);
      return;
    }
    batch.forEach((queued, i) => {
      const outcome = outcomes[i] as Outcome;
      if ('result' in outcome && outcome.result.ok)
        this.log.remember(outcome.result.entries.at(-1));
      if ('result' in outcome) queued.resolve(outcome.result);
      else if ('broken' in outcome) queued.reject(new LogBroken(outcome.broken));
      else queued.reject(isSqliteError(outcome.error) ? unavailable(outcome.error) : outcome.error);
    });
  }
}

function refusalOf(error: unknown): StorageUnavailable {
  if (error instanceof StorageUnavailable) return error;
  if (isSqliteError(error)) return unavailable(error);
  return new StorageUnavailable('The change could not be stored.', { cause: error });
}
