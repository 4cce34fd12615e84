import type { Database, Statement } from 'better-sqlite3';
import type { OutboxMessage } from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';

type OutboxRow = Omit<OutboxMessage, 'body'> & { body: string };

/** Messages that must still reach n8n. */
export class OutboxTable {
  private readonly upsert: Statement<[OutboxRow]>;
  private readonly remove: Statement<[string]>;
  private readonly selectDue: Statement<[string, number], OutboxRow>;
  private readonly claimOnce: Statement<[string, string, number]>;

  constructor(db: Database) {
    this.upsert = db.prepare(
      `INSERT OR REPLACE INTO outbox
         (id, request_id, url, body, attempts, next_attempt_at, expires_at)
       VALUES ($id, $requestId, $url, $body, $attempts, $nextAttemptAt, $expiresAt)`,
    );
    this.remove = db.prepare('DELETE FROM outbox WHERE id = ?');
    this.selectDue = db.prepare(
      `SELECT id, request_id AS requestId, url, body, attempts,
         next_attempt_at AS nextAttemptAt, expires_at AS expiresAt
       FROM outbox WHERE next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?`,
    );
    this.claimOnce = db.prepare(
      `UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?
       WHERE id = ? AND attempts = ?`,
    );
  }

  write(message: OutboxMessage): void {
    this.upsert.run({ ...message, body: JSON.stringify(message.body) });
  }

  done(id: string): void {
    this.remove.run(id);
  }

  due(now: string, limit: number): OutboxMessage[] {
    return this.selectDue
      .all(now, limit)
      .map((row) => ({ ...row, body: JSON.parse(row.body) as JsonObject }));
  }

  /** False when another process claimed this attempt, or the message is gone. */
  claim(id: string, attempts: number, nextAttemptAt: string): boolean {
    return this.claimOnce.run(nextAttemptAt, id, attempts).changes === 1;
  }
}
