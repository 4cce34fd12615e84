import type { Database, Statement } from 'better-sqlite3';
import { LIMIT_PHASES, type LimitTwin } from '../../application/ports';
import { foldedKey } from '../../domain/identity/fold';
import type { PreparedReservation } from './prepare';

/** Where an amount is cut in two, so that SQLite can sum both parts exactly in 64 bits. */
const PART = 1_000_000_000n;

/** A share without a time that can be relied on: it counts in every window. */
const ALL_TIMES = '9999-12-31T23:59:59.999Z';
/** By how much the clocks of two processes, or two commits under way, may differ without a doubt. */
const SKEW_MS = 60_000;
/** What is over is kept for so long, should the clock that says so be ahead and be set back. */
const KEPT_LONGER_MS = 7 * 86_400_000;

const [, HELD, SENT, WRITTEN] = [0, 1, 2, 3];

interface SumRow {
  high: bigint | null;
  low: bigint | null;
}

type OfKey = [limitId: string, key: string, since: string, exceptRequestId: string];

/**
 * Shares of limits. An amount has up to 18 digits; sums are exact.
 *
 * A share has a place, which never moves while it is held: of twins the one with the first place
 * goes. And it has a time from which windows count it: none before its write is known to have ended,
 * and none while the clock is behind what was committed already. What may have been written goes on
 * counting as such until its share is released.
 */
export class ReservationTable {
  private readonly sum: Statement<OfKey, SumRow>;
  private readonly requests: Statement<OfKey, string>;
  private readonly twinsOf: Statement<
    [string, string, string],
    { requestId: string; phase: number }
  >;
  private readonly ahead: Statement<[Record<string, unknown>], number>;
  private readonly upsert: Statement<[Record<string, unknown>]>;
  private readonly settleSent: Statement<[string, string]>;
  private readonly giveTime: Statement<[string]>;
  private readonly remove: Statement<[string]>;
  private readonly widestWindow: Statement<[], { windowMs: number | null }>;
  private readonly removeBefore: Statement<[string]>;

  constructor(db: Database) {
    const ofKey = 'limit_id = ? AND key = ? AND at > ?';
    this.sum = db
      .prepare<OfKey, SumRow>(
        `SELECT sum(amount_high) AS high, sum(amount_low) AS low FROM reservations
         WHERE ${ofKey} AND request_id <> ?`,
      )
      .safeIntegers();
    this.requests = db
      .prepare<OfKey, string>(
        `SELECT request_id FROM reservations
         WHERE ${ofKey} AND request_id <> ? AND phase >= ${HELD} ORDER BY place, request_id`,
      )
      .pluck();
    this.twinsOf = db.prepare(
      `SELECT request_id AS requestId, phase FROM reservations
       WHERE ${ofKey} ORDER BY phase < ${SENT}, phase < ${HELD}, place, request_id`,
    );
    this.ahead = db
      .prepare<[Record<string, unknown>], number>(
        `SELECT 1 FROM reservations AS twin
         WHERE limit_id = $limitId AND key = $key AND at > $since AND request_id <> $requestId
           AND (phase >= ${SENT} OR (phase = ${HELD} AND (place, request_id) < (coalesce((
             SELECT place FROM reservations
             WHERE request_id = $requestId AND limit_id = $limitId AND key = $key
               AND phase >= ${HELD}), $place), $requestId)))
         LIMIT 1`,
      )
      .pluck();
    this.upsert = db.prepare(
      `INSERT INTO reservations
         (request_id, limit_id, key, at, amount_high, amount_low, window_ms, phase, place)
       VALUES ($requestId, $limitId, $key, $at, $high, $low, $windowMs, $phase, $place)
       ON CONFLICT (request_id, limit_id, key) DO UPDATE SET
         at = excluded.at, amount_high = excluded.amount_high,
         amount_low = excluded.amount_low, window_ms = excluded.window_ms,
         place = CASE WHEN phase >= ${HELD} THEN place ELSE excluded.place END,
         phase = CASE WHEN phase >= ${SENT} AND excluded.phase < ${SENT} THEN phase ELSE excluded.phase END`,
    );
    this.settleSent = db.prepare(
      `UPDATE reservations SET phase = ${WRITTEN}, at = ? WHERE request_id = ? AND phase = ${SENT}`,
    );
    this.giveTime = db.prepare(
      `UPDATE reservations SET at = ? WHERE at = '${ALL_TIMES}' AND phase <> ${SENT}`,
    );
    this.remove = db.prepare('DELETE FROM reservations WHERE request_id = ?');
    this.widestWindow = db.prepare('SELECT max(window_ms) AS windowMs FROM reservations');
    this.removeBefore = db.prepare('DELETE FROM reservations WHERE at <= ?');
  }

