import type { Database, Statement } from 'better-sqlite3';

/** Counts changes of policy, stops, people and tokens, so that a commit can insist on what it was decided on. */
export class RevisionTable {
  private readonly read: Statement<[], { revision: number }>;
  private readonly increment: Statement<[]>;

  constructor(db: Database) {
    this.read = db.prepare('SELECT revision FROM settings_revision');
    this.increment = db.prepare('UPDATE settings_revision SET revision = revision + 1');
  }

  get(): number {
    return this.read.get()?.revision ?? 0;
  }

  advance(): void {
    this.increment.run();
  }
}
