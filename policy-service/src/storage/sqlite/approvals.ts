import type { Database, Statement } from 'better-sqlite3';
import type { Page, Versioned } from '../../application/ports';
import type { Approval, ApprovalState } from '../../domain/approval/approval';
import { decodeCursor, encodeCursor } from './cursor';
import { DocumentTable, parseVersioned, type VersionedRow } from './document-table';
import { firstOfPage, PAGE_BYTES } from './page';
import type { DocumentWrite } from './prepare';

type Position = readonly [time: string, id: string];

const BEFORE_ALL: Position = ['', ''];
/** Sorts after every ISO 8601 time. */
const AFTER_ALL: Position = ['~', ''];

/**
 * Approvals are listed in two parts: pending ones by (expires_at, id), the most urgent first; then
 * ended ones by (created_at, id), newest first. The cursor names its part. An approval that ends
 * while somebody turns the pages may be seen twice, but is never missed.
 */
export class ApprovalTable {
  private readonly documents: DocumentTable<Approval>;
  private readonly pending: Statement<[...Position, number], VersionedRow>;
  private readonly ended: Statement<[...Position, number], VersionedRow>;
  private readonly endedAs: Statement<[string, ...Position, number], VersionedRow>;

  constructor(db: Database) {
    this.documents = new DocumentTable(db, 'approvals');
    this.pending = db.prepare(
      `SELECT version, doc FROM approvals
       WHERE state = 'pending' AND (expires_at, id) > (?, ?) ORDER BY expires_at, id LIMIT ?`,
    );
    const ended = (condition: string): string =>
      `SELECT version, doc FROM approvals
       WHERE state <> 'pending' ${condition} AND (created_at, id) < (?, ?)
       ORDER BY created_at DESC, id DESC LIMIT ?`;
    this.ended = db.prepare(ended(''));
    this.endedAs = db.prepare(ended('AND state = ?'));
  }

  write(write: DocumentWrite): boolean {
    return this.documents.write(write);
  }

  get(id: string): Versioned<Approval> | undefined {
    return this.documents.get(id);
  }

  list(filter: { state?: ApprovalState; cursor?: string; limit: number }): Page<Approval> {
    const [part = 'pending', time = '', id = ''] =
      filter.cursor === undefined ? [] : decodeCursor(filter.cursor, 3);
    const wanted = filter.limit + 1;
    const { ended, endedAs, pending } = this;
    function* both(): Generator<VersionedRow> {
      if (part === 'pending' && (filter.state ?? 'pending') === 'pending') {
        const after: Position = filter.cursor === undefined ? BEFORE_ALL : [time, id];
        yield* pending.iterate(...after, wanted);
      }
      if (filter.state === 'pending') return;
      const before: Position = part === 'ended' ? [time, id] : AFTER_ALL;
      yield* filter.state === undefined
        ? ended.iterate(...before, wanted)
        : endedAs.iterate(filter.state, ...before, wanted);
    }
    const bounds = { limit: filter.limit, maxBytes: PAGE_BYTES };
    const { rows, next } = firstOfPage(both(), bounds, ({ doc }) => doc.length);
    const items = rows.map((row) => parseVersioned<Approval>(row).value);
    const last = items.at(-1);
    return next && last ? { items, nextCursor: encodeCursor(positionOf(last)) } : { items };
  }
}

function positionOf(approval: Approval): string[] {
  return approval.state === 'pending'
    ? ['pending', approval.expiresAt, approval.id]
    : ['ended', approval.createdAt, approval.id];
}
