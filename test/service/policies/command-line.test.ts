import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cli, start, type Running } from '../cli/processes';
import type { Body } from '../harness';

/** Policies on the command line, beside a service that runs in another process. */
const SHIPPED = resolve(__dirname, '../../../policy-service');
let dataDir: string;
let folder: string;
let settings: Record<string, string>;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-policy-'));
  folder = join(dataDir, 'bundle');
  for (const part of ['catalogue', 'policies', 'connectors']) {
    cpSync(join(SHIPPED, part), join(folder, part), { recursive: true });
  }
  settings = {
    EXECUTION_LAYER_DATA_DIR: dataDir,
    EXECUTION_LAYER_LOG_LEVEL: 'silent',
    EXECUTION_LAYER_PORT: '0',
  };
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function edit(from: string, to: string): void {
  const file = join(folder, 'policies', 'shipped.yaml');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}
const run = (...args: string[]): ReturnType<typeof cli> => cli(['policy', ...args], settings);
const list = (): Body => JSON.parse(run('list', '--json').stdout);

test('a bundle is activated from a folder, compared, listed and rolled back', () => {
  const first = run('activate', folder, '--reason', 'begin', '--by', 'ops@example.com');
  expect(first).toMatchObject({ status: 0, stderr: '' });
  edit('arguments.quantity > 500', 'arguments.quantity > 50');

  const diff = run('diff', 'active', folder);
  expect(diff.stdout).toMatch(
    /changed +rule inventory-change-above-500\n +when: ".*> 500 .*" -> ".*> 50 .*"/,
  );
  expect(diff.stdout).toMatch(/^-.*arguments\.quantity > 500/m);
  expect(diff.stdout).toMatch(/^\+.*arguments\.quantity > 50 /m);
  const asJson = JSON.parse(run('diff', 'active', folder, '--json').stdout);
  expect(asJson.parts).toHaveLength(1);
  expect(run('diff', folder, folder).stdout).toContain('They are the same.');

  const second = run('activate', folder, '--reason', 'stricter');
  expect(second.stdout).toMatch(/^Active: sha256:[0-9a-f]{64} \(before: sha256:[0-9a-f]{64}\)/);
  expect(run('activate', folder, '--reason', 'again').stdout).toMatch(/was active already/);
  expect(run('rollback', '--reason', 'too strict').status).toBe(0);

  const { active, activations, bundles } = list();
  expect(activations.map(({ by, reason }: Body) => `${by}: ${reason}`)).toEqual([
    'command-line: too strict',
    'command-line: stricter',
    'ops@example.com: begin',
  ]);
  expect(active.version).toBe(activations[2].version);
  expect(bundles).toHaveLength(2);
  expect(run('list').stdout).toMatch(/active +sha256:[0-9a-f]{64}.*\n/);

  const short = activations[1].version.slice('sha256:'.length, 'sha256:'.length + 8);
  expect(run('activate', short, '--reason', 'by version').status).toBe(0);
  expect(list().active).toMatchObject({ version: activations[1].version, reason: 'by version' });
});

test.each<[string, string, string, RegExp]>([
  ['a misspelt argument', 'arguments.quantity > 500', 'arguments.quantty > 500', /quantty/],
  ['broken YAML', 'rules:', 'rules: [', /policies\/shipped\.yaml:\d+/],
])('%s keeps a bundle from becoming active', (_name, from, to, message) => {
  edit(from, to);
  const refused = run('activate', folder, '--reason', 'x');
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toMatch(message);
  expect(refused.stderr).not.toMatch(/\n\s+at /);
  expect(list()).toEqual({ bundles: [], activations: [] });
});

test('a test case that fails keeps a bundle from becoming active', () => {
  cpSync(join(SHIPPED, 'tests'), join(folder, 'tests'), { recursive: true });
  expect(run('check', folder).status).toBe(0);
  edit('decimal("10000")', 'decimal("20000")');
  const refused = run('activate', folder, '--reason', 'x');
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toMatch(/tests\/payments\.yaml:\d+: the test case/);
  expect(list().bundles).toEqual([]);
});

test.each([
  [['activate', 'no-such-thing', '--reason', 'x'], /no folder or stored bundle no-such-thing/],
  [['rollback', '--reason', 'x'], /no way back/],
  [['diff', 'active', 'active'], /never activated|No policy was ever activated/],
])('%j is one sentence', (args, message) => {
  cli(['token', 'create', '--name', 'n', '--scopes', 'requests:read'], settings);
  const refused = run(...args);
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toMatch(message);
});

test('every command has help, and a reason is required', () => {
  for (const command of ['check', 'test', 'list', 'diff', 'activate', 'rollback']) {
    const help = run(command, '--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(new RegExp(`^Usage: execution-layer policy ${command}`));
  }
  expect(run('activate', folder).stderr).toMatch(/--reason/);
});

describe('beside running services', () => {
  let services: Running[];
  let token: string;
  beforeEach(async () => {
    const scopes = 'requests:propose,requests:decide,requests:read,policies:write';
    token = cli(['token', 'create', '--name', 'n8n', '--scopes', scopes], settings).stdout.trim();
    services = await Promise.all([start(['serve'], settings), start(['serve'], settings)]);
  });
  afterEach(async () => {
    await Promise.all(services.map((one) => one.stop()));
  });

  let keys = 0;
  async function call({ url }: Running, path: string, body?: unknown): Promise<Body> {
    const answer = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `key-${(keys += 1)}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  }
  /** The version that decides there now. Nobody has to be asked: the action is unknown. */
  const deciding = async (service: Running): Promise<string> => {
    const tool = { requestedBy: 'ana', arguments: {} };
    return (await call(service, '/v1/tools/no.such', tool)).decision.policyVersion;
  };

  test('two that start together activate once, and follow the command line without a restart', async () => {
    expect(list().activations).toHaveLength(1);
    const first = list().active.version;
    for (const service of services) expect(await deciding(service)).toBe(first);

    edit('arguments.quantity > 500', 'arguments.quantity > 50');
    expect(run('activate', folder, '--reason', 'stricter').status).toBe(0);
    const next = list().active.version;
    const giveUp = Date.now() + 100_000;
    for (const service of services) {
      let version = await deciding(service);
      while (version !== next) {
        expect(version).toBe(first);
        if (Date.now() > giveUp) throw new Error('a service never followed');
        await new Promise((resolve) => setTimeout(resolve, 50));
        version = await deciding(service);
      }
    }
  });
});
