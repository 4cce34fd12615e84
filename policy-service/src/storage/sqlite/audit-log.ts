import type { Database, Statement } from 'better-sqlite3';
import type { LogFilter, LogHead, LogReader } from '../../application/ports';
import { CompactRange } from '../../audit/compact-range';
import { placeEntry, type EncodedBody } from '../../audit/encode';
import type { LogEntry, StoredEntry } from '../../audit/entry';
import { translated } from './failure';
import { FREQUENT_TYPES, isFrequentType } from './frequent-types';

interface EntryRow {
  canonical: string;
  leafHash: string;
}

interface HeadRow {
  size: number;
  compactRange: Buffer;
}

/** The audit log: entries that are only ever added, and the Merkle head that commits with them. */
export class AuditLogTable implements LogReader {
  private readonly insert: Statement<[number, string, Buffer]>;
  private readonly selectHead: Statement<[], HeadRow>;
  private readonly updateHead: Statement<[number, Buffer, string | null]>;
  private readonly selectNewest: Statement<[], string | null>;
  private readonly selectLeaves: Statement<[number, number], string>;
  private readonly lists = new Map<string, Statement<unknown[], EntryRow>>();

  constructor(private readonly db: Database) {
    this.insert = db.prepare(
      'INSERT INTO audit_entries (sequence, canonical, leaf_hash) VALUES (?, ?, ?)',
    );
    this.selectHead = db.prepare('SELECT size, compact_range AS compactRange FROM audit_head');
    this.updateHead = db.prepare(
      'UPDATE audit_head SET size = ?, compact_range = ?, newest_at = ?',
    );
    this.selectNewest = db.prepare<[], string | null>('SELECT newest_at FROM audit_head').pluck();
    this.selectLeaves = db
      .prepare<[number, number], string>(
        `SELECT lower(hex(leaf_hash)) FROM audit_entries
         WHERE sequence >= ? AND sequence < ? ORDER BY sequence`,
      )
      .pluck();
  }

  /** The compact range as committed last, by whichever process; to be read inside the transaction. */
  readRange(): CompactRange {
    const row = this.selectHead.get();
    if (!row) throw new Error('The audit log has lost its head. Restore the database.');
    return CompactRange.parse(row.size, row.compactRange);
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
    const range = translated(this.db, () => this.readRange());
    return { size: range.size, rootHash: range.root().toString('hex') };
  }

  async entries(filter: LogFilter): Promise<StoredEntry[]> {
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
    const rows = translated(this.db, () =>
      this.listStatement(conditions, descending).all(...values, filter.limit),
    );
    return rows.map((row) => ({ entry: JSON.parse(row.canonical) as LogEntry, ...row }));
  }

  async leafHashes(from: number, to: number): Promise<string[]> {
    return translated(this.db, () => this.selectLeaves.all(from, to));
  }

  private listStatement(conditions: string[], descending: boolean): Statement<unknown[], EntryRow> {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const sql = `SELECT canonical, lower(hex(leaf_hash)) AS leafHash FROM audit_entries ${where}
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
