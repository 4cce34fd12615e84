import type { Database } from 'better-sqlite3';
import { BatchCommitter, type Batch, type Outcome } from './batch';
import type { Tables } from './tables';

/** Who commits the batches: this thread, or one of its own. */
export interface Writer {
  /**
   * Resolves once the batch is durable; the next is given only then.
   * @throws what refused the whole batch; nothing of it is written then
   */
  write(batch: Batch): Promise<Outcome[]>;
  close(): Promise<void>;
}

/** Commits on the connection that also reads. */
export function sameThreadWriter(db: Database, tables: Tables): Writer {
  const committer = new BatchCommitter(db, tables);
  return {
    write: async (batch) => committer.run(batch),
    close: async () => undefined,
  };
}
