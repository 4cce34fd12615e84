import { writeSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { openSqliteStore } from '../../../../policy-service/src/storage/sqlite/store';
import { anEvent } from '../documents';

/**
 * one-commit.ts <file> store|thread|careless: prints READY, commits once, prints ACK. `careless` uses the
 * driver with its own defaults: the control that shows what the check must find.
 */
async function main(): Promise<void> {
  const [file = '', mode, stay] = process.argv.slice(2);
  if (mode === 'careless') {
    const db = new Sqlite(file);
    // Held, because a collected connection is closed, and closing forces everything to the disk.
    if (stay) setInterval(() => db.open, 1_000);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE entries (n INTEGER)');
    writeSync(1, 'READY\n');
    db.prepare('INSERT INTO entries VALUES (1)').run();
    writeSync(1, 'ACK\n');
    return;
  }
  const store = await openSqliteStore({ file, writeThread: mode === 'thread' });
  if (stay) setInterval(() => undefined, 1_000);
  writeSync(1, 'READY\n');
  await store.commit({ audit: [anEvent(1)] });
  writeSync(1, 'ACK\n');
  await store.close();
}

void main();
