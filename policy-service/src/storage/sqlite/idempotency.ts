import type { Database, Statement } from 'better-sqlite3';
import type { IdempotencyRecord } from '../../application/ports';

/** First answers by scope and key. A row whose time is over counts as absent, purged or not. */
export class IdempotencyTable {
  private readonly select: Statement<[string, string, string], IdempotencyRecord>;
  private readonly insert: Statement<[IdempotencyRecord & { now: string }]>;
  private readonly expire: Statement<[string]>;

  constructor(db: Database) {
    this.select = db.prepare(
      `SELECT scope, key, fingerprint, status, body, expires_at AS expiresAt
       FROM idempotency WHERE scope = ? AND key = ? AND expires_at > ?`,
    );
    this.insert = db.prepare(
      `INSERT INTO idempotency (scope, key, fingerprint, status, body, expires_at)
       VALUES ($scope, $key, $fingerprint, $status, $body, $expiresAt)
       ON CONFLICT (scope, key) DO UPDATE SET
         fingerprint = excluded.fingerprint, status = excluded.status,
         body = excluded.body, expires_at = excluded.expires_at
       WHERE expires_at <= $now`,
    );
    this.expire = db.prepare('DELETE FROM idempotency WHERE expires_at <= ?');
  }

  get(scope: string, key: string, now: string): IdempotencyRecord | undefined {
    return this.select.get(scope, key, now);
  }

  /** False when the key is taken. */
  write(record: IdempotencyRecord, now: string): boolean {
    return this.insert.run({ ...record, now }).changes === 1;
  }

  purge(now: string): void {
    this.expire.run(now);
  }
}
