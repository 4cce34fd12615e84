import type { Database, Statement } from 'better-sqlite3';
import type { IdempotencyRecord } from '../../application/ports';

/** First answers by scope and key. A row whose time is over counts as absent, purged or not. */
export class IdempotencyTable {
  private readonly select: Statement<[string, string, string], IdempotencyRecord>;
  private readonly insert: Statement<[IdempotencyRecord]>;
  private readonly removeExpired: Statement<[string, string, string]>;
  private readonly expire: Statement<[string]>;

  constructor(db: Database) {
    this.select = db.prepare(
      `SELECT scope, key, fingerprint, status, body, expires_at AS expiresAt
       FROM idempotency WHERE scope = ? AND key = ? AND expires_at > ?`,
    );
    this.insert = db.prepare(
      `INSERT INTO idempotency (scope, key, fingerprint, status, body, expires_at)
       VALUES ($scope, $key, $fingerprint, $status, $body, $expiresAt)
       ON CONFLICT (scope, key) DO NOTHING`,
    );
    this.removeExpired = db.prepare(
      'DELETE FROM idempotency WHERE scope = ? AND key = ? AND expires_at <= ?',
    );
    // Rows end in the order in which they were written: the first that still counts is the end.
    this.expire = db.prepare(
      `DELETE FROM idempotency WHERE rowid < coalesce(
         (SELECT rowid FROM idempotency WHERE expires_at > ? ORDER BY rowid LIMIT 1),
         9223372036854775807)`,
    );
  }

  get(scope: string, key: string, now: string): IdempotencyRecord | undefined {
    return this.select.get(scope, key, now);
  }

  /** False when the key is taken. */
  write(record: IdempotencyRecord, now: string): boolean {
    if (this.insert.run(record).changes === 1) return true;
    // Removed and written anew, never renewed in place: that would break the order of the rows.
    this.removeExpired.run(record.scope, record.key, now);
    return this.insert.run(record).changes === 1;
  }

  purge(now: string): void {
    this.expire.run(now);
  }
}
