import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Body } from '../harness';
import { cli, start, type Running } from './processes';

/** The kill switch on the command line, beside a service that runs in another process. */
let dataDir: string;
let settings: Record<string, string>;
let erp: Running;
let service: Running;
let token: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-control-'));
  settings = {
    EXECUTION_LAYER_DATA_DIR: dataDir,
    EXECUTION_LAYER_LOG_LEVEL: 'silent',
    EXECUTION_LAYER_PORT: '0',
    EXECUTION_LAYER_MOCK_ERP_PORT: '0',
  };
  erp = await start(['mock-erp'], settings);
  settings['EXECUTION_LAYER_MOCK_ERP_URL'] = erp.url;
  const scopes = 'requests:propose,requests:decide,requests:execute,requests:read,audit:read';
  token = cli(['token', 'create', '--name', 'n8n', '--scopes', scopes], settings).stdout.trim();
  service = await start(['serve'], settings);
});
afterAll(async () => {
  await Promise.all([service, erp].map((one) => one?.stop()));
  rmSync(dataDir, { recursive: true, force: true });
});

let keys = 0;
async function call(path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${service.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `key-${(keys += 1)}`,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const control = (...args: string[]): ReturnType<typeof cli> => cli(['control', ...args], settings);
const active = (): Body[] => JSON.parse(control('list', '--json').stdout);

afterEach(() => {
  for (const { id } of active()) control('lift', id, '--reason', 'The test is over');
});

test('lifting one of two stops does not say that what the other holds may go on', () => {
  control('stop', '--all', '--reason', 'Odd payments');
  control('stop', '--action', 'vendor_payment.create', '--reason', 'Odd payments');
  const [first, second] = active().sort((a, b) => a.target.kind.localeCompare(b.target.kind));
  const lift = (id: string): string => control('lift', id, '--reason', 'It is mended').stdout;
  const one = lift(first?.id);
  expect(one).toMatch(/^Lifted: .*vendor_payment\.create.* Still stopped: /);
  expect(one).not.toContain('may be executed');
  expect(lift(second?.id)).toMatch(/Nothing is stopped any more\.\n$/);
});

test('a stop holds the next execution of the running service, and a lift lets it go, once', async () => {
  const { body: request } = await call('/v1/tools/vendor_payment.create', {
    requestedBy: 'ana',
    arguments: { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' },
  });
  const execute = (): Promise<{ status: number; body: Body }> =>
    call(`/v1/requests/${request.id}/execute`, {});

  const stopped = control('stop', '--all', '--reason', 'Odd payments');
  expect(stopped).toMatchObject({ status: 0, stderr: '' });
  expect(await execute()).toMatchObject({
    status: 409,
    body: { state: 'allowed', reasons: [{ ruleId: 'stopped' }] },
  });
  const [stop] = active();
  expect(stop).toMatchObject({
    target: { kind: 'all' },
    reason: 'Odd payments',
    by: 'command-line',
  });
  expect(stopped.stdout).toContain(`control lift ${stop.id}`);
  expect(control('list').stdout).toMatch(/everything .*command-line +Odd payments/);

  const lifted = control('lift', stop.id, '--reason', 'All clear');
  expect(lifted).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Lifted: everything/) });
  expect(control('list').stdout).toBe('Nothing is stopped.\n');
  expect((await execute()).body.state).toBe('executed');
  const payments = (await (await fetch(`${erp.url}/records/payments`)).json()) as unknown[];
  expect(payments).toHaveLength(1);

  const log = (await call('/v1/audit/entries?limit=1000')).body.items.map(
    ({ entry }: Body) => entry,
  );
  const byCli = log.filter(({ actor }: Body) => actor.kind === 'cli').map(({ type }: Body) => type);
  expect(byCli).toEqual(expect.arrayContaining(['control.stopped', 'control.lifted']));
});

test('each kind can be named', () => {
  const [{ id: tokenId }] = JSON.parse(cli(['token', 'list', '--json'], settings).stdout);
  const targets: [string, string][] = [
    ['action', 'vendor_payment.create'],
    ['connector', 'mock-erp'],
    ['requester', 'ana@example.com'],
    ['token', tokenId],
  ];
  for (const [kind, id] of targets) {
    expect(control('stop', `--${kind}`, id, '--reason', 'r')).toMatchObject({ status: 0 });
  }
  expect(active().map(({ target }) => target.kind)).toEqual([
    'connector',
    'action',
    'token',
    'requester',
  ]);
});

test.each([
  [['stop', '--reason', 'r'], 'Say what to stop'],
  [['stop', '--all', '--action', 'ticket.route', '--reason', 'r'], 'Say what to stop'],
  [['stop', '--all'], "required option '--reason <text>'"],
  [['stop', '--all', '--reason', '  '], 'a reason is required'],
  [['stop', '--action', 'ticket.rout', '--reason', 'r'], 'Did you mean ticket.route?'],
  [['stop', '--connector', 'mockerp', '--reason', 'r'], 'Did you mean mock-erp?'],
  [['stop', '--token', 'n8n', '--reason', 'r'], 'Did you mean tok_'],
  [['lift', 'ctl_none', '--reason', 'r'], 'There is no stop ctl_none'],
])('%j is refused with one sentence, and stops nothing', (args, sentence) => {
  const run = control(...args);
  expect(run.status).toBe(1);
  expect(run.stderr.split(sentence)).toHaveLength(2);
  expect(active()).toEqual([]);
});

test('a mistyped data directory is told, and no database is made there', () => {
  const empty = mkdtempSync(join(tmpdir(), 'execution-layer-none-'));
  const run = cli(['control', 'stop', '--all', '--reason', 'r'], {
    ...settings,
    EXECUTION_LAYER_DATA_DIR: empty,
  });
  expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining('no database') });
  expect(readdirSync(empty)).toEqual([]);
  rmSync(empty, { recursive: true });
});
