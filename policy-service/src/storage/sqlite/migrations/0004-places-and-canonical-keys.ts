import type { Database } from 'better-sqlite3';
import { foldedKey } from '../../../domain/identity/fold';

const COLUMNS = `
-- waiting 0, held 1, sent 2, written 3 (LIMIT_PHASES); a share keeps its place while it is held.
ALTER TABLE reservations ADD COLUMN phase INTEGER NOT NULL DEFAULT 1 CHECK (phase BETWEEN 0 AND 3);
ALTER TABLE reservations ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
CREATE INDEX reservations_without_time ON reservations (at)
  WHERE at = '9999-12-31T23:59:59.999Z';
-- The newest time of an entry, whatever the clock says now.
ALTER TABLE audit_head ADD COLUMN newest_at TEXT;
UPDATE audit_head SET newest_at = (SELECT max(canonical ->> '$.at') FROM audit_entries);
`;

interface Row {
  request_id: string;
  limit_id: string;
  key: string;
  at: string;
  amount_high: number;
  amount_low: number;
  window_ms: number;
  state: string | null;
}

const SENT: readonly (string | null)[] = ['executing', 'outcome_unknown'];
const WRITTEN: readonly (string | null)[] = ['executed', 'compensating', 'compensation_failed'];

/**
 * Shares that are held get their phase, their place in the order of their times, and keys in which
 * spellings of one value are the same. Shares of one request that meet under one key stay apart
 * through the request's id; of one request and limit under one key the later row stays.
 */
export function placesAndCanonicalKeys(db: Database): void {
  db.exec(COLUMNS);
  const rows = db
    .prepare<[], Row>(
      `SELECT reservations.*, requests.state FROM reservations
       LEFT JOIN requests ON requests.id = reservations.request_id ORDER BY at, request_id`,
    )
    .all();
  const remove = db.prepare('DELETE FROM reservations');
  const insert = db.prepare(
    `INSERT OR REPLACE INTO reservations
       (request_id, limit_id, key, at, amount_high, amount_low, window_ms, phase, place)
     VALUES ($request_id, $limit_id, $key, $at, $amount_high, $amount_low, $window_ms, $phase, $place)`,
  );
  remove.run();
  rows.forEach(({ state, ...row }, index) => {
    const sent = SENT.includes(state);
    insert.run({
      ...row,
      key: foldedKey(row.key),
      at: sent ? '9999-12-31T23:59:59.999Z' : row.at,
      phase: sent ? 2 : WRITTEN.includes(state) ? 3 : 1,
      // Before all that is taken from now on, whose places are sizes of the log.
      place: index - rows.length,
    });
  });
}
