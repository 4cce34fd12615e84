import type { Connector } from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { answers, CONTEXT, cuts, keepsSilent, perform, ScriptedServer } from './harness';

let erp: ScriptedServer;
let tokens: ScriptedServer;
beforeAll(async () => {
  erp = await ScriptedServer.start();
  tokens = await ScriptedServer.start();
});
afterAll(() => Promise.all([erp.stop(), tokens.stop()]));

const SECRET = 'canary-client:secret';
let now: number;
const logged: unknown[] = [];
beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  logged.length = 0;
});

function connectorWith(auth: JsonObject = {}, more: JsonObject = {}): Connector {
  const write = { method: 'POST', path: '/things', success: [201], reference: '/number' };
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: erp.url,
    auth: {
      type: 'oauth2',
      tokenUrl: `${tokens.url}/oauth/token`,
      clientId: 'the client',
      clientSecret: '${ERP_CLIENT_SECRET}',
      ...auth,
    },
    ping: { path: '/health' },
    timeoutMs: 30_000,
    ...more,
    retry: { attempts: 3, initialDelayMs: 1, maxDelayMs: 2, totalMs: 30_000 },
    lookups: { thing: { path: '/things/{id}', fields: { id: '/id' } } },
    operations: {
      keyed: { ...write, idempotencyKeyHeader: 'Idempotency-Key' },
      unkeyed: write,
      read: { method: 'GET', path: '/things', success: [200] },
    },
  };
  return createConnector(parseConnector(file, 'scripted.yaml'), {
    env: { ERP_CLIENT_SECRET: SECRET },
    clock: { now: () => new Date(now) },
    log: { warn: (...line) => logged.push(line) },
  });
}

const token = (value: string, more: object = { expires_in: 3600 }) =>
  answers(200, { access_token: value, token_type: 'Bearer', ...more });
const done = answers(201, { number: 'N-1' });
const sentTokens = () => erp.received.map(({ headers }) => headers.authorization);

it('asks for a token as RFC 6749 says and sends it', async () => {
  tokens.script(token('canary-1'));
  erp.script(done);
  const result = await perform(
    connectorWith({ scope: 'pay read', parameters: { audience: 'erp' } }),
    'keyed',
    {},
  );
  expect(result.outcome).toBe('done');
  const [asked] = tokens.received;
  expect(asked).toMatchObject({ method: 'POST', url: '/oauth/token' });
  expect(asked?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
    grant_type: 'client_credentials',
    scope: 'pay read',
    audience: 'erp',
  });
  // Section 2.3.1: both parts are form-encoded before they are joined.
  const [, basic] = String(asked?.headers.authorization).split(' ');
  const parts = Buffer.from(basic ?? '', 'base64')
    .toString()
    .split(':');
  expect(parts.map((part) => decodeURIComponent(part.replaceAll('+', ' ')))).toEqual([
    'the client',
    SECRET,
  ]);
  expect(sentTokens()).toEqual(['Bearer canary-1']);
  expect(JSON.stringify([result, logged])).not.toContain('canary');
});

it('can send the secret in the body', async () => {
  tokens.script(token('t'));
  erp.script(done);
  await perform(connectorWith({ clientAuthentication: 'body' }), 'keyed', {});
  expect(tokens.received[0]?.headers.authorization).toBeUndefined();
  expect(Object.fromEntries(new URLSearchParams(tokens.received[0]?.body))).toMatchObject({
    client_id: 'the client',
    client_secret: SECRET,
  });
});

it('uses one token for all calls, also those at once, until shortly before it ends', async () => {
  tokens.script(token('t-1'), token('t-2'));
  erp.script(done);
  const connector = connectorWith();
  await Promise.all(Array.from({ length: 10 }, () => perform(connector, 'keyed', {})));
  now += 3_500_000;
  await perform(connector, 'keyed', {});
  expect(tokens.received).toHaveLength(1);
  now += 80_000;
  await perform(connector, 'keyed', {});
  expect(tokens.received).toHaveLength(2);
  expect(sentTokens().at(-1)).toBe('Bearer t-2');
});

