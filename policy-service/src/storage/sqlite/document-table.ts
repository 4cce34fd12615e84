import type { Database, Statement } from 'better-sqlite3';
import type { Versioned } from '../../application/ports';
import type { DocumentWrite } from './prepare';

export interface VersionedRow {
  version: number;
  doc: string;
}

export function parseVersioned<T>(row: VersionedRow): Versioned<T> {
  return { version: row.version, value: JSON.parse(row.doc) as T };
}

/** Reads and writes the documents of one table by id, with optimistic concurrency. */
export class DocumentTable<T> {
  private readonly insert: Statement<[string, string]>;
  private readonly update: Statement<[string, string, number]>;
  private readonly select: Statement<[string], VersionedRow>;

  constructor(db: Database, table: 'requests' | 'approvals') {
    this.insert = db.prepare(
      `INSERT INTO ${table} (id, version, doc) VALUES (?, 1, ?) ON CONFLICT (id) DO NOTHING`,
    );
    this.update = db.prepare(
      `UPDATE ${table} SET version = version + 1, doc = ? WHERE id = ? AND version = ?`,
    );
    this.select = db.prepare(`SELECT version, doc FROM ${table} WHERE id = ?`);
  }

  /** False when the stored version is not the expected one. */
  write({ id, expectedVersion, doc }: DocumentWrite): boolean {
    const { changes } =
      expectedVersion === 0 ? this.insert.run(id, doc) : this.update.run(doc, id, expectedVersion);
    return changes === 1;
  }

  get(id: string): Versioned<T> | undefined {
    const row = this.select.get(id);
    return row && parseVersioned<T>(row);
  }
}
