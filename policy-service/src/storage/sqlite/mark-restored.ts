import type { Database } from 'better-sqlite3';
import { LIMIT_PHASES, LogBroken } from '../../application/ports';
import { encodeBody } from '../../audit/encode';
import type { EntryBody } from '../../audit/entry';
import type { RequestState } from '../../domain/request/states';
import { tablesOf } from './tables';

export interface RestoreMark {
  /** ISO 8601. */
  at: string;
  actor: EntryBody['actor'];
  /** What the entry says of the restore. */
  data: Record<string, unknown>;
  /** States that a request can still be written from; their requests get an entry each. */
  open: readonly RequestState[];
  /** States that wait for a person or a caller: listed for operators. */
  listed: readonly RequestState[];
}

/** `executed` is marked too: it may have been undone after the backup. */
const MARK = `
UPDATE requests
SET version = version + 1,
    doc = json_set(doc, '$.restored', json_object('at', $at),
                        '$.needsPerson', json(iif(needs_person = 1 OR state IN (SELECT value FROM json_each($listed)), 'true', 'false')))
WHERE state = 'executed' OR state IN (SELECT value FROM json_each($open))`;

/** What may have been written, until now at the latest, is ahead of all its twins: see LIMIT_PHASES. */
const MARK_SHARES = `
UPDATE reservations
SET phase = $sent, at = max(at, $at)
WHERE phase < $sent
  AND request_id IN (SELECT id FROM requests WHERE state IN (SELECT value FROM json_each($open)))`;

const OPEN = `
SELECT id, state FROM requests WHERE state IN (SELECT value FROM json_each(?)) ORDER BY created_at, id`;

/**
 * Marks everything in a restored database that may have gone further than the backup knows, and
 * ends all sessions, in one transaction with the entries that say so.
 * @returns how many open requests there are
 */
export function markRestored(db: Database, { at, actor, data, open, listed }: RestoreMark): number {
  const { log } = tablesOf(db);
  const states = JSON.stringify(open);
  return db
    .transaction(() => {
      const requests = db.prepare<[string], { id: string; state: string }>(OPEN).all(states);
      db.prepare(MARK).run({ at, open: states, listed: JSON.stringify(listed) });
      db.prepare(MARK_SHARES).run({ at, open: states, sent: LIMIT_PHASES.indexOf('sent') });
      db.exec('DELETE FROM sessions');
      const read = log.readRange();
      if ('damage' in read) throw new LogBroken(read.damage);
      const { range } = read;
      const bodies: EntryBody[] = [
        { type: 'backup.restored', at, actor, data: { ...data, openRequests: requests.length } },
        ...requests.map(({ id, state }) => ({
          ...{ type: 'request.restored', at, actor, requestId: id },
          data: { state },
        })),
      ];
      log.append(bodies.map(encodeBody), range);
      log.writeRange(range, log.newestAt());
      return requests.length;
    })
    .immediate();
}
