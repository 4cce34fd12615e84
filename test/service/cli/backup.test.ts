import Sqlite from 'better-sqlite3';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  readFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Body } from '../harness';
import { adjust, call, cli, spawnCli, start, type Running } from './processes';

/** `backup` and `restore` as operators run them, beside real processes. */

const SCOPES =
  'requests:propose,requests:decide,requests:execute,requests:read,audit:read,audit:write';

let folder: string;
let dataDir: string;
let backup: string;
let settings: Record<string, string>;
let running: Running[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'execution-layer-backup-'));
  dataDir = join(folder, 'data');
  backup = join(folder, 'backup.sqlite');
  running = [];
  settings = {
    EXECUTION_LAYER_DATA_DIR: dataDir,
    EXECUTION_LAYER_LOG_LEVEL: 'silent',
    EXECUTION_LAYER_PORT: '0',
    EXECUTION_LAYER_MOCK_ERP_PORT: '0',
    EXECUTION_LAYER_LEASE_SECONDS: '25',
  };
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

async function started(command: 'serve' | 'mock-erp'): Promise<Running> {
  const process = await start([command], settings);
  running.push(process);
  if (command === 'mock-erp') settings['EXECUTION_LAYER_MOCK_ERP_URL'] = process.url;
  return process;
}

function newToken(): string {
  return cli(['token', 'create', '--name', 'backup', '--scopes', SCOPES], settings).stdout.trim();
}

/** A backup of a database with a log, and nothing running. */
function aBackup(): void {
  newToken();
  expect(cli(['backup', backup], settings)).toMatchObject({ status: 0 });
}

function entriesOf(type: string): Body[] {
  return cli(['audit', 'export'], settings)
    .stdout.split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(JSON.parse(line).canonical))
    .filter((entry) => entry.type === type);
}

test('under load, from a running service: whole, verified, private, recorded, and nothing is lost', async () => {
  const erp = await started('mock-erp');
  const token = newToken();
  const service = await started('serve');
  const acknowledged = new Map<string, string>();
  let open = true;
  const load = Promise.all(
    [0, 1, 2, 3].map(async (client) => {
      for (let turn = 0; open; turn += 1) {
        const key = `c${client}-${turn}`;
        const answer = await adjust(service, token, key).catch(() => undefined);
        if (answer?.status === 200) acknowledged.set(key, answer.body.id);
      }
    }),
  );
  const files = [0, 1, 2].map((n) => `${backup}.${n}`);
  const known = new Map<string, string[]>();
  for (const file of files) {
    const before = [...acknowledged.keys()];
    const made = await spawnCli(['backup', file, '--json'], settings);
    expect(made).toMatchObject({ status: 0 });
    expect(JSON.parse(made.stdout)).toMatchObject({ file, size: expect.any(Number) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    known.set(file, before);
  }
  await service.stop('SIGKILL');
  open = false;
  await load;
  expect(acknowledged.size).toBeGreaterThan(10);

  for (const file of files) {
    const db = new Sqlite(file, { readonly: true });
    const keys = db
      .prepare("SELECT doc ->> '$.arguments.reason' FROM requests")
      .pluck()
      .all() as string[];
    db.close();
    // Everything that was acknowledged before the backup was asked for is in it.
    expect(keys).toEqual(expect.arrayContaining(known.get(file) ?? []));
  }
  const again = await started('serve');
  for (const [key, id] of acknowledged) {
    expect((await adjust(again, token, key)).body).toMatchObject({ id });
  }
  const movements = (await (await fetch(`${erp.url}/records/movements`)).json()) as Body[];
  expect(movements.filter(({ reason }) => acknowledged.has(reason))).toHaveLength(
    acknowledged.size,
  );
  expect((await call(again, token, '/v1/audit/verify')).body).toMatchObject({ valid: true });
  await again.stop();
  expect(entriesOf('backup.created')).toHaveLength(3);
  expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
});

test('is never overwritten, and what cannot be written leaves nothing behind', () => {
  aBackup();
  expect(cli(['backup', backup], settings)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/exists already, and is not overwritten/),
  });
  const nowhere = join(folder, 'missing', 'backup.sqlite');
  expect(cli(['backup', nowhere], settings).status).toBe(1);
  expect(entriesOf('backup.created')).toHaveLength(1);
  expect(existsSync(nowhere)).toBe(false);
});

test('a log that does not verify is not backed up as if it did', () => {
  newToken();
  const db = new Sqlite(join(dataDir, 'execution-layer.sqlite'));
  db.exec('DROP TRIGGER audit_entries_are_final');
  db.exec(`UPDATE audit_entries SET canonical = replace(canonical, 'backup', 'backuq')`);
  db.close();
  expect(cli(['backup', backup], settings)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/does not verify.*There is no file/),
  });
  expect(readdirSync(folder)).toEqual(['data']);
});

