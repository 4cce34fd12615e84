import type { Database, Statement } from 'better-sqlite3';
import type { JsonObject } from '../../domain/request/request';

/** The last known state of each connector's circuit breaker; it survives a restart. */
export class ConnectorHealthTable {
  private readonly upsert: Statement<[string, string]>;
  private readonly read: Statement<[string], { state: string }>;

  constructor(db: Database) {
    this.upsert = db.prepare(
      `INSERT INTO connector_health (connector_id, state) VALUES (?, ?)
       ON CONFLICT (connector_id) DO UPDATE SET state = excluded.state`,
    );
    this.read = db.prepare('SELECT state FROM connector_health WHERE connector_id = ?');
  }

  write(connectorId: string, state: JsonObject): void {
    this.upsert.run(connectorId, JSON.stringify(state));
  }

  get(connectorId: string): JsonObject | undefined {
    const row = this.read.get(connectorId);
    return row && (JSON.parse(row.state) as JsonObject);
  }
}
