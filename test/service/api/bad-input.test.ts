import { TestService } from '../harness';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

const TEXT = 'Increase inventory for item SKU-1001 by 25 units in warehouse WH-01';
const GOOD = { source: 'test', requestedBy: 'ana', requestText: TEXT };

async function created(): Promise<string> {
  return (await service.call('/v1/requests', GOOD)).body.id;
}

async function count(): Promise<number> {
  return (await service.call('/v1/requests?limit=200')).body.items.length;
}

describe('a body that cannot be trusted creates nothing', () => {
  test.each([
    ['not JSON', '{"source":', 400, 'malformed_json'],
    ['a comment', '{"source":"a" /* x */}', 400, 'malformed_json'],
    ['an array', '[1]', 400, 'malformed_json'],
    [
      'a duplicate key',
      '{"source":"a","source":"b","requestedBy":"x","requestText":"y"}',
      400,
      'malformed_json',
    ],
    [
      'a duplicate key written with an escape',
      '{"source":"a","\\u0073ource":"b","requestedBy":"x","requestText":"y"}',
      400,
      'malformed_json',
    ],
    [
      '__proto__',
      '{"source":"a","requestedBy":"x","requestText":"y","context":{"__proto__":{"a":1}}}',
      400,
      'malformed_json',
    ],
    [
      'deep nesting',
      `{"source":"a","requestedBy":"x","requestText":"y","context":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
      400,
      'malformed_json',
    ],
    ['very deep nesting', '['.repeat(60_000), 400, 'malformed_json'],
    [
      'more marks on a letter than any script writes',
      `{"source":"a","requestedBy":"x","requestText":"y","context":{"e":"e${'\u0301'.repeat(31)}"}}`,
      400,
      'malformed_json',
    ],
    [
      'an inexact number',
      '{"source":"a","requestedBy":"x","intent":{"action":"a","arguments":{"n":9007199254740993},"confidence":1}}',
      400,
      'malformed_json',
    ],
    [
      'an infinite number',
      '{"source":"a","requestedBy":"x","requestText":"y","context":{"n":1e999}}',
      400,
      'malformed_json',
    ],
    ['an unknown field', JSON.stringify({ ...GOOD, approved: true }), 400, 'invalid_body'],
    ['a wrong type', JSON.stringify({ ...GOOD, requestText: 5 }), 400, 'invalid_body'],
    ['a missing field', JSON.stringify({ source: 'a', requestText: 'b' }), 400, 'invalid_body'],
    [
      'neither text nor intent',
      JSON.stringify({ source: 'a', requestedBy: 'b' }),
      400,
      'invalid_body',
    ],
    [
      'confidence above 1',
      JSON.stringify({ ...GOOD, intent: { action: 'a', arguments: {}, confidence: 2 } }),
      400,
      'invalid_body',
    ],
    [
      'an oversize body',
      JSON.stringify({ ...GOOD, requestText: 'x'.repeat(70_000) }),
      413,
      'body_too_large',
    ],
    ['nothing', '', 400, 'malformed_json'],
  ])('%s', async (_name, raw, status, code) => {
    const before = await count();
    const answer = await service.call('/v1/requests', undefined, { method: 'POST', raw });
    expect(answer).toMatchObject({
      status,
      body: { status, code, detail: expect.stringMatching(/\.$/) },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(await count()).toBe(before);
  });

  test('each wrong place is told with a pointer and a sentence, at most 50', async () => {
    const answer = await service.call('/v1/requests', {
      source: 1,
      requestedBy: '',
      requestText: 'x',
      more: 1,
    });
    const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer).sort();
    expect(pointers).toEqual(['/more', '/requestedBy', '/source']);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, 1]));
    expect((await service.call('/v1/requests', many)).body.errors.length).toBeLessThanOrEqual(50);
  });
});

describe('what a library refuses is told for what it was', () => {
  test.each(['/v1/requests/%E0%A4%A', '/v1/tools/%zz', '/v1/approvals/%'])(
    'an address that cannot be decoded: %s',
    async (path) => {
      const answer = await service.call(path);
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'malformed_url', detail: expect.stringMatching(/^The address .*Encode/) },
      });
      expect(answer.body.detail).not.toMatch(/body/);
    },
  );

  test.each<[string, Record<string, string>, number, string, RegExp]>([
    ['gzip', { 'content-encoding': 'gzip' }, 400, 'malformed_encoding', /not compressed as/],
    ['deflate', { 'content-encoding': 'deflate' }, 400, 'malformed_encoding', /not compressed as/],
    ['br', { 'content-encoding': 'br' }, 400, 'malformed_encoding', /not compressed as/],
    ['other', { 'content-encoding': 'compress' }, 415, 'unsupported_media_type', /Encoding/],
    ['type', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type', /application\/json/],
  ])('a body whose headers do not fit it: %s', async (_name, headers, status, code, detail) => {
    const raw = JSON.stringify(GOOD);
    const answer = await service.call('/v1/requests', undefined, { method: 'POST', raw, headers });
    expect(answer).toMatchObject({
      status,
      body: { code, detail: expect.stringMatching(detail) },
    });
  });

  test('a form of a page in another character set, or with too many fields', async () => {
    const sent = (type: string, raw: string) =>
      service.call('/sign-in', undefined, {
        method: 'POST',
        raw,
        headers: { 'content-type': `application/x-www-form-urlencoded${type}` },
        token: null,
      });
    const other = await sent('; charset=utf-7', 'email=a');
    expect([other.status, other.body]).toEqual([415, expect.stringContaining('in UTF-8')]);
    const many = await sent('', 'a&'.repeat(1_500));
    expect([many.status, many.body]).toEqual([413, expect.stringContaining('too many fields')]);
  });
});

describe('arguments are judged exactly as they were sent', () => {
  const payment = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };
  test.each([
    [
      'number as a string',
      'inventory.adjust',
      { sku: 'SKU-1001', quantity: '25', warehouse_id: 'WH-01' },
      '/quantity',
    ],
    [
      'quantity 0',
      'inventory.adjust',
      { sku: 'SKU-1001', quantity: 0, warehouse_id: 'WH-01' },
      '/quantity',
    ],
    [
      'a fraction',
      'inventory.adjust',
      { sku: 'SKU-1001', quantity: 1.5, warehouse_id: 'WH-01' },
      '/quantity',
    ],
    [
      'a Cyrillic letter in an id',
      'vendor_payment.create',
      { ...payment, vendor_id: 'V-1OО1' },
      '/vendor_id',
    ],
    [
      'an id in lower case',
      'vendor_payment.create',
      { ...payment, vendor_id: 'v-1001' },
      '/vendor_id',
    ],
    [
      'an id with a path',
      'vendor_payment.create',
      { ...payment, vendor_id: '../V-1001' },
      '/vendor_id',
    ],
    ['an exponent', 'vendor_payment.create', { ...payment, amount: '1e2' }, '/amount'],
    ['a negative amount', 'vendor_payment.create', { ...payment, amount: '-5.00' }, '/amount'],
    ['too many decimals', 'vendor_payment.create', { ...payment, amount: '5.001' }, '/amount'],
    [
      'a lower-case currency',
      'vendor_payment.create',
      { ...payment, currency: 'usd' },
      '/currency',
    ],
    ['an unknown argument', 'vendor_payment.create', { ...payment, approved: true }, '/approved'],
    ['null', 'vendor_payment.create', { ...payment, currency: null }, '/currency'],
    ['an invisible character', 'vendor_payment.create', { ...payment, memo: 'a\u200bb' }, '/memo'],
    ['a direction mark', 'vendor_payment.create', { ...payment, memo: 'a\u202eb' }, '/memo'],
    ['a list', 'vendor_payment.create', { ...payment, vendor_id: ['V-1001'] }, '/vendor_id'],
  ])('%s', async (_name, action, args, pointer) => {
    const answer = await service.tool(action, args);
    expect(answer).toMatchObject({ status: 200, body: { state: 'invalid', needsPerson: true } });
    expect(
      answer.body.validation.errors.map((error: { pointer: string }) => error.pointer),
    ).toContain(pointer);
    expect(answer.body).not.toHaveProperty('decision');
  });

  test('equal amounts get one form before anything is bound to them', async () => {
    const answer = await service.tool('vendor_payment.create', { ...payment, amount: 100 });
    expect(answer.body.intent.arguments.amount).toBe('100.00');
  });
});

describe('who may call', () => {
  test.each([
    ['no token', { token: null }, 401, 'unauthenticated'],
    ['an unknown token', { token: 'el_0000000000000000000000' }, 401, 'unauthenticated'],
    [
      'another scheme',
      { token: null, headers: { authorization: 'Basic abc' } },
      401,
      'unauthenticated',
    ],
  ])('%s', async (_name, options, status, code) => {
    const id = await created();
    for (const [path, body] of [
      ['/v1/requests', GOOD],
      [`/v1/requests/${id}/validate`, {}],
      [`/v1/requests/${id}`, undefined],
    ] as const) {
      expect(await service.call(path, body, options)).toMatchObject({ status, body: { code } });
    }
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('extracted');
  });

  test('a scope that is missing is named, and the attempt is on the timeline', async () => {
    const id = await created();
    const token = await service.newToken({ scopes: ['requests:read'] });
    const answer = await service.call(`/v1/requests/${id}/validate`, {}, { token });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope', missing: ['requests:propose'] },
    });
    expect((await service.timeline(id)).at(-1)).toMatchObject({
      type: 'request.command_refused',
      data: { code: 'insufficient_scope' },
    });
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('extracted');
  });

  test('a revoked token is out with the next call', async () => {
    const token = await service.newToken({ name: 'short' });
    expect((await service.call('/v1/actions', undefined, { token })).status).toBe(200);
    const stored = (await service.service.deps.store.tokens()).find(({ name }) => name === 'short');
    await service.service.deps.store.commit({
      tokens: [{ ...stored!, revokedAt: new Date().toISOString() }],
    });
    expect((await service.call('/v1/actions', undefined, { token })).status).toBe(401);
  });
});

describe('what is not there, and what is not possible', () => {
  test.each([
    ['GET', '/v1/requests/req_nope', 404, 'not_found'],
    ['POST', '/v1/requests/req_nope/execute', 404, 'not_found'],
    ['GET', '/v1/approvals/apr_nope', 403, 'insufficient_scope'],
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/nothing', 404, 'not_found'],
    ['GET', '/v1/requests?state=nope', 400, 'invalid_parameter'],
    ['GET', '/v1/requests?unknown=1', 400, 'invalid_parameter'],
    ['GET', '/v1/requests?cursor=%7Bnope', 400, 'invalid_parameter'],
    ['DELETE', '/v1/requests/req_x', 405, 'method_not_allowed'],
  ])('%s %s', async (method, path, status, code) => {
    const body = method === 'POST' ? { requestedBy: 'ana', arguments: {} } : undefined;
    const content = path.endsWith('/execute') ? {} : body;
    expect(await service.call(path, content, { method })).toMatchObject({ status, body: { code } });
  });

  test('a tool that the catalogue does not know is answered: blocked', async () => {
    expect(await service.tool('payroll.run', {})).toMatchObject({
      status: 200,
      body: { state: 'blocked', decision: { reasons: [{ ruleId: 'unknown-action' }] } },
    });
  });

  test('commands out of order are refused and change nothing', async () => {
    const id = await created();
    expect(await service.call(`/v1/requests/${id}/decide`, {})).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition', state: 'extracted' },
    });
    expect(await service.execute(id)).toMatchObject({
      status: 409,
      body: { code: 'not_executable', state: 'extracted' },
    });
    await service.call(`/v1/requests/${id}/validate`, {});
    expect(await service.call(`/v1/requests/${id}/validate`, {})).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition' },
    });
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('validated');
  });

  test('a callback goes only to hosts of the allow-list', async () => {
    const waiting = await service.tool('vendor_payment.create', {
      vendor_id: 'V-1001',
      amount: '20000',
      currency: 'USD',
    });
    for (const resumeUrl of [
      'http://127.0.0.1:9/x',
      'http://localhost:5678@evil.example/',
      'file:///etc/passwd',
      'nonsense',
    ]) {
      expect(
        await service.call(`/v1/requests/${waiting.body.id}/callbacks`, { resumeUrl }),
      ).toMatchObject({
        status: 403,
        body: { code: 'callback_host_not_allowed' },
      });
    }
  });
});
