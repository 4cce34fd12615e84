import Sqlite from 'better-sqlite3';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsBundle } from '../../faults/bundle';
import { cli, start, type Running } from '../cli/processes';
import type { Body } from '../harness';
import { runChild } from '../storage/children/run-child';
import { pause } from '../../../scripts/stack/child';
import { buildKeeper, powerCut } from './tools';

/** A process is preloaded with a library that keeps only what was forced to the disk. */
const keeper = buildKeeper();
if ('problem' in keeper) {
  console.warn(`Skipped: what a power cut leaves; ${keeper.problem}.`);
}
const library = 'library' in keeper ? keeper.library : '';
const cutIt = library === '' ? it.skip : it;

const CLIENTS = 8;
const ACKNOWLEDGED = 40;

const dirs: string[] = [];
const running: Running[] = [];
function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'execution-layer-power-'));
  dirs.push(dir);
  return dir;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop('SIGKILL')));
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

async function run(args: string[], settings: Record<string, string>): Promise<Running> {
  const started = await start(args, settings);
  running.push(started);
  return started;
}

async function call(url: string, token: string, path: string, body?: object): Promise<Body> {
  const key = (body as { arguments?: { reason?: string } })?.arguments?.reason ?? '';
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.json();
}

cutIt(
  'the power fails under load: nothing acknowledged is lost, nothing is booked twice',
  async () => {
    const dataDir = tempDir();
    const settings: Record<string, string> = {
      EXECUTION_LAYER_DATA_DIR: dataDir,
      EXECUTION_LAYER_BUNDLE_DIR: faultsBundle(),
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
      EXECUTION_LAYER_PORT: '0',
      EXECUTION_LAYER_MOCK_ERP_PORT: '0',
      EXECUTION_LAYER_LEASE_SECONDS: '5',
    };
    const erp = await run(['mock-erp'], { ...settings, EXECUTION_LAYER_DATA_DIR: tempDir() });
    settings['EXECUTION_LAYER_MOCK_ERP_URL'] = erp.url;
    const scopes = 'requests:propose,requests:decide,requests:execute,requests:read,audit:read';
    const token = cli(
      ['token', 'create', '--name', 't', '--scopes', scopes],
      settings,
    ).stdout.trim();
    const cut = powerCut(library, dataDir);
    dirs.push(cut.left);
    const service = await run(['serve'], { ...settings, ...cut.settings });

    const told: string[] = [];
    let kept: Body;
    const client = async (name: number): Promise<void> => {
      for (let turn = 0; ; turn += 1) {
        const values = { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' };
        const answer = await call(service.url, token, '/v1/tools/inventory.adjust', {
          requestedBy: 'ana',
          arguments: { ...values, reason: `${name}-${turn}` },
          execute: true,
        });
        // Anything else says that it was not done, or that nobody knows.
        if (answer.state !== 'executed') continue;
        told.push(answer.id);
        if (told.length === ACKNOWLEDGED / 2) {
          kept = await call(service.url, token, '/v1/audit/checkpoint');
        }
        if (told.length >= ACKNOWLEDGED) await service.stop('SIGKILL');
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: CLIENTS }, (_, n) => client(n)));
    expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
    expect(told.length).toBeGreaterThanOrEqual(ACKNOWLEDGED);

    const afterwards = { ...settings, EXECUTION_LAYER_DATA_DIR: cut.left };
    const again = await run(['serve'], afterwards);
    for (const id of told) {
      expect(await call(again.url, token, `/v1/requests/${id}`)).toMatchObject({
        state: 'executed',
      });
    }
    for (;;) {
      const { items } = await call(
        again.url,
        token,
        '/v1/requests?state=executing,outcome_unknown',
      );
      if (items.length === 0) break;
      await pause(200);
    }
    const { items } = await call(again.url, token, '/v1/requests?state=executed&limit=200');
    const booked = (await (await fetch(`${erp.url}/records/movements`)).json()) as Body[];
    const references = booked.map(({ external_reference }) => external_reference);
    expect(references.sort()).toEqual(items.map(({ id }: Body) => id).sort());

    const file = join(cut.left, 'export.ndjson');
    const note = join(cut.left, 'checkpoint.txt');
    writeFileSync(file, cli(['audit', 'export'], afterwards).stdout);
    writeFileSync(note, kept.note);
    const checkpoint = ['--checkpoint', note, '--verifier-key', kept.verifierKey];
    const verified = cli(['audit', 'verify', '--file', file, ...checkpoint], afterwards);
    expect(verified).toMatchObject({ status: 0, stderr: '' });
  },
);

cutIt.each(['store', 'careless'] as const)('one commit of %s: the check can fail', async (mode) => {
  const dataDir = tempDir();
  const { left, settings } = powerCut(library, dataDir);
  dirs.push(left);
  const preload = ['env', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)];
  const child = runChild('one-commit.ts', [join(dataDir, 'store.db'), mode, 'stay'], preload);
  while (!child.lines.includes('ACK')) await pause(20);
  child.process.kill('SIGKILL');
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });

  const file = join(left, 'store.db');
  const table = mode === 'store' ? 'audit_entries' : 'entries';
  const count = (): unknown =>
    new Sqlite(file).prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  if (mode === 'store') expect(count()).toBe(1);
  else if (existsSync(file)) expect(count).toThrow(/no such table/);
});