test('restore brings back what was there, keeps the old files and says what it did in the log', async () => {
  await started('mock-erp');
  const token = newToken();
  let service = await started('serve');
  const before = (await adjust(service, token, 'before')).body.id;
  expect(cli(['backup', backup, '--with-key'], settings)).toMatchObject({ status: 0 });
  for (const key of ['checkpoint-key.pem', 'sealing-key']) {
    expect(statSync(`${backup}.${key}`).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${backup}.${key}`)).toEqual(readFileSync(join(dataDir, key)));
  }
  const after = (await adjust(service, token, 'after')).body.id;

  // Neither beside a service, nor over a database that nobody said to replace.
  expect(cli(['restore', backup, '--replace'], settings)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/is in use by a service/),
  });
  expect(await adjust(service, token, 'still')).toMatchObject({ status: 200 });
  await service.stop();
  expect(cli(['restore', backup], settings)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/--replace/),
  });
  const restored = cli(['restore', backup, '--replace', '--with-key', '--json'], settings);
  expect(restored).toMatchObject({ status: 0 });
  const { keptAside, key, sealingKey } = JSON.parse(restored.stdout);
  expect([key, sealingKey]).toEqual([true, true]);
  expect(statSync(join(dataDir, 'sealing-key')).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'execution-layer.sqlite')).mode & 0o777).toBe(0o600);
  const old = new Sqlite(keptAside, { readonly: true });
  expect(old.prepare('SELECT count(*) FROM requests WHERE id = ?').pluck().get(after)).toBe(1);
  old.close();

  service = await started('serve');
  expect(await call(service, token, `/v1/requests/${before}`)).toMatchObject({ status: 200 });
  expect(await call(service, token, `/v1/requests/${after}`)).toMatchObject({ status: 404 });
  expect((await call(service, token, '/v1/audit/verify')).body).toMatchObject({ valid: true });
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect(entriesOf('backup.restored')).toMatchObject([
    {
      data: {
        file: 'backup.sqlite',
        size: expect.any(Number),
        replaced: { size: expect.any(Number) },
      },
    },
  ]);
});

test('into an empty folder, and twice in a row', () => {
  aBackup();
  settings['EXECUTION_LAYER_DATA_DIR'] = join(folder, 'elsewhere');
  expect(cli(['restore', backup], settings)).toMatchObject({ status: 0 });
  expect(cli(['restore', backup, '--replace'], settings)).toMatchObject({ status: 0 });
  expect(cli(['audit', 'verify'], settings)).toMatchObject({ status: 0 });
  expect(cli(['token', 'list'], settings).stdout).toContain('backup');
});

test.each<[string, RegExp, (file: string) => void]>([
  [
    'with a changed entry',
    /does not verify/,
    (file) => change(file, `UPDATE audit_entries SET canonical = replace(canonical, 'cli', 'clj')`),
  ],
  [
    'with a changed head',
    /does not verify/,
    (file) => change(file, 'UPDATE audit_head SET size = size - 1'),
  ],
  [
    'without its last entry',
    /does not verify/,
    (file) => change(file, 'DELETE FROM audit_entries'),
  ],
  ['of a newer schema', /has schema 999/, (file) => change(file, 'PRAGMA user_version = 999')],
  ['that is no database', /Nothing was restored/, (file) => writeFileSync(file, 'x'.repeat(9000))],
  ['that is not there', /There is no file/, (file) => rmSync(file)],
])('a backup %s is refused, and the database stays as it is', (_, sentence, spoil) => {
  aBackup();
  const before = cli(['audit', 'export'], settings).stdout;
  spoil(backup);
  expect(cli(['restore', backup, '--replace'], settings)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(sentence),
  });
  // The second export tells of itself; nothing else is new.
  const after = cli(['audit', 'export'], settings).stdout;
  expect(after.startsWith(before)).toBe(true);
  expect(after.split('\n')).toHaveLength(before.split('\n').length + 1);
  expect(readdirSync(dataDir).filter((name) => /restor/.test(name))).toEqual([]);
});

test('the database itself is no backup of it', () => {
  aBackup();
  const itself = join(dataDir, 'execution-layer.sqlite');
  expect(cli(['restore', itself, '--replace'], settings)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/is the database itself/),
  });
});

test('a write-ahead log of another database is not read into the restored one', () => {
  aBackup();
  const database = join(dataDir, 'execution-layer.sqlite');
  rmSync(database);
  writeFileSync(`${database}-wal`, 'left behind');
  expect(cli(['restore', backup], settings)).toMatchObject({ status: 0 });
  expect(cli(['audit', 'verify'], settings)).toMatchObject({ status: 0 });
});

function change(file: string, sql: string): void {
  const db = new Sqlite(file);
  db.exec('DROP TRIGGER audit_entries_are_final; DROP TRIGGER audit_entries_stay;');
  db.exec(sql);
  db.close();
}
