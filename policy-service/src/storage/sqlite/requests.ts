import type { Database, Statement } from 'better-sqlite3';
import type { Page, RequestFilter, Versioned } from '../../application/ports';
import type { GovernedRequest } from '../../domain/request/request';
import type { RequestState } from '../../domain/request/states';
import { decodeCursor, encodeCursor } from './cursor';
import { DocumentTable, parseVersioned, type VersionedRow } from './document-table';
import { firstOfPage, PAGE_BYTES } from './page';
import type { DocumentWrite } from './prepare';

/** Requests: documents with optimistic concurrency, listed by the columns generated from them. */
export class RequestTable {
  private readonly documents: DocumentTable<GovernedRequest>;
  private readonly byStatusToken: Statement<[string], VersionedRow>;
  private readonly due: Statement<[string, string, number], VersionedRow>;
  private readonly misdated: Statement<[Record<string, unknown>], VersionedRow>;
  private readonly abandoned: Statement<[string, number], VersionedRow>;
  private readonly decided: Statement<[string, string, string, string, number], VersionedRow>;
  /** One prepared statement for each combination of filters that was used. */
  private readonly lists = new Map<string, Statement<unknown[], VersionedRow>>();

  constructor(private readonly db: Database) {
    this.documents = new DocumentTable(db, 'requests');
    this.byStatusToken = db.prepare(
      `SELECT version, doc FROM requests WHERE status_token = ? AND instr(status_token, '.') = 0`,
    );
    // The plus keeps SQLite from searching by state: that would read every request that waits.
    this.due = db.prepare(
      `SELECT version, doc FROM requests
       WHERE deadline <= ? AND +state IN (SELECT value FROM json_each(?))
       ORDER BY deadline LIMIT ?`,
    );
    // What was set later ends later too, so the deadlines narrow it down.
    this.misdated = db.prepare(
      `SELECT version, doc FROM requests
       WHERE deadline > $latest AND +state IN (SELECT value FROM json_each($states))
         AND doc ->> '$.deadlineFrom' > $latest
       ORDER BY deadline LIMIT $limit`,
    );
    this.abandoned = db.prepare(
      `SELECT version, doc FROM requests WHERE state = 'executing' AND lease_until <= ?
       ORDER BY lease_until LIMIT ?`,
    );
    this.decided = db.prepare(
      `SELECT version, doc FROM requests
       WHERE created_at >= ? AND created_at < ? AND (created_at, id) > (?, ?)
         AND doc ->> '$.decision' IS NOT NULL
       ORDER BY created_at, id LIMIT ?`,
    );
  }

  write(write: DocumentWrite): boolean {
    return this.documents.write(write);
  }

  get(id: string): Versioned<GovernedRequest> | undefined {
    return this.documents.get(id);
  }

  getByStatusToken(token: string): Versioned<GovernedRequest> | undefined {
    const row = this.byStatusToken.get(token);
    return row && parseVersioned(row);
  }

  listDue(
    now: string,
    limit: number,
    states: readonly RequestState[],
  ): Versioned<GovernedRequest>[] {
    return this.due
      .all(now, JSON.stringify(states), limit)
      .map((row) => parseVersioned<GovernedRequest>(row));
  }

  listMisdated(
    latest: string,
    limit: number,
    states: readonly RequestState[],
  ): Versioned<GovernedRequest>[] {
    return this.misdated
      .all({ latest, limit, states: JSON.stringify(states) })
      .map((row) => parseVersioned<GovernedRequest>(row));
  }

  listAbandoned(now: string, limit: number): Versioned<GovernedRequest>[] {
    return this.abandoned.all(now, limit).map((row) => parseVersioned<GovernedRequest>(row));
  }

  /** Created in [from, to) and decided, oldest first; keyset (created_at, id). */
  listDecided(filter: {
    from: string;
    to: string;
    cursor?: string;
    limit: number;
  }): Page<GovernedRequest> {
    const { from, to, cursor, limit } = filter;
    const [time = '', id = ''] = cursor === undefined ? [] : decodeCursor(cursor, 2);
    return pageOf(this.decided.iterate(from, to, time, id, limit + 1), limit);
  }

  /** Newest first; keyset (created_at, id). */
  list(filter: RequestFilter): Page<GovernedRequest> {
    const conditions: string[] = [];
    const values: unknown[] = [];
    const where = (condition: string, ...bound: unknown[]): void => {
      conditions.push(condition);
      values.push(...bound);
    };
    if (filter.states !== undefined) {
      where('state IN (SELECT value FROM json_each(?))', JSON.stringify(filter.states));
    }
    if (filter.action !== undefined) where('action = ?', filter.action);
    if (filter.actions !== undefined) {
      where('action IN (SELECT value FROM json_each(?))', JSON.stringify(filter.actions));
    }
    if (filter.needsPerson !== undefined) where(`needs_person = ${filter.needsPerson ? 1 : 0}`);
    if (filter.requestedBy !== undefined) where('requested_by = ?', filter.requestedBy);
    if (filter.cursor !== undefined) {
      where('(created_at, id) < (?, ?)', ...decodeCursor(filter.cursor, 2));
    }
    const rows = this.listStatement(conditions).iterate(...values, filter.limit + 1);
    return pageOf(rows, filter.limit);
  }

  private listStatement(conditions: string[]): Statement<unknown[], VersionedRow> {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    let statement = this.lists.get(where);
    if (!statement) {
      statement = this.db.prepare(
        `SELECT version, doc FROM requests ${where} ORDER BY created_at DESC, id DESC LIMIT ?`,
      );
      this.lists.set(where, statement);
    }
    return statement;
  }
}

/** @param list one more than the page holds, where there are more */
function pageOf(list: Iterable<VersionedRow>, limit: number): Page<GovernedRequest> {
  const { rows, next } = firstOfPage(
    list,
    { limit, maxBytes: PAGE_BYTES },
    ({ doc }) => doc.length,
  );
  const items = rows.map((row) => parseVersioned<GovernedRequest>(row).value);
  const last = items.at(-1);
  return next && last ? { items, nextCursor: encodeCursor([last.createdAt, last.id]) } : { items };
}
