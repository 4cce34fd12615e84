import type { Database, Statement } from 'better-sqlite3';
import {
  LogBroken,
  type LogCheck,
  type LogFilter,
  type LogHead,
  type LogPage,
  type LogReader,
  type LogState,
} from '../../application/ports';
import type { LoggedBytes, LogProblem } from '../../audit/check-entry';
import { CompactRange } from '../../audit/compact-range';
import { placeEntry, type EncodedBody } from '../../audit/encode';
import { readEntry } from '../../audit/read-entry';
import type { LogCheckTable } from './log-check';
import { translated } from './failure';
import { FREQUENT_TYPES, isFrequentType } from './frequent-types';
import { firstOfPage, PAGE_BYTES } from './page';

/** As it stands in the file: somebody may have put anything there. */
interface EntryRow {
  sequence: number;
  canonical: unknown;
  leafHash: string;
}

interface HeadRow {
  size: unknown;
  compactRange: unknown;
}

const OVERWRITTEN =
  'the database was overwritten with other content while this process had it open.';

/** Entries that one look reads at most; they are bounded in bytes as well. */
const BATCH = 1000;

/** The audit log: entries that are only ever added, and the Merkle head that commits with them. */
export class AuditLogTable implements LogReader {
  private readonly insert: Statement<[number, string, Buffer]>;
  private readonly selectHead: Statement<[], HeadRow>;
  private readonly updateHead: Statement<[number, Buffer, string | null]>;
  private readonly selectNewest: Statement<[], string | null>;
  private readonly selectEnds: Statement<[], { first: number | null; last: number | null }>;
  private readonly selectBytes: Statement<[number, number], EntryRow>;
  private readonly selectLeaves: Statement<[number, number], string>;
  /** The last entry that this process knows to be committed. */
  private last?: AppendedEntry;
  /** In one transaction, so that nothing is appended between the head and the ends. */
  private readonly lookOnce: () => ReturnType<AuditLogTable['look']>;
  private readonly readOnce: () => ReturnType<AuditLogTable['readRange']>;
  private readonly lists = new Map<string, Statement<unknown[], EntryRow>>();

  constructor(
    private readonly db: Database,
    private readonly checks: LogCheckTable,
  ) {
    this.insert = db.prepare(
      'INSERT INTO audit_entries (sequence, canonical, leaf_hash) VALUES (?, ?, ?)',
    );
    this.selectHead = db.prepare('SELECT size, compact_range AS compactRange FROM audit_head');
    this.updateHead = db.prepare(
      'UPDATE audit_head SET size = ?, compact_range = ?, newest_at = ?',
    );
    this.selectNewest = db.prepare<[], string | null>('SELECT newest_at FROM audit_head').pluck();
    this.selectEnds = db.prepare(
      `SELECT (SELECT min(sequence) FROM audit_entries) AS first,
              (SELECT max(sequence) FROM audit_entries) AS last`,
    );
    this.selectBytes = db.prepare(
      `SELECT sequence, canonical, lower(hex(leaf_hash)) AS leafHash FROM audit_entries
       WHERE sequence >= ? ORDER BY sequence LIMIT ?`,
    );
    this.lookOnce = db.transaction(() => this.look());
    this.readOnce = db.transaction(() => this.readRange());
    this.selectLeaves = db
      .prepare<[number, number], string>(
        `SELECT lower(hex(leaf_hash)) FROM audit_entries
         WHERE sequence >= ? AND sequence < ? ORDER BY sequence`,
      )
      .pluck();
  }

  /**
   * The compact range as committed last, by whichever process, or why nothing may be appended to
   * it; to be read inside the transaction.
   */
  readRange(): { range: CompactRange } | { damage: LogProblem } {
    const { range, problems } = this.look();
    const damage = this.checks.damage() ?? problems[0] ?? (range && this.discontinuity(range));
    if (damage || !range) return { damage: damage as LogProblem };
    if (range.size > 0) this.remember(this.entryAt(range.size - 1));
    return { range };
  }

  /** The last entry that is known to be committed; another connection is told of it by `remember`. */
  get known(): AppendedEntry | undefined {
    return this.last;
  }

  /** From now on a log without this committed entry is not the log any more. */
  remember(entry: AppendedEntry | undefined): void {
    if (entry && entry.sequence > (this.last?.sequence ?? -1)) this.last = entry;
  }

  /**
   * Drops the pages that the connection keeps in memory, outside a transaction: SQLite does not
   * notice a file that something else wrote to, and would answer from what was there before.
   */
  readFromFile(): void {
    this.db.pragma('shrink_memory');
  }

  private entryAt(sequence: number): AppendedEntry | undefined {
    const [leafHash] = this.selectLeaves.all(sequence, sequence + 1);
    return leafHash === undefined ? undefined : { sequence, leafHash };
  }

  /**
   * A log only grows, whichever processes write it. What this one knows as committed is gone when
   * the content of the file was overwritten, as by a copy or a restore of other programs.
   */
  private discontinuity(range: CompactRange): LogProblem | undefined {
    const { last } = this;
    if (!last) return undefined;
    if (range.size <= last.sequence) {
      const message = `The log had at least ${last.sequence + 1} entries, but only ${range.size} are left: ${OVERWRITTEN}`;
      return { code: 'truncated', message };
    }
    if (this.entryAt(last.sequence)?.leafHash === last.leafHash) return undefined;
    const message = `Another one stands there than was committed: ${OVERWRITTEN}`;
    return { code: 'root_mismatch', sequence: last.sequence, message };
  }

