import type { Database, Statement } from 'better-sqlite3';
import type { Person } from '../../domain/identity/identity';

interface DocRow {
  doc: string;
}

/** People by e-mail. Lower case is made here, not in SQL, which knows only ASCII letters. */
export class PeopleTable {
  private readonly upsert: Statement<[string, string]>;
  private readonly select: Statement<[string], DocRow>;
  private readonly all: Statement<[], DocRow>;

  constructor(db: Database) {
    this.upsert = db.prepare('INSERT OR REPLACE INTO people (email_key, doc) VALUES (?, ?)');
    this.select = db.prepare('SELECT doc FROM people WHERE email_key = ?');
    this.all = db.prepare('SELECT doc FROM people ORDER BY email_key');
  }

  write(person: Person): void {
    this.upsert.run(person.email.toLowerCase(), JSON.stringify(person));
  }

  get(email: string): Person | undefined {
    const row = this.select.get(email.toLowerCase());
    return row && (JSON.parse(row.doc) as Person);
  }

  list(): Person[] {
    return this.all.all().map(({ doc }) => JSON.parse(doc) as Person);
  }
}
