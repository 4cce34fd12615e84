import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { SCHEMA, TABLES } from './schema';
import { SEED } from './seed';

export type ErpDatabase = Database.Database;

/** Opens `mock-erp.sqlite` in the data directory; a new file is seeded. */
export function openErpDatabase(dataDir: string): ErpDatabase {
  fs.mkdirSync(dataDir, { recursive: true });
  const db = new Database(path.join(dataDir, 'mock-erp.sqlite'));
  db.pragma('journal_mode = WAL');
  // An ERP that forgets a booked document after a power cut would make every exactly-once test void.
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.exec(SCHEMA);
  if (db.prepare('SELECT 1 FROM vendors LIMIT 1').get() === undefined) resetErpDatabase(db);
  return db;
}

/** Empties every table, remembered idempotency keys included, and inserts the seed again. */
export function resetErpDatabase(db: ErpDatabase): void {
  db.transaction(() => {
    for (const table of TABLES) db.exec(`DELETE FROM ${table}`);
    for (const [table, rows] of SEED) {
      for (const row of rows) insert(db, table, row);
    }
  }).immediate();
}

/** Inserts a row whose keys are the column names. */
export function insert(
  db: ErpDatabase,
  table: string,
  row: Record<string, string | number | null>,
): void {
  const columns = Object.keys(row);
  const values = columns.map((column) => `@${column}`);
  db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`).run(row);
}
