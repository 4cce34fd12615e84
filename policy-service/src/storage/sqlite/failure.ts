import type { Database, SqliteError } from 'better-sqlite3';
import { StorageUnavailable } from '../../application/ports';

/** An error that SQLite raised; `code` is its extended result code, for example SQLITE_BUSY. */
type SqliteFailure = InstanceType<SqliteError>;

/**
 * Told by its code, not by its class: the native part of the driver throws the class of whichever
 * copy of the module was loaded first in the process.
 */
export function isSqliteError(error: unknown): error is SqliteFailure {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('SQLITE_')
  );
}

/**
 * Runs one piece of work on the database; whatever SQLite refuses (busy, full, read-only, an I/O
 * error, a constraint) is told as StorageUnavailable with the cause kept.
 */
export function translated<T>(db: Database, work: () => T): T {
  if (!db.open) throw new StorageUnavailable('The store is closed.');
  try {
    return work();
  } catch (error) {
    throw isSqliteError(error) ? unavailable(error) : error;
  }
}

export function unavailable(error: SqliteFailure): StorageUnavailable {
  return new StorageUnavailable(`${explain(error.code)} (${error.code}: ${error.message})`, {
    cause: error,
  });
}

/**
 * A constraint is broken by one change set alone; every other refusal says something about the
 * database, and nothing more must be written in the same transaction.
 */
export function concernsOneChangeSet(error: unknown): boolean {
  return !isSqliteError(error) || error.code.startsWith('SQLITE_CONSTRAINT');
}

function explain(code: string): string {
  if (code.startsWith('SQLITE_BUSY')) return 'Another process holds the database; try again.';
  if (code.startsWith('SQLITE_FULL')) return 'The disk is full; free some space.';
  if (code.startsWith('SQLITE_READONLY'))
    return 'The database cannot be written; check its rights.';
  if (code.startsWith('SQLITE_CONSTRAINT')) return 'The database refused the change.';
  return 'The database cannot be used; check the disk and the file.';
}
