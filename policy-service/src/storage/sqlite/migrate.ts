import type { Database } from 'better-sqlite3';
import { StorageUnavailable } from '../../application/ports';
import { MIGRATIONS } from './migrations';

/**
 * Brings a database to the newest schema, each migration in a transaction of its own.
 * @throws StorageUnavailable when a newer program wrote the database
 */
export function migrate(db: Database): void {
  while (schemaVersion(db) !== MIGRATIONS.length) {
    db.transaction(() => {
      // Read again: another process may have migrated while this one waited for the lock.
      const version = schemaVersion(db);
      if (version > MIGRATIONS.length) {
        throw new StorageUnavailable(
          `The database has schema ${version}, but this version knows only ${MIGRATIONS.length}. ` +
            'Start the version that wrote it, or restore a backup made before the upgrade.',
        );
      }
      const next = MIGRATIONS[version];
      if (next === undefined) return;
      if (typeof next === 'string') db.exec(next);
      else next(db);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
}

function schemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}
