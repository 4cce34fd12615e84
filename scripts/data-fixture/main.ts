import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { Installation } from './installation';
import { tellStories } from './stories';

const HELP = `usage: tsx scripts/data-fixture/main.ts --out DIR [--checkout DIR]

Makes a data directory that holds every state of a request and of an approval, and every kind of
record, as the version in a checkout writes them. It is kept in test/fixtures/data-directories, and
each later migration is tested on it. Only public doors are used (the command line, the API and the
mock ERP), so that the same script serves any version. Takes about a minute.

  --out DIR       where the data directory is put; must not exist yet
  --checkout DIR  a built checkout of the version (default: this one)
  --help          this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      checkout: { type: 'string', default: resolve(__dirname, '../..') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (!values.out) throw new Error(HELP);
  const out = resolve(values.out);
  if (existsSync(out)) throw new Error(`${out} exists already. Name a new folder.`);
  const work = mkdtempSync(join(tmpdir(), 'execution-layer-fixture-'));
  const installation = new Installation(resolve(values.checkout), work);
  try {
    const index = await tellStories(installation);
    await installation.stop();
    mkdirSync(out, { recursive: true });
    cpSync(installation.dataDir, out, { recursive: true });
    foldWal(join(out, 'execution-layer.sqlite'));
    writeFileSync(join(out, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  } finally {
    await installation.stop();
    rmSync(work, { recursive: true, force: true });
  }
  process.stdout.write(`${out}\n`);
}

/** The service was killed, so its last commits are in the WAL; one file is easier to keep. */
function foldWal(file: string): void {
  const db = new Database(file);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
