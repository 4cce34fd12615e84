import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFolder } from '../bundle-folder';
import type { Body } from '../harness';
import { cli, start, type Running } from './processes';

const LEASE_SECONDS = 8;

let dataDir: string;
let erp: Running;
let services: [Running, Running];
let token: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-stopped-'));
  const settings: Record<string, string> = {
    EXECUTION_LAYER_DATA_DIR: dataDir,
    EXECUTION_LAYER_LOG_LEVEL: 'silent',
    EXECUTION_LAYER_PORT: '0',
    EXECUTION_LAYER_MOCK_ERP_PORT: '0',
    EXECUTION_LAYER_LEASE_SECONDS: String(LEASE_SECONDS),
    EXECUTION_LAYER_BUNDLE_DIR: bundleFolder({
      edit: {
        'connectors/mock-erp.yaml': (text) =>
          text
            .replace(/^timeoutMs: .*$/m, 'timeoutMs: 6000')
            .replace('totalMs: 20000', 'totalMs: 6500'),
      },
    }),
  };
  erp = await start(['mock-erp'], settings);
  settings['EXECUTION_LAYER_MOCK_ERP_URL'] = erp.url;
  const scopes = 'requests:propose,requests:decide,requests:execute,requests:read,audit:read';
  const create = ['token', 'create', '--name', 'test', '--scopes', scopes];
  token = cli(create, settings).stdout.trim();
  const first = await start(['serve'], settings);
  services = [first, await start(['serve'], settings)];
});
afterAll(async () => {
  services[0].child.kill('SIGCONT');
  await Promise.all([...services, erp].map((one) => one.stop()));
  rmSync(dataDir, { recursive: true, force: true });
});

async function call(service: Running, path: string, body?: unknown, key = 'key'): Promise<Body> {
  const response = await fetch(`${service.url}${path}`, {
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

async function until(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 100_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen within 100 seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a process that is stopped during a call for twice its lease writes nothing when it wakes up', async () => {
  const [stopped, other] = services;
  const { id } = await call(
    stopped,
    '/v1/tools/vendor_payment.create',
    {
      requestedBy: 'ana',
      arguments: { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' },
    },
    'propose',
  );
  await fetch(`${erp.url}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'delay', count: 1, delayMs: 60_000 }),
  });
  const first = call(stopped, `/v1/requests/${id}/execute`, {}, 'execute');
  const state = async (): Promise<string> => (await call(other, `/v1/requests/${id}`)).state;
  await until(async () => (await state()) === 'executing');
  stopped.child.kill('SIGSTOP');
  const stoppedAt = Date.now();

  await until(async () => (await state()) === 'executed');
  expect(Date.now() - stoppedAt).toBeGreaterThan((LEASE_SECONDS - 1) * 1000);
  // The ERP's answer comes while the process is stopped.
  await fetch(`${erp.url}/faults`, { method: 'DELETE' });
  await until(async () => Date.now() - stoppedAt > 2 * LEASE_SECONDS * 1000);
  stopped.child.kill('SIGCONT');

  expect(await first).toMatchObject({ id, state: 'executed' });
  const timeline = async (): Promise<string[]> =>
    (await call(other, `/v1/requests/${id}/timeline`)).items.map(({ type }: Body) => type);
  await until(async () => (await timeline()).includes('request.late_answer'));
  expect((await timeline()).filter((type) => type === 'request.executed')).toHaveLength(1);
  const payments = (await (await fetch(`${erp.url}/records/payments`)).json()) as unknown[];
  expect(payments).toHaveLength(1);
  expect(await call(other, '/v1/audit/verify')).toMatchObject({ valid: true });
});
