import type { Database, Statement } from 'better-sqlite3';
import type { ServiceTime } from '../../domain/service-time';

/** The service's own time, as the process that looked last left it. */
export class ServiceTimeTable {
  private readonly select: Statement<[], string>;
  private readonly upsert: Statement<[string]>;

  constructor(db: Database) {
    this.select = db.prepare<[], string>('SELECT doc FROM service_time').pluck();
    this.upsert = db.prepare(
      `INSERT INTO service_time (only_row, doc) VALUES (1, ?)
       ON CONFLICT (only_row) DO UPDATE SET doc = excluded.doc`,
    );
  }

  read(): ServiceTime | undefined {
    const doc = this.select.get();
    return doc === undefined ? undefined : (JSON.parse(doc) as ServiceTime);
  }

  write(time: ServiceTime): void {
    this.upsert.run(JSON.stringify(time));
  }
}
