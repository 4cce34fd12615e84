import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite, { type Database } from 'better-sqlite3';
import { StorageUnavailable } from '../../application/ports';
import { isSqliteError, unavailable } from './failure';
import { migrate } from './migrate';

/**
 * Opens the database file, creating it and its folder when they are missing, and migrates it.
 * @throws StorageUnavailable when it cannot be used as it must be
 */
export async function openDatabase(file: string, busyTimeoutMs: number): Promise<Database> {
  const db = openFile(file, busyTimeoutMs);
  try {
    await enterWal(db, busyTimeoutMs);
    // The build's default, NORMAL, loses acknowledged commits when the power goes.
    db.pragma('synchronous = FULL');
    // The same few pages change in every commit: copied back every 16 MB instead of every 4 MB,
    // they are written less often (a sixth of the time of a commit with 16 in flight).
    db.pragma('wal_autocheckpoint = 4000');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw isSqliteError(error) ? unavailable(error) : error;
  }
}

function openFile(file: string, busyTimeoutMs: number): Database {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Created here because SQLite would let everybody read it; the WAL takes over these rights.
    closeSync(openSync(file, 'a', 0o600));
    return new Sqlite(file, { timeout: busyTimeoutMs });
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