describe('a token that the ERP no longer accepts', () => {
  const refusing = answers(401, {});

  it.each(['keyed', 'read'])('is renewed once by %s', async (operation) => {
    tokens.script(token('t-1'), token('t-2'));
    erp.script(refusing, answers(operation === 'read' ? 200 : 201, { number: 'N-1' }));
    const result = await perform(connectorWith(), operation, {});
    expect(result).toMatchObject({
      outcome: 'done',
      attempts: [{ outcome: 'caller_error' }, { outcome: 'done' }],
    });
    expect(sentTokens()).toEqual(['Bearer t-1', 'Bearer t-2']);
    expect(new Set(erp.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('is renewed once by a lookup', async () => {
    tokens.script(token('t-1'), token('t-2'));
    erp.script(refusing, answers(200, { id: '1' }));
    const found = await connectorWith().lookup('thing', { id: '1' }, CONTEXT);
    expect(found).toMatchObject({ found: true });
  });

  it('is not a reason to repeat again and again', async () => {
    tokens.script(token('t'));
    erp.script(refusing);
    const result = await perform(connectorWith(), 'keyed', {});
    expect(result.outcome).toBe('refused');
    expect(erp.received).toHaveLength(2);
  });

  it('is dropped by a write without a key, which is not sent again', async () => {
    tokens.script(token('t-1'), token('t-2'));
    erp.script(refusing, done);
    const connector = connectorWith();
    expect((await perform(connector, 'unkeyed', {})).outcome).toBe('refused');
    expect(erp.received).toHaveLength(1);
    expect((await perform(connector, 'unkeyed', {})).outcome).toBe('done');
    expect(sentTokens()).toEqual(['Bearer t-1', 'Bearer t-2']);
  });
});

describe('without a token nothing is sent, and no secret is told', () => {
  it.each([
    ['a refusal', answers(401, { error: 'invalid_client', error_description: 'canary' }), /401/],
    ['a bad request', answers(400, { error: 'invalid_scope' }), /400, invalid_scope/],
    ['a page', answers(200, '<html>canary'), /no readable token/],
    ['a token of another kind', answers(200, { access_token: 'canary', token_type: 'mac' }), /no/],
    ['an empty answer', answers(200, { token_type: 'bearer' }), /no readable token/],
    ['a redirect', answers(302, {}, { location: 'http://127.0.0.1:1/' }), /no readable token/],
    ['a cut', cuts, /cut/],
    ['silence', keepsSilent, /No whole answer/],
  ])('%s', async (_name, behaviour, message) => {
    tokens.script(behaviour);
    erp.script(done);
    // Only silence is given up soon: a slow machine is not a silent server.
    const times: JsonObject = behaviour === keepsSilent ? { timeoutMs: 500 } : {};
    const connector = () => connectorWith({}, times);
    const result = await perform(connector(), 'unkeyed', {});
    expect(result.outcome).toBe('refused');
    expect('message' in result && result.message).toMatch(/^Nothing was written: .*access token/);
    expect('message' in result && result.message).toMatch(message);
    expect(erp.received).toHaveLength(0);
    expect(JSON.stringify([result, logged])).not.toContain('canary');
    await expect(connector().lookup('thing', { id: '1' }, CONTEXT)).rejects.toThrow(/access/);
    expect(await connector().ping()).toBe(false);
  });

  it('the next attempt asks anew', async () => {
    tokens.script(cuts, token('t'));
    erp.script(done);
    expect(await perform(connectorWith(), 'keyed', {})).toMatchObject({
      outcome: 'done',
      attempts: [{ outcome: 'transient' }, { outcome: 'done' }],
    });
  });
});

it.each([
  [{ tokenUrl: 'http://login.example.com/token' }, {}, /Confirm it.*EXECUTION_LAYER_ERP_HOSTS/],
  [
    { tokenUrl: '${TOKEN_URL}' },
    { TOKEN_URL: 'http://login.example.com/token' },
    /must be https: a secret is sent/,
  ],
])('a token address that is no good stops the start: %j', (auth, env, message) => {
  const file = {
    id: 'x',
    title: 'X',
    type: 'http',
    baseUrl: erp.url,
    auth: { type: 'oauth2', clientId: 'c', clientSecret: '${S}', ...auth },
    ping: { path: '/' },
    lookups: {},
    operations: {},
  };
  const create = () =>
    createConnector(parseConnector(file, 'x.yaml'), {
      env: { S: 's', ...env },
      clock: { now: () => new Date() },
      log: { warn: () => undefined },
    });
  expect(create).toThrow(message);
});
