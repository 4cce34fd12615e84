import type { Database, Statement } from 'better-sqlite3';
import type {
  Activation,
  BundleSummary,
  NewActivation,
  Page,
  SourceFile,
  StoredBundle,
} from '../../application/ports';
import { decodeCursor, encodeCursor } from './cursor';

/** Policy bundles by content hash, and which of them was active from when on. */
export class BundleTable {
  private readonly insert: Statement<[Record<string, unknown>]>;
  private readonly all: Statement<[], BundleSummary>;
  private readonly filesOf: Statement<[string], { files: string }>;
  private readonly activation: Statement<[Record<string, unknown>]>;
  private readonly history: Statement<[number, number], Activation>;

  constructor(db: Database) {
    this.insert = db.prepare(
      `INSERT INTO bundles (version, files, created_at, created_by)
       VALUES ($version, $files, $createdAt, $createdBy) ON CONFLICT (version) DO NOTHING`,
    );
    this.all = db.prepare(
      `SELECT version, created_at AS createdAt, created_by AS createdBy FROM bundles
       ORDER BY sequence DESC`,
    );
    this.filesOf = db.prepare('SELECT files FROM bundles WHERE version = ?');
    this.activation = db.prepare(
      `INSERT INTO activations (version, at, by_actor, reason)
       VALUES ($version, $at, $by, $reason)`,
    );
    this.history = db.prepare(
      `SELECT sequence, version, at, by_actor AS "by", reason FROM activations
       WHERE sequence < ? ORDER BY sequence DESC LIMIT ?`,
    );
  }

  /** A bundle that is stored already stays as it is: its version is the hash of its content. */
  write({ files, ...bundle }: StoredBundle): void {
    this.insert.run({ ...bundle, files: JSON.stringify(files) });
  }

  list(): BundleSummary[] {
    return this.all.all();
  }

  files(version: string): SourceFile[] | undefined {
    const row = this.filesOf.get(version);
    return row && (JSON.parse(row.files) as SourceFile[]);
  }

  activate(activation: NewActivation): void {
    this.activation.run({ ...activation });
  }

  /** Newest first. */
  activations({ limit, cursor }: { limit: number; cursor?: string }): Page<Activation> {
    const before =
      cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(decodeCursor(cursor, 1)[0]);
    const rows = this.history.all(before, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return rows.length > limit && last
      ? { items, nextCursor: encodeCursor([String(last.sequence)]) }
      : { items };
  }
}
