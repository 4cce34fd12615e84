import type { Database, Statement } from 'better-sqlite3';
import type { Session } from '../../domain/identity/identity';

/** Signed-in people, by the hash of their cookie. Whether a session is over is the caller's check. */
export class SessionTable {
  private readonly upsert: Statement<[string, string]>;
  private readonly select: Statement<[string], { doc: string }>;
  private readonly use: Statement<[string, string]>;
  private readonly remove: Statement<[string]>;
  private readonly expire: Statement<[string, string]>;

  constructor(db: Database) {
    this.upsert = db.prepare('INSERT OR REPLACE INTO sessions (id_hash, doc) VALUES (?, ?)');
    this.select = db.prepare('SELECT doc FROM sessions WHERE id_hash = ?');
    this.use = db.prepare(
      `UPDATE sessions SET doc = json_set(doc, '$.lastUsedAt', ?) WHERE id_hash = ?`,
    );
    this.remove = db.prepare('DELETE FROM sessions WHERE id_hash = ?');
    this.expire = db.prepare(
      `DELETE FROM sessions WHERE expires_at <= ? OR doc ->> '$.createdAt' > ?`,
    );
  }

  write(session: Session): void {
    this.upsert.run(session.idHash, JSON.stringify(session));
  }

  /** Another call may have ended it meanwhile: then it stays ended. */
  used(idHash: string, at: string): void {
    this.use.run(at, idHash);
  }

  get(idHash: string): Session | undefined {
    const row = this.select.get(idHash);
    return row && (JSON.parse(row.doc) as Session);
  }

  end(idHash: string): void {
    this.remove.run(idHash);
  }

  /** @param latest those that began later go as well */
  purge(lived: string, latest = '9999'): void {
    this.expire.run(lived, latest);
  }
}
