import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, start } from './processes';

let dataDir: string;
let settings: Record<string, string>;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-cli-'));
  settings = { EXECUTION_LAYER_DATA_DIR: dataDir, EXECUTION_LAYER_LOG_LEVEL: 'silent' };
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const PERSON = [
  'person',
  'create',
  '--email',
  'Ana@Example.com',
  '--name',
  'Ana',
  '--roles',
  'reviewer',
  '--password-stdin',
];
const TOKEN = ['token', 'create', '--name', 'n8n', '--scopes', 'requests:propose,requests:read'];

test('help is everywhere', () => {
  for (const args of [
    ['--help'],
    ['serve', '--help'],
    ['token', 'create', '--help'],
    ['audit', '--help'],
    ['policy', '--help'],
  ]) {
    const run = cli(args, settings);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Usage: execution-layer/);
  }
});

test('a token is printed once, alone on stdout; only its hash is stored', () => {
  expect(cli(PERSON, settings, 'a long password\n')).toMatchObject({ status: 0, stderr: '' });
  const created = cli([...TOKEN, '--owner', 'ana@example.com'], settings);
  expect(created).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^el_[A-Za-z0-9_-]{32}\n$/),
  });
  const secret = created.stdout.trim();
  const [token] = JSON.parse(cli(['token', 'list', '--json'], settings).stdout);
  expect(token).toMatchObject({
    name: 'n8n',
    owner: 'ana@example.com',
    actsFor: 'claims',
    actions: null,
  });
  expect(cli(['token', 'list'], settings).stdout).toMatch(/n8n +ana@example\.com .*active/);
  for (const file of readdirSync(dataDir)) {
    expect(readFileSync(join(dataDir, file)).includes(secret)).toBe(false);
    expect(readFileSync(join(dataDir, file)).includes('a long password')).toBe(false);
  }
  expect(cli(['token', 'revoke', token.id], settings).status).toBe(0);
  expect(cli(['token', 'list'], settings).stdout).toMatch(/revoked/);
});

test.each([
  [
    'an unknown scope',
    [...TOKEN.slice(0, 4), '--scopes', 'everything'],
    undefined,
    /everything.*Scopes are/,
  ],
  ['a short password', PERSON, 'short', /at least 8 characters/],
  ['an unknown token', ['token', 'revoke', 'tok_nope'], undefined, /no token tok_nope/],
  [
    'a bundle folder that is not there',
    ['policy', 'check', '/nowhere'],
    undefined,
    /cannot be read/,
  ],
])('%s is one sentence on stderr', (_name, args, input, message) => {
  const run = cli(args, settings, input);
  expect(run).toMatchObject({ status: 1, stdout: '' });
  expect(run.stderr).toMatch(message);
  expect(run.stderr).not.toMatch(/\n\s+at /);
});

test('an owner who is no person yet is said on stderr; the token is made all the same', () => {
  const run = cli([...TOKEN, '--owner', 'nobody@example.com'], settings);
  expect(run).toMatchObject({ status: 0, stdout: expect.stringMatching(/^el_\S+\n$/) });
  expect(run.stderr).toMatch(/no person nobody@example\.com yet/);
});

test.each([
  ['EXECUTION_LAYER_PORT', 'high'],
  ['EXECUTION_LAYER_TIME_ZONE', 'Mars/Olympus'],
  ['EXECUTION_LAYER_CALLBACK_HOSTS', 'http://n8n'],
  ['EXECUTION_LAYER_PUBLIC_URL', 'ftp://x'],
  ['EXECUTION_LAYER_LOG_LEVEL', 'loud'],
])('a wrong %s stops the start with a sentence', (name, value) => {
  const run = cli(['serve'], { ...settings, [name]: value });
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(new RegExp(`${name}.*${value}.*Write`));
});

test.each([
  ['EXECUTION_LAYER_MOCK_ERP_URL', 'ftp://x', /EXECUTION_LAYER_MOCK_ERP_URL|baseUrl/],
  ['EXECUTION_LAYER_HOST', '999.1.1.1', /EXECUTION_LAYER_HOST/],
  ['EXECUTION_LAYER_DATA_DIR', '/dev/null', /EXECUTION_LAYER_DATA_DIR/],
])('%s that cannot be used is a sentence, not a stack trace', (name, value, message) => {
  const run = cli(['serve'], { ...settings, EXECUTION_LAYER_PORT: '0', [name]: value });
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(message);
  expect(run.stderr).not.toMatch(/\n\s+at /);
});

test('a mistyped data directory is not taken for an empty log, and nothing is made there', () => {
  const EXECUTION_LAYER_DATA_DIR = join(dataDir, 'mistyped');
  for (const args of [
    ['audit', 'verify'],
    ['audit', 'export'],
    ['token', 'list'],
    ['person', 'list'],
  ]) {
    const run = cli(args, { ...settings, EXECUTION_LAYER_DATA_DIR });
    expect(run).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/no database in/),
    });
  }
  expect(readdirSync(dataDir)).toEqual([]);
});

test('a taken port is said clearly, and the other service goes on', async () => {
  const first = await start(['serve'], { ...settings, EXECUTION_LAYER_PORT: '0' });
  try {
    const port = new URL(first.url).port;
    const second = cli(['serve'], { ...settings, EXECUTION_LAYER_PORT: port });
    expect(second).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(`Port ${port} is taken`),
    });
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  } finally {
    await first.stop();
  }
});

test('policy check names the file, the line and the mistake', () => {
  const shipped = cli(['policy', 'check'], settings);
  expect(shipped.stdout).toMatch(/valid: 8 actions, version sha256:[0-9a-f]{64}/);
});

test('audit export is verified without the service, also against a kept checkpoint', async () => {
  cli(PERSON, settings, 'a long password');
  const token = cli(
    ['token', 'create', '--name', 'auditor', '--scopes', 'audit:read'],
    settings,
  ).stdout.trim();
  const service = await start(['serve'], { ...settings, EXECUTION_LAYER_PORT: '0' });
  const checkpoint = await (
    await fetch(`${service.url}/v1/audit/checkpoint`, {
      headers: { authorization: `Bearer ${token}` },
    })
  ).json();
  await service.stop();
  cli([...TOKEN], settings);
  const file = join(dataDir, 'export.ndjson');
  const note = join(dataDir, 'checkpoint.txt');
  writeFileSync(file, cli(['audit', 'export'], settings).stdout);
  writeFileSync(note, checkpoint.note);
  const verify = (path: string) =>
    cli(
      [
        'audit',
        'verify',
        '--file',
        path,
        '--checkpoint',
        note,
        '--verifier-key',
        checkpoint.verifierKey,
      ],
      settings,
    );
  expect(verify(file)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/intact: 6 entries/),
  });

  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(JSON.parse(JSON.parse(lines.at(-1) ?? '').canonical)).toMatchObject({
    type: 'audit.export_asked',
    actor: { kind: 'cli' },
  });
  const truncated = join(dataDir, 'truncated.ndjson');
  writeFileSync(truncated, lines.slice(0, checkpoint.size - 1).join('\n'));
  expect(verify(truncated).status).toBe(1);
  const changed = join(dataDir, 'changed.ndjson');
  writeFileSync(changed, [lines[0]?.replace('Ana', 'Bob'), ...lines.slice(1)].join('\n'));
  expect(verify(changed)).toMatchObject({ status: 1, stdout: expect.stringMatching(/NOT intact/) });
});
