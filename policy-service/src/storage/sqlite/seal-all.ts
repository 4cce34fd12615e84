import type { Database } from 'better-sqlite3';
import { SEALED } from '../../application/ports';

/** Rows of one transaction: others that write wait no longer than for these. */
const ROWS = 1_000;

const PLACES = [
  {
    table: 'requests',
    set: `doc = json_set(doc, '$.resumeUrl', sealed(doc ->> '$.resumeUrl'))`,
    where: `instr(doc ->> '$.resumeUrl', '${SEALED}') <> 1`,
  },
  // Links that do not name their request are found by themselves alone: they stay until they end.
  {
    table: 'requests',
    set: `doc = json_set(doc, '$.statusToken',
            id || '.' || sealed(substr(status_token, length(id) + 2)))`,
    where: `instr(status_token, id || '.') = 1 AND instr(status_token, '.${SEALED}') = 0`,
  },
  {
    table: 'idempotency',
    set: `body = json_set(body, '$.links.status', sealed(body ->> '$.links.status'))`,
    where: `json_valid(body) AND instr(body ->> '$.links.status', '${SEALED}') <> 1`,
  },
];

/**
 * Seals every secret text that is stored as it was, in steps, and overwrites what stood there.
 * Done again, it finds nothing to do.
 * @param check tells the key later; kept when all is sealed
 */
export function sealAll(db: Database, seal: (text: string) => string, check: string): void {
  db.function('sealed', (text: unknown) => seal(String(text)));
  const overwrites = db.pragma('secure_delete', { simple: true }) as number;
  db.pragma('secure_delete = ON');
  try {
    for (const { table, set, where } of PLACES) {
      const last = db.prepare<[], number | null>(`SELECT max(rowid) FROM ${table}`).pluck().get();
      const step = db.prepare<[number, number]>(
        `UPDATE ${table} SET ${set} WHERE rowid > ? AND rowid <= ? AND ${where}`,
      );
      for (let from = 0; from < (last ?? 0); from += ROWS) step.run(from, from + ROWS);
    }
    // There are as many as approvals that end at this moment.
    db.prepare(`UPDATE outbox SET url = sealed(url) WHERE instr(url, '${SEALED}') <> 1`).run();
    db.prepare('INSERT OR REPLACE INTO sealing (only_row, key_check) VALUES (1, ?)').run(check);
    // What was overwritten stands in the write-ahead log until then.
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.pragma(`secure_delete = ${overwrites}`);
  }
}
