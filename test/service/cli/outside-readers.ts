import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A program that is none of ours and looks into a database of ours. */
export interface OutsideReader {
  name: string;
  /** @param file the database @param scratch a folder for what it writes */
  command(file: string, scratch: string): string[];
}

const PYTHON = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
db.execute("select count(*) from sqlite_schema").fetchall()
db.close()`;

const PYTHON_BACKUP = `
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
copy = sqlite3.connect(sys.argv[2])
db.backup(copy)
copy.close(); db.close(); os.unlink(sys.argv[2])`;

export const OUTSIDE_READERS: OutsideReader[] = [
  {
    name: 'sqlite3 select',
    command: (file) => ['sqlite3', file, 'SELECT count(*) FROM sqlite_schema'],
  },
  {
    name: 'sqlite3 .backup',
    command: (file, scratch) => [
      'sqlite3',
      file,
      '.timeout 20000',
      `.backup '${join(scratch, 'outside.sqlite')}'`,
    ],
  },
  {
    name: 'sqlite3 checkpoint',
    command: (file) => ['sqlite3', file, '.timeout 20000', 'PRAGMA wal_checkpoint(TRUNCATE)'],
  },
  { name: 'python select', command: (file) => ['python3', '-c', PYTHON, file] },
  {
    name: 'python backup',
    command: (file, scratch) => [
      'python3',
      '-c',
      PYTHON_BACKUP,
      file,
      join(scratch, 'python.sqlite'),
    ],
  },
];

/** The readers that this machine has; the others are named on the console. */
export function readersHere(): OutsideReader[] {
  const missing = ['sqlite3', 'python3'].filter((program) => !has(program));
  if (missing.length > 0) {
    console.warn(
      `Not tried from outside: ${missing.join(', ')} is not installed (Debian: apt-get install ${missing.join(' ')}).`,
    );
  }
  return OUTSIDE_READERS.filter(({ command }) => !missing.includes(command('', '')[0] as string));
}

function has(program: string): boolean {
  const args = program === 'python3' ? ['-c', 'import sqlite3'] : ['-version'];
  return spawnSync(program, args).status === 0;
}

/** @throws Error with what the program said */
export function readFromOutside(reader: OutsideReader, file: string, scratch: string): void {
  const [program, ...args] = reader.command(file, scratch);
  const run = spawnSync(program as string, args, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${reader.name}: ${run.stderr}`);
}

/** Which of the files beside an open database are there, by number: equal as long as none was replaced. */
export function filesOf(database: string): Record<string, number | undefined> {
  return Object.fromEntries(
    ['', '-wal', '-shm'].map((suffix) => {
      const file = `${database}${suffix}`;
      return [suffix || 'database', existsSync(file) ? statSync(file).ino : undefined];
    }),
  );
}

/** Locks that a process holds on a file, as the kernel says; undefined where it does not say. */
export function locksOf(pid: number | undefined, file: string): number | undefined {
  if (!existsSync('/proc/locks')) return undefined;
  const inode = statSync(file).ino;
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .filter((line) => new RegExp(` ${pid} [^ ]*:${inode} `).test(line)).length;
}
