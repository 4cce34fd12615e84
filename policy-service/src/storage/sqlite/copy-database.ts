import Sqlite, { type Database } from 'better-sqlite3';
import type { LogHead } from '../../application/ports';
import { verifyWholeLog } from '../../application/audit-log/read-log';
import type { LogVerification } from '../../audit/verify-log';
import { tablesOf } from './tables';

/** Called with how much was copied, from 0 to 1. */
export type CopyProgress = (done: number) => void;

const PAGES_AT_ONCE = 2_000;
const BUSY_MS = 5_000;

/**
 * Copies a database as it is at one moment, also while others write to it: the transaction that
 * reads it holds that moment, so that no commit makes the copy begin anew.
 * @param target an empty file that nobody has open
 * @throws SqliteError when the source cannot be read
 */
export async function copyDatabase(
  source: string,
  target: string,
  onProgress: CopyProgress = () => undefined,
): Promise<void> {
  const db = new Sqlite(source, { fileMustExist: true, readonly: true, timeout: BUSY_MS });
  try {
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(target, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress(totalPages === 0 ? 1 : 1 - remainingPages / totalPages);
        return PAGES_AT_ONCE;
      },
    });
  } finally {
    db.close();
  }
  // One file that stands alone: nothing that lies beside it belongs to it.
  const copy = new Sqlite(target);
  copy.pragma('journal_mode = DELETE');
  copy.close();
}

/** The head that a database names, read on a connection of its own. */
export async function headOf(db: Database): Promise<LogHead> {
  return tablesOf(db).log.head();
}

/**
 * Reads a whole database: its structure, and every entry of its log against its own head.
 * @returns the first problem of the structure, and what the log came to
 */
export async function verifyDatabase(
  file: string,
): Promise<LogVerification & { structure?: string }> {
  const db = new Sqlite(file, { fileMustExist: true, readonly: true, timeout: BUSY_MS });
  try {
    const [first] = db.pragma('integrity_check(1)') as { integrity_check: string }[];
    const log = await verifyWholeLog(tablesOf(db).log);
    const structure = first?.integrity_check;
    return structure === 'ok' ? log : { ...log, valid: false, structure };
  } catch (error) {
    // A head or an entry that cannot even be read.
    const structure = error instanceof Error ? error.message : String(error);
    return { valid: false, size: 0, rootHash: '', problems: [], problemCount: 1, structure };
  } finally {
    db.close();
  }
}