  /** The head, and what the outside of the log shows: one row and both ends of an index. */
  look(): { range?: CompactRange; problems: LogProblem[] } {
    const row = this.selectHead.get();
    const range = row && rangeOf(row);
    if (!range) return { problems: [headProblem(row)] };
    const { first, last } = this.selectEnds.get() as { first: number | null; last: number | null };
    return { range, problems: endProblems(range.size, first ?? 0, last ?? -1) };
  }

  /** Adds entries behind `range`, which grows with them; `writeRange` must follow in the transaction. */
  append(bodies: readonly EncodedBody[], range: CompactRange): AppendedEntry[] {
    return bodies.map((body) => {
      const sequence = range.size;
      const { canonical, leafHash } = placeEntry(body, sequence);
      this.insert.run(sequence, canonical, leafHash);
      range.append(leafHash);
      return { sequence, leafHash: leafHash.toString('hex') };
    });
  }

  /** The newest time of an entry, which a clock that was set back is behind. */
  newestAt(): string | undefined {
    return this.selectNewest.get() ?? undefined;
  }

  writeRange(range: CompactRange, newest: string | undefined): void {
    this.updateHead.run(range.size, range.serialise(), newest ?? null);
  }

  async head(): Promise<LogHead> {
    const { head, problems } = await this.state();
    if (!head) throw new LogBroken(problems[0] as LogProblem);
    return { size: head.size, rootHash: head.rootHash };
  }

  async state(): Promise<LogState> {
    const { range, problems } = translated(this.db, this.lookOnce);
    if (!range) return { problems };
    return { head: { size: range.size, rootHash: range.root().toString('hex'), range }, problems };
  }

  async damage(): Promise<LogProblem | undefined> {
    const read = translated(this.db, () => {
      this.readFromFile();
      return this.readOnce();
    });
    return 'damage' in read ? read.damage : undefined;
  }

  async check(): Promise<LogCheck> {
    return translated(this.db, () => this.checks.read());
  }

  async entries(filter: LogFilter): Promise<LogPage> {
    const descending = filter.order === 'desc';
    const conditions: string[] = [];
    const values: unknown[] = [];
    const where = (condition: string, value: unknown): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    where('request_id = ?', filter.requestId);
    where('type = ?', filter.type);
    // Tells SQLite that its index of the other types holds them all.
    if (filter.type !== undefined && !isFrequentType(filter.type)) {
      conditions.push(`type NOT IN (${FREQUENT_TYPES})`);
    }
    where('actor = ?', filter.actor);
    where(descending ? 'sequence <= ?' : 'sequence >= ?', filter.from);
    const { limit, maxBytes = PAGE_BYTES } = filter;
    const statement = this.listStatement(conditions, descending);
    const { rows, next } = translated(this.db, () =>
      firstOfPage(statement.iterate(...values, limit + 1), { limit, maxBytes }, sizeOf),
    );
    const items = rows.map(asBytes).map((stored) => ({
      ...stored,
      entry: readEntry(stored.canonical, stored.sequence),
    }));
    return { items, ...(next ? { nextFrom: next.sequence } : {}) };
  }

  async bytes(from: number): Promise<LoggedBytes[]> {
    const bounds = { limit: BATCH, maxBytes: PAGE_BYTES };
    const { rows } = translated(this.db, () =>
      firstOfPage(this.selectBytes.iterate(from, BATCH + 1), bounds, sizeOf),
    );
    return rows.map(asBytes);
  }

  async leafHashes(from: number, to: number): Promise<string[]> {
    return translated(this.db, () => this.selectLeaves.all(from, to));
  }

  private listStatement(conditions: string[], descending: boolean): Statement<unknown[], EntryRow> {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const sql = `SELECT sequence, canonical, lower(hex(leaf_hash)) AS leafHash FROM audit_entries ${where}
                 ORDER BY sequence ${descending ? 'DESC' : 'ASC'} LIMIT ?`;
    let statement = this.lists.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.lists.set(sql, statement);
    }
    return statement;
  }
}

export interface AppendedEntry {
  sequence: number;
  /** Hex. */
  leafHash: string;
}

function sizeOf({ canonical }: EntryRow): number {
  return typeof canonical === 'string' || Buffer.isBuffer(canonical) ? canonical.length : 0;
}

/** Bytes that are no text are shown as the text that they make; they fit no hash then. */
function asBytes({ sequence, canonical, leafHash }: EntryRow): LoggedBytes {
  const text = Buffer.isBuffer(canonical) ? canonical.toString('latin1') : String(canonical ?? '');
  return { sequence, canonical: text, leafHash };
}

function rangeOf({ size, compactRange }: HeadRow): CompactRange | undefined {
  try {
    return Buffer.isBuffer(compactRange)
      ? CompactRange.parse(size as number, compactRange)
      : undefined;
  } catch {
    return undefined;
  }
}

function headProblem(row: HeadRow | undefined): LogProblem {
  const message = row
    ? "The log's head (size and hashes) cannot be read: it was changed."
    : "The log's head (size and hashes) is missing.";
  return { code: 'head_unreadable', message };
}

function endProblems(size: number, first: number, last: number): LogProblem[] {
  if (first < 0 || last >= size) {
    const sequence = first < 0 ? first : last;
    const message = `It stands outside the log, whose head counts ${size} entries: the service did not write it, or the head was set back.`;
    return [{ code: 'foreign_entry', sequence, message }];
  }
  if (last < size - 1) {
    const message = `The log's head counts ${size} entries, but the last that is there is ${last < 0 ? 'none' : `entry ${last}`}.`;
    return [{ code: 'size_mismatch', message }];
  }
  return [];
}
