import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite, { type Database } from 'better-sqlite3';
import { StorageUnavailable } from '../../application/ports';
import { isSqliteError, unavailable } from './failure';
import { identityOf } from './files-in-place';
import { migrate } from './migrate';
import { makePrivateFile } from './new-file';

/** What a long write-ahead log is cut back to once it has been copied into the database. */
const JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024;

/**
 * Opens the database file, creating it and its folder when they are missing, and migrates it.
 * @throws StorageUnavailable when it cannot be used as it must be
 */
export async function openDatabase(file: string, busyTimeoutMs: number): Promise<Database> {
  const { db, identity } = openFile(file, busyTimeoutMs);
  try {
    await enterWal(db, busyTimeoutMs);
    // The build's default, NORMAL, loses acknowledged commits when the power goes.
    db.pragma('synchronous = FULL');
    // The same few pages change in every commit: copied back every 16 MB instead of every 4 MB,
    // they are written less often (a sixth of the time of a commit with 16 in flight).
    db.pragma('wal_autocheckpoint = 4000');
    // A long reader, such as a backup, lets it grow; without a limit it would stay as long.
    db.pragma(`journal_size_limit = ${JOURNAL_SIZE_LIMIT}`);
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    migrate(db);
    if (identityOf(file) !== identity) {
      throw new StorageUnavailable(
        `The database file ${file} was replaced while it was being opened. Start again.`,
      );
    }
    return db;
  } catch (error) {
    db.close();
    throw isSqliteError(error) ? unavailable(error) : error;
  }
}

function openFile(file: string, busyTimeoutMs: number): { db: Database; identity: string } {
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) makePrivateFile(file);
    const identity = identityOf(file);
    return { db: new Sqlite(file, { timeout: busyTimeoutMs, fileMustExist: true }), identity };
  } catch (error) {
    throw new StorageUnavailable(
      `The database file ${file} cannot be opened: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

/** SQLite does not wait for its lock in this one statement, so several starting processes collide. */
async function enterWal(db: Database, busyTimeoutMs: number): Promise<void> {
  for (let waited = 0; ; waited += 10) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = isSqliteError(error) && error.code.startsWith('SQLITE_BUSY');
      if (!busy || waited >= busyTimeoutMs) throw error;
    }
    await sleep(10);
  }
}
