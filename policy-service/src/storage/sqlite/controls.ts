import type { Database, Statement } from 'better-sqlite3';
import type { Page } from '../../application/ports';
import type { Control } from '../../domain/stops/stop';
import { decodeCursor, encodeCursor } from './cursor';

interface Row {
  doc: string;
}

/** Stops, newest first. */
export class ControlTable {
  private readonly upsert: Statement<[string, string]>;
  private readonly newest: Statement<[string, string, number], Row>;
  private readonly active: Statement<[string, string, number], Row>;

  constructor(db: Database) {
    this.upsert = db.prepare(
      `INSERT INTO controls (id, doc) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`,
    );
    const list = (condition: string): string =>
      `SELECT doc FROM controls WHERE ${condition} (at, id) < (?, ?)
       ORDER BY at DESC, id DESC LIMIT ?`;
    this.newest = db.prepare(list(''));
    this.active = db.prepare(list('lifted_at IS NULL AND'));
  }

  write(control: Control): void {
    this.upsert.run(control.id, JSON.stringify(control));
  }

  list(filter: { active?: boolean; limit: number; cursor?: string }): Page<Control> {
    // `~` sorts after every ISO 8601 time.
    const [at = '~', id = ''] = filter.cursor === undefined ? [] : decodeCursor(filter.cursor, 2);
    const statement = filter.active ? this.active : this.newest;
    const rows = statement.all(at, id, filter.limit + 1);
    const items = rows.slice(0, filter.limit).map(({ doc }) => JSON.parse(doc) as Control);
    const last = items.at(-1);
    return rows.length > filter.limit && last
      ? { items, nextCursor: encodeCursor([last.at, last.id]) }
      : { items };
  }
}
