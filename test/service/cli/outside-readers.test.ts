import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, statSync, unlinkSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Body } from '../harness';
import { filesOf, locksOf, readersHere, readFromOutside } from './outside-readers';
import { adjust, call, cli, start, type Running } from './processes';

/** Other programs look into the databases of running processes of ours, as operators and tools do. */

const CLIENTS = 4;
const SCOPES =
  'requests:propose,requests:decide,requests:execute,requests:read,audit:read,audit:write';

let dataDir: string;
let scratch: string;
let database: string;
let settings: Record<string, string>;
let running: Running[];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'execution-layer-outside-'));
  dataDir = join(scratch, 'data');
  database = join(dataDir, 'execution-layer.sqlite');
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
  rmSync(scratch, { recursive: true, force: true });
});

async function serve(): Promise<Running> {
  const service = await start(['serve'], settings);
  running.push(service);
  return service;
}

async function startErp(): Promise<Running> {
  const erp = await start(['mock-erp'], settings);
  running.push(erp);
  settings['EXECUTION_LAYER_MOCK_ERP_URL'] = erp.url;
  return erp;
}

function newToken(): string {
  return cli(['token', 'create', '--name', 'outside', '--scopes', SCOPES], settings).stdout.trim();
}

/** Every program that opens the database beside a service, ours and others, one after the other. */
async function visitors(): Promise<[string, () => void | Promise<void>][]> {
  const ours = (args: string[]): void => {
    const run = cli(args, settings);
    expect(run).toMatchObject({ status: 0 });
  };
  return [
    ...readersHere().map((reader): [string, () => void] => [
      reader.name,
      () => readFromOutside(reader, database, scratch),
    ]),
    ['token list', () => ours(['token', 'list'])],
    ['audit verify', () => ours(['audit', 'verify'])],
    ['control list', () => ours(['control', 'list'])],
    ['a second service', async () => (await serve()).stop()],
    ['a second service that is killed', async () => (await serve()).stop('SIGKILL')],
  ];
}

test('nobody who looks into the database takes it away from the service', async () => {
  const erp = await startErp();
  const service = await serve();
  const erpDatabase = join(dataDir, 'mock-erp', 'mock-erp.sqlite');
  const [files, erpFiles] = [filesOf(database), filesOf(erpDatabase)];
  expect(Object.values({ ...files, ...erpFiles })).not.toContain(undefined);
  for (const [name, visit] of await visitors()) {
    await visit();
    expect({ name, files: filesOf(database) }).toEqual({ name, files });
    if (locksOf(service.child.pid, database) === undefined) continue;
    expect({ name, locks: locksOf(service.child.pid, database) }).not.toMatchObject({ locks: 0 });
  }
  for (const reader of readersHere()) {
    readFromOutside(reader, erpDatabase, scratch);
    expect({ name: reader.name, files: filesOf(erpDatabase) }).toEqual({
      name: reader.name,
      files: erpFiles,
    });
  }
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect((await fetch(`${erp.url}/records/items`)).status).toBe(200);
});

test('under load beside other programs, then killed: what was acknowledged is there, once', async () => {
  const erp = await startErp();
  const token = newToken();
  let service = await serve();
  const acknowledged = new Map<string, string>();
  let open = true;
  const client = async (name: string): Promise<void> => {
    for (let turn = 0; open; turn += 1) {
      const key = `${name}-${turn}`;
      const answer = await adjust(service, token, key).catch(() => undefined);
      if (answer?.status === 200) acknowledged.set(key, answer.body.id);
    }
  };
  const load = Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(`c${n}`)));
  for (const reader of readersHere()) {
    const [program, ...args] = reader.command(database, scratch);
    const child = spawn(program as string, args, { stdio: 'ignore' });
    expect({ name: reader.name, code: (await once(child, 'exit'))[0] }).toMatchObject({ code: 0 });
  }
  const before = acknowledged.size;
  const giveUp = Date.now() + 240_000;
  while (acknowledged.size < before + 20 && Date.now() < giveUp) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const kept = (await call(service, token, '/v1/audit/checkpoint')).body;
  await service.stop('SIGKILL');
  open = false;
  await load;
  expect(acknowledged.size).toBeGreaterThanOrEqual(before + 20);

  service = await serve();
  for (const [key, id] of acknowledged) {
    expect(await call(service, token, `/v1/requests/${id}`)).toMatchObject({ status: 200 });
    // The same key again is the same request, and nothing more is written.
    expect((await adjust(service, token, key)).body).toMatchObject({ id });
  }
  const movements = (await (await fetch(`${erp.url}/records/movements`)).json()) as Body[];
  for (const key of acknowledged.keys()) {
    expect(movements.filter(({ reason }) => reason === key)).toHaveLength(1);
  }
  expect((await call(service, token, '/v1/audit/verify')).body).toMatchObject({ valid: true });
  const proof = `/v1/audit/consistency?from=${kept.size}&to=${kept.size}`;
  expect((await call(service, token, proof)).body).toMatchObject({ fromRoot: kept.rootHash });
});

