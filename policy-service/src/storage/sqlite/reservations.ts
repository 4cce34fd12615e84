import type { Database, Statement } from 'better-sqlite3';
import type { PreparedReservation } from './prepare';

/** Where an amount is cut in two, so that SQLite can sum both parts exactly in 64 bits. */
const PART = 1_000_000_000n;

interface SumRow {
  high: bigint | null;
  low: bigint | null;
}

/** Shares of limits. An amount has up to 18 digits; sums are exact. */
export class ReservationTable {
  private readonly sum: Statement<[string, string, string, string], SumRow>;
  private readonly requests: Statement<[string, string, string, string], string>;
  private readonly upsert: Statement<[Record<string, unknown>]>;
  private readonly remove: Statement<[string]>;
  private readonly widestWindow: Statement<[], { windowMs: number | null }>;
  private readonly removeBefore: Statement<[string]>;

  constructor(db: Database) {
    this.sum = db
      .prepare<[string, string, string, string], SumRow>(
        `SELECT sum(amount_high) AS high, sum(amount_low) AS low FROM reservations
         WHERE limit_id = ? AND key = ? AND at > ? AND request_id <> ?`,
      )
      .safeIntegers();
    this.requests = db
      .prepare<[string, string, string, string], string>(
        `SELECT DISTINCT request_id FROM reservations
         WHERE limit_id = ? AND key = ? AND at > ? AND request_id <> ? ORDER BY at, request_id`,
      )
      .pluck();
    this.upsert = db.prepare(
      `INSERT INTO reservations
         (request_id, limit_id, key, at, amount_high, amount_low, window_ms)
       VALUES ($requestId, $limitId, $key, $at, $high, $low, $windowMs)
       ON CONFLICT (request_id, limit_id, key) DO UPDATE SET
         at = excluded.at, amount_high = excluded.amount_high,
         amount_low = excluded.amount_low, window_ms = excluded.window_ms`,
    );
    this.remove = db.prepare('DELETE FROM reservations WHERE request_id = ?');
    this.widestWindow = db.prepare('SELECT max(window_ms) AS windowMs FROM reservations');
    this.removeBefore = db.prepare('DELETE FROM reservations WHERE at <= ?');
  }

  /** Sum of a limit and key after `since` (exclusive), without the request's own share. */
  used(limitId: string, key: string, since: string, exceptRequestId: string): bigint {
    const row = this.sum.get(limitId, key, since, exceptRequestId);
    return (row?.high ?? 0n) * PART + (row?.low ?? 0n);
  }

  /** Ids of the requests that `used` sums, oldest first. */
  holders(limitId: string, key: string, since: string, exceptRequestId: string): string[] {
    return this.requests.all(limitId, key, since, exceptRequestId);
  }

  /** False when the window would exceed the maximum; the same reservation again replaces itself. */
  write(reservation: PreparedReservation): boolean {
    const { requestId, limitId, key, at, windowMs, amount, max } = reservation;
    if (max !== null) {
      const since = new Date(Date.parse(at) - windowMs).toISOString();
      if (this.used(limitId, key, since, requestId) + amount > max) return false;
    }
    this.upsert.run({
      requestId,
      limitId,
      key,
      at,
      high: amount / PART,
      low: amount % PART,
      windowMs,
    });
    return true;
  }

  release(requestId: string): void {
    this.remove.run(requestId);
  }

  /** Removes what not even the widest window still sees. */
  purge(now: string): void {
    const windowMs = this.widestWindow.get()?.windowMs;
    if (typeof windowMs === 'number') {
      this.removeBefore.run(new Date(Date.parse(now) - windowMs).toISOString());
    }
  }
}
