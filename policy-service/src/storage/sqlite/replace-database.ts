import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { StorageUnavailable } from '../../application/ports';
import { isSqliteError } from './failure';

/** A database that nobody else can open until `release`. */
export interface HeldDatabase {
  db: Database;
  release(): void;
}

/**
 * Takes a database for itself, whatever is in it. Everything is in the one file then, nothing beside it.
 * @throws StorageUnavailable while anybody has it open, or when it is no database
 */
export function holdAlone(file: string): HeldDatabase {
  const db = new Sqlite(file, { fileMustExist: true, timeout: 0 });
  try {
    // Only without any other connection; a service keeps one open for as long as it runs.
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
    if (db.pragma('journal_mode', { simple: true }) !== 'delete') throw inUse(file);
    return {
      db,
      release() {
        if (db.inTransaction) db.exec('ROLLBACK');
        db.close();
      },
    };
  } catch (error) {
    db.close();
    if (!isSqliteError(error)) throw error;
    if (error.code.startsWith('SQLITE_BUSY')) throw inUse(file);
    throw new StorageUnavailable(
      `${file} cannot be read as a database (${error.code}), so nobody can tell whether it is in use. Make sure that no service runs on it, move it and the files beside it (-wal, -shm) away, and restore again.`,
      { cause: error },
    );
  }
}

/**
 * Puts a database in the place of another one, or where there is none. There is no moment without a
 * database at its place, so that nothing that starts meanwhile makes an empty one.
 * @param draft closed, and alone in its file
 * @returns where the file that was there before is kept now
 */
export function putInPlace(draft: string, file: string, suffix: string): string | undefined {
  if (!existsSync(file)) {
    // Left behind by another database: SQLite would read them into this one.
    for (const beside of ['-wal', '-shm', '-journal']) {
      if (existsSync(`${file}${beside}`))
        renameSync(`${file}${beside}`, `${file}${suffix}${beside}`);
    }
    linkSync(draft, file);
    rmSync(draft);
    return undefined;
  }
  const kept = `${file}${suffix}`;
  linkSync(file, kept);
  renameSync(draft, file);
  return kept;
}

function inUse(file: string): StorageUnavailable {
  return new StorageUnavailable(
    `${file} is in use by a service or another command. Stop it, then restore again.`,
  );
}
