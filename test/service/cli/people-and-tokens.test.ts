import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Body } from '../harness';
import { cli, spawnCli, start, type Running } from './processes';

/** Lives of people and tokens, changed on the command line beside a running service. */
const PASSWORD = 'a sentence for Ana to type';
const ANA = 'ana@example.com';
let dataDir: string;
let settings: Record<string, string>;
let service: Running;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-lives-'));
  settings = {
    EXECUTION_LAYER_DATA_DIR: dataDir,
    EXECUTION_LAYER_LOG_LEVEL: 'silent',
    EXECUTION_LAYER_PORT: '0',
  };
  const create = ['person', 'create', '--email', ANA, '--name', 'Ana', '--roles', 'reviewer'];
  expect(cli([...create, '--password-stdin'], settings, PASSWORD).status).toBe(0);
  service = await start(['serve'], settings);
});
afterAll(async () => {
  await service?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const person = (...args: string[]): ReturnType<typeof cli> => cli(['person', ...args], settings);
const token = (...args: string[]): string => cli(['token', ...args], settings).stdout.trim();
const password = (text: string): ReturnType<typeof cli> =>
  cli(['person', 'password', ANA, '--password-stdin'], settings, text);

async function signIn(text = PASSWORD): Promise<{ status: number; cookie: string }> {
  const response = await fetch(`${service.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ANA, password: text }),
  });
  const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0]);
  return { status: response.status, cookie: cookie.join('; ') };
}

const reads = async (cookie: string): Promise<number> =>
  (await fetch(`${service.url}/v1/approvals`, { headers: { cookie } })).status;
const calls = async (secret: string): Promise<number> =>
  (await fetch(`${service.url}/v1/actions`, { headers: { authorization: `Bearer ${secret}` } }))
    .status;
const entries = (type: string): Body[] =>
  cli(['audit', 'export'], settings)
    .stdout.split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(JSON.parse(line).canonical))
    .filter((entry) => entry.type === type);
const listed = (): Body => JSON.parse(person('list', '--json').stdout)[0];

test('roles, name and aliases are changed, each with what was and what is', () => {
  expect(person('update', ANA, '--roles', 'reviewer,operator').status).toBe(0);
  expect(person('update', ANA, '--name', 'Ana S.').status).toBe(0);
  expect(person('update', ANA, '--aliases', 'ana from sales').status).toBe(0);
  expect(listed()).toMatchObject({
    name: 'Ana S.',
    roles: ['reviewer', 'operator'],
    aliases: ['ana from sales'],
  });
  expect(entries('person.changed').map(({ data }) => [data.before, data.after])).toEqual([
    [
      { name: 'Ana', roles: ['reviewer'], aliases: [] },
      { name: 'Ana', roles: ['reviewer', 'operator'], aliases: [] },
    ],
    [expect.objectContaining({ name: 'Ana' }), expect.objectContaining({ name: 'Ana S.' })],
    [expect.objectContaining({ aliases: [] }), expect.objectContaining({ name: 'Ana S.' })],
  ]);
  expect(person('update', ANA)).toMatchObject({ stderr: expect.stringMatching(/Name what/) });
  expect(person('update', 'no@example.com', '--name', 'x').stderr).toMatch(/no person/);
});

test('a new password ends every session, and the old one opens nothing', async () => {
  const before = await signIn();
  expect(await reads(before.cookie)).toBe(200);
  expect(password('another sentence to type').status).toBe(0);
  expect(await reads(before.cookie)).toBe(401);
  expect((await signIn()).status).toBe(401);
  const after = await signIn('another sentence to type');
  expect(await reads(after.cookie)).toBe(200);
  expect(password(PASSWORD).status).toBe(0);
  expect(JSON.stringify(entries('person.password_changed'))).not.toMatch(/scrypt|sentence/);
});

test.each(['short', 'aaaaaaaaaa', 'P@ssw0rd2026', 'Ana@Example.com', 'Execution Layer 1'])(
  'the password "%s" is refused, for a new person too',
  (text) => {
    const create = ['create', '--email', 'ben@example.com', '--name', 'Ben', '--roles', 'reviewer'];
    const made = cli(['person', ...create, '--password-stdin'], settings, text);
    for (const one of [password(text), made]) {
      expect(one).toMatchObject({ status: 1, stderr: expect.stringMatching(/Choose a sentence/) });
    }
  },
);

test('who is disabled has no session and cannot sign in, until they are enabled', async () => {
  const { cookie } = await signIn();
  expect(person('disable', ANA).stdout).toMatch(/disabled/);
  expect(await reads(cookie)).toBe(401);
  expect((await signIn()).status).toBe(401);
  expect(person('list').stdout).toMatch(/disabled 20/);
  expect(person('enable', ANA).status).toBe(0);
  expect(await reads(cookie)).toBe(401);
  expect((await signIn()).status).toBe(200);
});

test('two changes at once: neither undoes the other', async () => {
  await Promise.all([
    spawnCli(['person', 'update', ANA, '--roles', 'reviewer'], settings),
    spawnCli(['person', 'update', ANA, '--name', 'Ana the second'], settings),
  ]);
  expect(listed()).toMatchObject({ name: 'Ana the second', roles: ['reviewer'] });
});

test('a rotated token has a new secret, and the old one works for the overlap alone', async () => {
  const scopes = ['--scopes', 'requests:read'];
  const first = token('create', '--name', 'rotated', ...scopes);
  const [{ id }] = JSON.parse(token('list', '--json')) as [{ id: string }];
  const second = token('rotate', id, '--overlap', '1h');
  expect(second).not.toBe(first);
  expect([await calls(first), await calls(second)]).toEqual([200, 200]);
  const third = token('rotate', id, '--overlap', '0s');
  expect([await calls(first), await calls(second), await calls(third)]).toEqual([401, 401, 200]);
  expect(token('list', '--json')).not.toContain('hash');
  token('revoke', id);
  expect(await calls(third)).toBe(401);
});

test('a token ends by itself, and the list warns before', async () => {
  const scopes = ['--scopes', 'requests:read'];
  const soon = token('create', '--name', 'soon', ...scopes, '--expires', '3d');
  const gone = token('create', '--name', 'gone', ...scopes, '--expires', '0s');
  expect([await calls(soon), await calls(gone)]).toEqual([200, 401]);
  expect(token('list')).toMatch(/EXPIRES SOON/);
  expect(token('list')).toMatch(/expired 20/);
  const wrong = ['token', 'create', '--name', 'x', ...scopes, '--expires', '2027-02-30'];
  expect(cli(wrong, settings).stderr).toMatch(/90d/);
});

test('a token ends at an instant, and never in the past', () => {
  const create = ['token', 'create', '--name', 'dated', '--scopes', 'requests:read', '--expires'];
  for (const over of ['2020-01-01', '2020-01-01T12:00:00Z']) {
    const refused = cli([...create, over], settings);
    expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/over/) });
  }
  expect(cli([...create, '2099-02-30T12:00:00Z'], settings).stderr).toMatch(/no date/);
  expect(cli([...create, '2099-01-31T12:30:00Z'], settings).status).toBe(0);
  expect(token('list')).toContain('active until 2099-01-31T12:30:00.000Z');
});

test('until when an old secret works is told', () => {
  token('create', '--name', 'overlapping', '--scopes', 'requests:read');
  const one = (): Body =>
    JSON.parse(token('list', '--json')).find(({ name }: Body) => name === 'overlapping');
  const { id } = one();
  const { stderr } = cli(['token', 'rotate', id, '--overlap', '1h'], settings);
  const until = /works until (\S+)\.\n$/.exec(stderr)?.[1];
  expect(one().state).toBe(`active; its old secret works until ${until}`);
  expect(cli(['token', 'rotate', id, '--overlap', '0s'], settings).stderr).toMatch(/nothing any/);
  expect(one().state).toBe('active');
});

test('the list says of a token whose owner is disabled that it writes nothing', () => {
  const state = (): string =>
    JSON.parse(token('list', '--json')).find((one: Body) => one.name === 'owned').state;
  token('create', '--name', 'owned', '--scopes', 'requests:propose', '--owner', `<${ANA}>`);
  expect(state()).toBe('active');
  person('disable', ANA);
  expect(state()).toMatch(/OWNER DISABLED 20.*nothing that it asks for is written/);
  expect(token('list')).toMatch(/OWNER DISABLED/);
  person('enable', ANA);
  expect(state()).toBe('active');
});

test('several administrators at once, on people and tokens: all that succeeded stands, each with one entry', async () => {
  const made = (type: string, id: string): number =>
    entries(type).filter(({ data }) => data.id === id || data.email === id).length;
  token('create', '--name', 'raced', '--scopes', 'requests:read');
  const raced = (): Body =>
    JSON.parse(token('list', '--json')).find((one: Body) => one.name === 'raced');
  const { id } = raced();
  const before = ['person.changed', 'person.password_changed'].map((type) => made(type, ANA));
  const run = (...args: string[]): ReturnType<typeof spawnCli> => spawnCli(args, settings);
  const results = await Promise.all([
    run('person', 'update', ANA, '--aliases', 'ana one'),
    run('person', 'update', ANA, '--name', 'Ana the third'),
    run('person', 'update', ANA, '--roles', 'reviewer,operator'),
    run('token', 'rotate', id),
    run('token', 'rotate', id),
    run('token', 'revoke', id),
    run('token', 'revoke', id),
  ]);
  const ok = results.map(({ status }) => status === 0);
  expect(ok.slice(0, 3)).toEqual([true, true, true]);
  expect(ok.slice(5)).toEqual([true, true]);
  for (const { status, stderr } of results) {
    if (status !== 0) expect(stderr).toMatch(/Repeat the command|no active token/);
  }
  expect(listed()).toMatchObject({
    name: 'Ana the third',
    roles: ['reviewer', 'operator'],
    aliases: ['ana one'],
  });
  expect(raced().revokedAt).toBeDefined();
  expect(made('person.changed', ANA) - (before[0] ?? 0)).toBe(3);
  expect(made('token.revoked', id)).toBe(1);
  expect(made('token.rotated', id)).toBe(ok.slice(3, 5).filter(Boolean).length);
});