  /** Sum of a limit and key after `since` (exclusive), without the request's own share. */
  used(limitId: string, key: string, since: string, exceptRequestId: string): bigint {
    const row = this.sum.get(limitId, foldedKey(key), since, exceptRequestId);
    return (row?.high ?? 0n) * PART + (row?.low ?? 0n);
  }

  /** Ids of the requests that `used` sums, first place first. */
  holders(limitId: string, key: string, since: string, exceptRequestId: string): string[] {
    return this.requests.all(limitId, foldedKey(key), since, exceptRequestId);
  }

  /** Every request under a key: those that may have been written, then holders by place, then waiting ones. */
  twins(limitId: string, key: string, since: string): LimitTwin[] {
    return this.twinsOf
      .all(limitId, foldedKey(key), since)
      .map(({ requestId, phase }) => ({ requestId, phase: LIMIT_PHASES[phase] ?? 'sent' }));
  }

  /**
   * False when the window would exceed the maximum, or a twin is ahead that has to be the only one;
   * the same reservation again replaces itself and keeps its place.
   * @param place of a share that is new: behind all that was committed before
   * @param newest time that was ever committed; undefined before the first
   */
  write(reservation: PreparedReservation, place: number, newest: string | undefined): boolean {
    const { requestId, limitId, at, windowMs, amount, max, alone, phase = 'held' } = reservation;
    const key = foldedKey(reservation.key);
    const since = new Date(Date.parse(at) - windowMs).toISOString();
    if (max !== null && this.used(limitId, key, since, requestId) + amount > max) return false;
    if (alone && this.ahead.get({ limitId, key, since, requestId, place }) !== undefined) {
      return false;
    }
    const rank = LIMIT_PHASES.indexOf(phase);
    this.upsert.run({
      requestId,
      limitId,
      key,
      at: rank === SENT ? ALL_TIMES : timeOf(at, newest),
      high: amount / PART,
      low: amount % PART,
      windowMs,
      phase: rank,
      place,
    });
    return true;
  }

  /** The write of a request is known to have ended: from now on its shares leave their windows. */
  settle(requestId: string, at: string, newest: string | undefined): void {
    this.settleSent.run(timeOf(at, newest), requestId);
  }

  /** The clock has caught up: what was taken while it was behind counts from now on. */
  clockCaughtUp(now: string): void {
    this.giveTime.run(now);
  }

  release(requestId: string): void {
    this.remove.run(requestId);
  }

  /** Removes what not even the widest window of a clock that is a week behind still sees. */
  purge(now: string): void {
    const windowMs = this.widestWindow.get()?.windowMs;
    if (typeof windowMs === 'number') {
      const before = Date.parse(now) - windowMs - KEPT_LONGER_MS;
      this.removeBefore.run(new Date(before).toISOString());
    }
  }
}

/** A time before the newest that was committed is wrong: the later one counts, or none at all. */
function timeOf(at: string, newest: string | undefined): string {
  if (newest === undefined || at >= newest) return at;
  return Date.parse(newest) - Date.parse(at) <= SKEW_MS ? newest : ALL_TIMES;
}
