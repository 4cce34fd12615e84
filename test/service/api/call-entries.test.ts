import { request } from 'node:http';
import type { LogEntry } from '../../../policy-service/src/audit/entry';
import { TestService, type Answer } from '../harness';

const GOOD = { source: 'test', requestedBy: 'ana@example.com', requestText: 'Check SKU-1001' };
const QUESTION = {
  request: {
    action: 'inventory.read',
    arguments: { sku: 'SKU-1001' },
    requestedBy: 'ana@example.com',
  },
};

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('operator@example.com', ['operator']);
});
afterEach(() => service.stop());

/** What the log holds about calls, oldest first, with the counts of the running minute. */
async function entries(): Promise<LogEntry[]> {
  await service.service.deps.calls.flush(true);
  const found: LogEntry[] = [];
  let from: number | undefined = 0;
  while (from !== undefined) {
    const page = await service.service.deps.store.log.entries({ from, limit: 1000 });
    found.push(...page.items.map(({ entry }) => entry));
    from = page.nextFrom;
  }
  return found.filter(({ data }) => data['count'] !== undefined);
}

const total = (found: LogEntry[]): number =>
  found.reduce((sum, { data }) => sum + Number(data['count']), 0);

/** A call as it is, from an address of this machine. */
function send(
  path: string,
  options: { method?: string; from?: string; headers?: object; body?: string } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${service.url}`, {
      path,
      method: options.method ?? 'GET',
      localAddress: options.from ?? '127.0.0.1',
      headers: { ...options.headers },
    });
    call.on('response', (res) => res.resume().on('end', () => resolve(res.statusCode ?? 0)));
    call.on('error', reject);
    call.end(options.body);
  });
}

const tokenCalls: [string, number, object, () => Promise<Answer>][] = [
  [
    'a scope that is missing',
    403,
    { route: 'POST /v1/requests', code: 'insufficient_scope' },
    async () =>
      service.call('/v1/requests', GOOD, { token: await service.newToken({ scopes: [] }) }),
  ],
  [
    'an action that the token may not use',
    403,
    { route: 'POST /v1/tools/{action}', code: 'action_not_permitted' },
    async () => {
      const token = await service.newToken({ actions: ['inventory.read'] });
      const body = { requestedBy: 'ana@example.com', arguments: { vendor_id: 'V-1001' } };
      return service.call('/v1/tools/vendor.read', body, { token });
    },
  ],
  [
    'a key that is missing',
    400,
    { route: 'POST /v1/requests', code: 'idempotency_key_missing' },
    () => service.call('/v1/requests', GOOD, { key: null }),
  ],
  [
    'a body of another form',
    400,
    { route: 'POST /v1/requests', code: 'invalid_body' },
    () => service.call('/v1/requests', { ...GOOD, requestText: 7 }),
  ],
  [
    'a body that is no JSON',
    400,
    { route: 'POST /v1/requests', code: 'malformed_json' },
    () => service.call('/v1/requests', undefined, { raw: '{' }),
  ],
  [
    'a body that is too large',
    413,
    { route: 'POST /v1/requests', code: 'body_too_large' },
    () => service.call('/v1/requests', { ...GOOD, requestText: 'x'.repeat(70_000) }),
  ],
  [
    'a request that does not exist',
    404,
    { route: 'POST /v1/requests/{id}/execute', code: 'not_found' },
    () => service.execute('req_of-nobody'),
  ],
  [
    'a parameter that is wrong',
    400,
    { route: 'GET /v1/requests', code: 'invalid_parameter' },
    () => service.call('/v1/requests?state=odd'),
  ],
  [
    'another method',
    405,
    { route: 'DELETE /v1/requests/{id}', code: 'method_not_allowed' },
    () => service.call('/v1/requests/req_secret', undefined, { method: 'DELETE' }),
  ],
  [
    'no route',
    404,
    { route: 'GET unknown', code: 'not_found' },
    () => service.call('/v1/secrets/of-mine'),
  ],
  [
    'a vote by a token',
    403,
    { route: 'POST /v1/approvals/{id}/votes', code: 'insufficient_scope' },
    () => service.call('/v1/approvals/apr_1/votes', { vote: 'approve', digest: 'x' }),
  ],
  [
    'a bundle that is none',
    422,
    { route: 'POST /v1/policies', code: 'bundle_invalid' },
    () => service.call('/v1/policies', { files: [{ path: 'policies/x.yaml', text: 'x: [' }] }),
  ],
];

test.each(tokenCalls)('%s leaves an entry of the token', async (_name, status, data, call) => {
  expect((await call()).status).toBe(status);
  const found = await entries();
  expect(found).toMatchObject([{ type: 'call.refused', data: { ...data, count: 1 } }]);
  expect(found[0]?.actor).toMatchObject({ kind: 'token', id: expect.stringMatching(/^tok_/) });
  expect(found[0]?.data).not.toHaveProperty('address');
  expect(JSON.stringify(found)).not.toMatch(/secret|SKU-1001|of-nobody/);
});

test('a token over its rate leaves entries', async () => {
  await service.restart({ EXECUTION_LAYER_RATE_LIMIT: '3' });
  const statuses = [];
  for (let i = 0; i < 8; i += 1) statuses.push((await service.call('/v1/actions')).status);
  const refused = statuses.filter((status) => status === 429).length;
  expect(refused).toBeGreaterThan(0);
  const found = await entries();
  expect(new Set(found.map(({ data }) => data['code']))).toEqual(new Set(['rate_limited']));
  expect(total(found)).toBe(refused);
});

test.each([
  ['no token', undefined],
  ['a made-up token', 'Bearer el_00000000000000000000000000000000'],
  ['a password', 'Basic YW5hOmh1bnRlcjI='],
])('%s leaves an entry by address, without what was sent', async (_name, authorization) => {
  const headers = {
    ...(authorization ? { authorization } : {}),
    'x-forwarded-for': '203.0.113.9',
    'user-agent': 'curious/1.0',
  };
  expect(await send('/v1/audit/export?token=hunter2', { headers, from: '127.0.0.8' })).toBe(401);
  const found = await entries();
  expect(found).toMatchObject([
    {
      type: 'call.refused',
      actor: { kind: 'service', id: 'anonymous' },
      data: { route: 'GET /v1/audit/export', code: 'unauthenticated', address: '127.0.0.8' },
    },
  ]);
  expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMg|el_0000|203\.0|curious/);
});

test('a token that was revoked is named by its id', async () => {
  const token = await service.newToken({ name: 'leaked' });
  const stored = (await service.service.deps.store.tokens()).find(({ name }) => name === 'leaked');
  await service.service.deps.store.commit({
    tokens: [{ ...stored!, revokedAt: new Date().toISOString() }],
  });
  expect((await service.call('/v1/actions', undefined, { token })).status).toBe(401);
  const found = await entries();
  expect(found).toMatchObject([
    { actor: { id: 'anonymous' }, data: { formerToken: stored!.id, code: 'unauthenticated' } },
  ]);
  expect(JSON.stringify(found)).not.toContain(token);
});

test('paths that were made up are not in the log', async () => {
  const odd = ['/v1/%0Ainjected', '/admin/%22,%22type%22:%22x', '/v1/requests/%ZZ', '/INBOX-evil'];
  for (const path of odd) expect(await send(path)).toBeGreaterThanOrEqual(400);
  const found = await entries();
  expect(total(found)).toBe(odd.length);
  expect(JSON.stringify(found)).not.toMatch(/injected|admin|evil|%ZZ/);
});

test('behind a named proxy the caller is who the proxy says, and nothing that is no address', async () => {
  await service.restart({ EXECUTION_LAYER_TRUST_PROXY: 'loopback' });
  for (const from of ['203.0.113.9', 'evil","type":"x']) {
    expect(await send('/v1/requests', { headers: { 'x-forwarded-for': from } })).toBe(401);
  }
  const found = await entries();
  expect(found.map(({ data }) => data['address'])).toEqual(['203.0.113.9', '127.0.0.1']);
});

test('a refused command is on its request alone, its repeats as one entry with their count', async () => {
  const { id } = (await service.call('/v1/requests', GOOD)).body;
  for (let i = 0; i < 50; i += 1) expect((await service.execute(id)).status).toBe(409);
  const found = await entries();
  expect(found).toMatchObject([
    {
      type: 'request.command_refused',
      requestId: id,
      data: { command: `POST /v1/requests/${id}/execute`, code: 'not_executable', count: 1 },
    },
    { type: 'request.command_refused', requestId: id, data: { code: 'not_executable', count: 49 } },
  ]);
  expect(found[0]?.data).toHaveProperty('message');
  const as = await service.person('operator@example.com');
  expect((await as(`/requests/${id}`)).body).toContain('again, 49 times');
});

test('two thousand refused calls of one caller are two entries with the right count', async () => {
  let sent = 0;
  while (sent < 2_000) {
    const calls = Array.from({ length: 250 }, () =>
      send('/v1/requests', { method: 'POST', body: '{}' }),
    );
    expect(new Set(await Promise.all(calls))).toEqual(new Set([401]));
    sent += calls.length;
  }
  const found = await entries();
  expect(found).toHaveLength(2);
  expect(total(found)).toBe(sent);
}, 120_000);

test('two thousand refused calls of many callers are bounded, and counted', async () => {
  for (let round = 0; round < 8; round += 1) {
    const calls = Array.from({ length: 250 }, (_, n) =>
      send(`/v1/nothing-${n}`, { from: `127.0.${round}.${n + 1}` }),
    );
    expect(new Set(await Promise.all(calls))).toEqual(new Set([404]));
  }
  // A known caller among them is still told.
  const token = await service.newToken({ scopes: [] });
  expect((await service.call('/v1/requests', GOOD, { token })).status).toBe(403);
  const found = await entries();
  expect(total(found)).toBe(2_001);
  expect(found.length).toBeLessThanOrEqual(104);
  expect(found.filter(({ actor }) => actor.kind === 'token')).toHaveLength(1);
}, 120_000);

test('counts of the running minute are entered when the service stops', async () => {
  for (let i = 0; i < 5; i += 1) await send('/v1/requests');
  await service.restart();
  const refused = (await entries()).filter(({ type }) => type === 'call.refused');
  expect(refused.map(({ data }) => data['count'])).toEqual([1, 4]);
});

test('sign-ins that are refused are bounded alike, whoever exists', async () => {
  await service.newPerson('ana@example.com', []);
  const body = (email: string): string => JSON.stringify({ email, password: 'wrong' });
  const options = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const known = [];
  for (let i = 0; i < 4; i += 1) {
    known.push(await send('/v1/session', { ...options, body: body('ana@example.com') }));
    await send('/v1/session', { ...options, body: body('nobody@example.com') });
  }
  expect(new Set(known)).toEqual(new Set([401]));
  const found = (await entries()).filter(({ type }) => type === 'person.sign_in_refused');
  expect(found.map(({ data }) => [data['email'], data['count'], data['address']])).toEqual([
    ['ana@example.com', 1, '127.0.0.1'],
    ['unknown', 1, '127.0.0.1'],
    ['ana@example.com', 3, '127.0.0.1'],
    ['unknown', 3, '127.0.0.1'],
  ]);
  expect(JSON.stringify(found)).not.toContain('nobody@');
});

test('guesses that are held back leave entries', async () => {
  const options = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify({ email: 'ana@example.com', password: 'wrong' });
  const statuses = [];
  for (let i = 0; i < 30; i += 1) statuses.push(await send('/v1/session', { ...options, body }));
  const held = statuses.filter((status) => status === 429).length;
  expect(held).toBeGreaterThan(0);
  const found = (await entries()).filter(({ type }) => type === 'call.refused');
  expect(found[0]).toMatchObject({
    data: { route: 'POST /v1/session', code: 'rate_limited', address: '127.0.0.1' },
  });
  expect(total(found)).toBe(held);
});

describe('pages', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  test('a form without a session, from another site, or with a wrong token', async () => {
    const as = await service.person('operator@example.com');
    const post = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
      as(path, undefined, { method: 'POST', raw: 'csrf=x', headers: { ...form, ...headers } });
    expect(await send('/controls', { method: 'POST', headers: form, body: 'csrf=x' })).toBe(303);
    expect((await post('/controls', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('/inbox/apr_hidden/vote')).status).toBe(403);
    const found = await entries();
    expect(found.map(({ actor, data }) => [actor.id, data['route'], data['code']])).toEqual([
      ['anonymous', 'POST /controls', 'unauthenticated'],
      ['anonymous', 'POST /controls', 'csrf_failed'],
      ['operator@example.com', 'POST /inbox/{approvalId}/vote', 'csrf_failed'],
    ]);
    expect(JSON.stringify(found)).not.toMatch(/hidden|evil/);
  });

  test('who opens a page before signing in is asked to, which is no refusal', async () => {
    expect(await send('/inbox')).toBe(303);
    expect(await entries()).toEqual([]);
  });

  test('a status page that is guessed, and a page that does not exist', async () => {
    expect(await send('/status/guess-of-a-token')).toBe(404);
    expect(await send('/inbox/a/b/c')).toBe(404);
    const found = await entries();
    expect(found.map(({ data }) => [data['route'], data['code']])).toEqual([
      ['GET /status/{token}', 'not_found'],
      ['GET unknown', 'not_found'],
    ]);
    expect(JSON.stringify(found)).not.toContain('guess');
  });

  test('a sign-in', async () => {
    const body = 'email=operator%40example.com&password=wrong';
    expect(await send('/sign-in', { method: 'POST', headers: form, body })).toBe(401);
    expect(await entries()).toMatchObject([
      { type: 'person.sign_in_refused', data: { email: 'operator@example.com', count: 1 } },
    ]);
  });

  test('what-if questions', async () => {
    const as = await service.person('operator@example.com');
    const pages = ['?action=inventory.read&sku=SKU-1001&ask=1', '/replay?run=1', '/shadow'];
    for (const page of ['', ...pages]) {
      expect((await as(`/policies/what-if${page}`)).status).toBe(200);
    }
    expect(await entries()).toMatchObject(
      ['', '/replay', '/shadow'].map((page) => ({
        type: 'policy.what_if_asked',
        actor: { kind: 'person', id: 'operator@example.com' },
        data: { route: `GET /policies/what-if${page}`, count: 1 },
      })),
    );
  });
});

test('what-if questions over the API leave entries, and nothing of what was asked', async () => {
  const ask = (): Promise<Answer> => service.call('/v1/policies/simulate', QUESTION, { key: null });
  for (let i = 0; i < 20; i += 1) expect((await ask()).status).toBe(200);
  expect((await service.call('/v1/policies/shadow')).status).toBe(200);
  const found = await entries();
  expect(found.map(({ type, data }) => [type, data['route'], data['count']])).toEqual([
    ['policy.what_if_asked', 'POST /v1/policies/simulate', 1],
    ['policy.what_if_asked', 'GET /v1/policies/shadow', 1],
    ['policy.what_if_asked', 'POST /v1/policies/simulate', 19],
  ]);
  expect(JSON.stringify(found)).not.toMatch(/SKU-1001|ana@/);
});

test('the last entry of an export says that it was made', async () => {
  const headers = { authorization: `Bearer ${service.token}` };
  const exported = await (await fetch(`${service.url}/v1/audit/export`, { headers })).text();
  const last = exported.trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(JSON.parse(last).canonical)).toMatchObject({
    type: 'audit.export_asked',
    actor: { kind: 'token' },
    data: { route: 'GET /v1/audit/export', count: 1 },
  });
});
