import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Journal } from './journal';

const BIN = resolve(__dirname, '../../policy-service/bin/execution-layer.js');
const PAUSE_MS = 1_500;

/** Ways in which programs of others open the database of a running service. */
const LOOKS: Record<string, (database: string, copy: string) => [string, string[]]> = {
  'a reader': (database) => ['sqlite3', [database, 'SELECT count(*) FROM requests']],
  'a copy by sqlite3': (database, copy) => ['sqlite3', [database, `.backup ${copy}`]],
  'a reader in Python': (database) => [
    'python3',
    [
      '-c',
      'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("SELECT 1").fetchall()',
      database,
    ],
  ],
};

/**
 * Opens the database from outside again and again while services run and are killed, and has
 * backups made and verified: none of it may cost anything that was acknowledged.
 */
export class Onlookers {
  private turn = 0;
  /** How many looks and backups there were. */
  looks = 0;

  constructor(
    private readonly settings: Record<string, string>,
    private readonly journal: Journal,
    private readonly isOpen: () => boolean,
  ) {}

  async watch(): Promise<void> {
    const database = join(this.journal.dir, 'data', 'execution-layer.sqlite');
    while (this.isOpen()) {
      await sleep(PAUSE_MS);
      if (!existsSync(database)) continue;
      const ways = [...Object.keys(LOOKS), 'a backup'];
      const way = ways[this.turn++ % ways.length] ?? 'a backup';
      const copy = join(this.journal.dir, 'onlooker.sqlite');
      rmSync(copy, { force: true });
      const look = LOOKS[way];
      await (look ? run(...look(database, copy), {}) : this.backUp(copy));
      this.looks += 1;
    }
  }

  /** The command verifies what it made; that it cannot is a violation. */
  private async backUp(copy: string): Promise<void> {
    const { code, said } = await run(process.execPath, [BIN, 'backup', copy], this.settings);
    if (code !== 0 && this.isOpen()) {
      this.journal.violation({ rule: 'backup', message: `A backup failed (${code}): ${said}` });
    }
  }
}

/** A program that is not there looks at nothing. */
async function run(
  command: string,
  args: string[],
  settings: Record<string, string>,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-500)));
  const ended = await Promise.race([
    once(child, 'close').then(([code]) => code as number | null),
    once(child, 'error').then(() => null),
  ]);
  return { code: ended, said };
}