test('processes that make a new database at the same moment all hold their locks on the one file', async () => {
  const services = await Promise.all([serve(), serve(), serve()]);
  expect(statSync(database).mode & 0o777).toBe(0o600);
  expect(statSync(database).nlink).toBe(1);
  for (const { child } of services) {
    const locks = locksOf(child.pid, database);
    if (locks !== undefined) expect(locks).toBeGreaterThan(0);
  }
  const files = filesOf(database);
  for (const reader of readersHere()) readFromOutside(reader, database, scratch);
  expect(filesOf(database)).toEqual(files);
});

test.each<[string, () => void]>([
  ['the database is moved away', () => renameSync(database, `${database}.moved`)],
  ['the database is removed', () => unlinkSync(database)],
  [
    'the database is replaced by a copy',
    () => {
      copyFileSync(database, `${database}.copy`);
      renameSync(`${database}.copy`, database);
    },
  ],
  ['the write-ahead log is removed', () => unlinkSync(`${database}-wal`)],
  ['the index of the write-ahead log is removed', () => unlinkSync(`${database}-shm`)],
])('%s: the service says so and acknowledges nothing any more', async (_, disturb) => {
  await startErp();
  const token = newToken();
  const service = await serve();
  expect(await adjust(service, token, 'before')).toMatchObject({ status: 200 });
  disturb();
  for (const key of ['after', 'later']) {
    expect(await adjust(service, token, key)).toMatchObject({
      status: 503,
      body: { code: 'storage_unavailable' },
    });
    const ready = await fetch(`${service.url}/readyz`);
    expect({ status: ready.status, body: await ready.json() }).toMatchObject({
      status: 503,
      body: {
        checks: { storage: 'unavailable' },
        problems: [expect.stringMatching(/was replaced, moved or removed/)],
      },
    });
  }
  // Nothing that was refused has reached the ERP.
  const erp = running[0] as Running;
  expect(await (await fetch(`${erp.url}/records/movements`)).json()).toHaveLength(1);
});

/** Each leaves the file its number: the service reads other content under the name that it opened. */
const OVERWRITTEN: [string, (old: string) => void][] = [
  ['sqlite3 restores an older state into it', (old) => sqlite(`.restore '${old}'`)],
  [
    'an older state is copied over it',
    (old) => {
      sqlite('PRAGMA wal_checkpoint(TRUNCATE)');
      copyFileSync(old, database);
    },
  ],
];

function sqlite(command: string): void {
  const run = spawnSync('sqlite3', [database, '.timeout 20000', command], { encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stderr: '' });
}

describe.each(OVERWRITTEN)('a database under a running service: %s', (_, overwrite) => {
  const here = readersHere().some(({ name }) => name.startsWith('sqlite3')) ? test : test.skip;

  here('nothing is acknowledged or written any more, and the service says so', async () => {
    const erp = await startErp();
    const token = newToken();
    const service = await serve();
    const old = join(scratch, 'old.sqlite');
    expect(await adjust(service, token, 'before')).toMatchObject({ status: 200 });
    sqlite('PRAGMA wal_checkpoint(TRUNCATE)');
    sqlite(`.backup '${old}'`);
    expect(await adjust(service, token, 'a')).toMatchObject({ status: 200 });
    expect(await adjust(service, token, 'b')).toMatchObject({ status: 200 });
    const files = filesOf(database);
    overwrite(old);
    expect(filesOf(database)).toEqual(files);
    for (const key of ['a', 'b', 'new']) {
      expect(await adjust(service, token, key)).toMatchObject({ status: 503 });
    }
    const ready = await fetch(`${service.url}/readyz`);
    expect({ status: ready.status, body: await ready.json() }).toMatchObject({
      status: 503,
      body: { status: 'unavailable', problems: [expect.any(String)] },
    });
    const movements = (await (await fetch(`${erp.url}/records/movements`)).json()) as Body[];
    expect(movements.map(({ reason }) => reason)).toEqual(['before', 'a', 'b']);
  });
});

test('what other processes commit in between is no other content', async () => {
  await startErp();
  const token = newToken();
  const [one, other] = [await serve(), await serve()];
  for (let turn = 0; turn < 3; turn += 1) {
    expect(await adjust(one, token, `one-${turn}`)).toMatchObject({ status: 200 });
    expect(
      cli(['token', 'create', '--name', `t${turn}`, '--scopes', SCOPES], settings).status,
    ).toBe(0);
    expect(await adjust(other, token, `other-${turn}`)).toMatchObject({ status: 200 });
  }
  for (const { url } of [one, other]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('a database that was moved away and back is not trusted again before a new start', async () => {
  await startErp();
  const token = newToken();
  const service = await serve();
  renameSync(database, `${database}.moved`);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  renameSync(`${database}.moved`, database);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  expect(await adjust(service, token, 'a')).toMatchObject({ status: 503 });
  await service.stop();
  expect(await adjust(await serve(), token, 'a')).toMatchObject({ status: 200 });
});
