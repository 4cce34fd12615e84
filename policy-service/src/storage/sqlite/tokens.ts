import type { Database, Statement } from 'better-sqlite3';
import type { TokenRecord } from '../../domain/identity/identity';

interface DocRow {
  doc: string;
}

/** Service tokens, found by the part of the secret that is not secret. */
export class TokenTable {
  private readonly upsert: Statement<[string, string]>;
  private readonly byPrefix: Statement<[string], DocRow>;
  private readonly all: Statement<[], DocRow>;

  constructor(db: Database) {
    this.upsert = db.prepare('INSERT OR REPLACE INTO tokens (id, doc) VALUES (?, ?)');
    this.byPrefix = db.prepare('SELECT doc FROM tokens WHERE prefix = ?');
    this.all = db.prepare('SELECT doc FROM tokens ORDER BY created_at, id');
  }

  write(token: TokenRecord): void {
    this.upsert.run(token.id, JSON.stringify(token));
  }

  listByPrefix(prefix: string): TokenRecord[] {
    return this.byPrefix.all(prefix).map(({ doc }) => JSON.parse(doc) as TokenRecord);
  }

  list(): TokenRecord[] {
    return this.all.all().map(({ doc }) => JSON.parse(doc) as TokenRecord);
  }
}
