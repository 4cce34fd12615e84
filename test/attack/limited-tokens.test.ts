import type { Answer, Body } from '../support/served';
import { Target } from './support/target';

/**
 * A token that is limited to one action, with every scope there is, at every route that the
 * service itself describes. A new route is in the document, and so in this test.
 */
const CANARY = 'canary-of-somebody-else';
const RESUME = 'http://127.0.0.1:5678/webhook-waiting/1?signature=x';
let target: Target;
let limited: string;
let request: Body;
let document: Body;
beforeAll(async () => {
  target = await Target.start();
  limited = target.newToken({ name: 'limited', more: ['--actions', 'vendor.read'] });
  request = (
    await target.tool(
      'vendor_payment.create',
      { vendor_id: 'V-1001', amount: '12500.00', currency: 'USD', memo: CANARY },
      { requestedBy: `${CANARY}@example.com` },
    )
  ).body;
  expect(request.state).toBe('awaiting_approval');
  document = (await target.anonymous('/openapi.json')).body;
});
afterAll(() => target?.stop());

/** Of another action than the token's, wherever a body names one. */
const ARGUMENTS = { vendor_id: 'V-1001', amount: '1.00', currency: 'USD' };
const BODIES: Record<string, unknown> = {
  'post /v1/requests': {
    source: 'a',
    requestedBy: 'ana',
    intent: { action: 'vendor_payment.create', arguments: ARGUMENTS, confidence: 1 },
  },
  'post /v1/tools/{action}': { requestedBy: 'ana', arguments: ARGUMENTS },
  'post /v1/requests/{id}/callbacks': { resumeUrl: RESUME },
  'post /v1/requests/{id}/events': { type: 'note', message: 'Hello.' },
  'post /v1/requests/{id}/resubmit': { requestText: 'Check SKU-1001' },
  'post /v1/requests/{id}/compensate': { reason: 'wrong' },
  'post /v1/requests/{id}/outcome': { permit: 'x', outcome: 'executed' },
  'post /v1/policies/simulate': {
    request: { action: 'vendor_payment.create', arguments: ARGUMENTS, requestedBy: 'ana' },
  },
};
const valueFor = (name: string): string =>
  ({ id: request.id, action: 'vendor_payment.create', seq: '0', version: 'active' })[name] ?? 'x';

/** Routes whose scope says all, whatever the list of actions: docs/security.md names them. */
const BY_SCOPE_ALONE = /^\/v1\/(audit|policies|controls|session)\b/;

interface Operation {
  name: string;
  path: string;
  method: string;
}
function operations(): Operation[] {
  return Object.entries<Body>(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map((method) => ({ name: `${method} ${path}`, path, method })),
    );
}

function call({ name, path, method }: Operation, token: string): Promise<Answer> {
  const filled = path.replace(/\{(\w+)\}/g, (_, part: string) => valueFor(part));
  const body = method === 'get' || method === 'delete' ? undefined : (BODIES[name] ?? {});
  return target.call(filled, body, { token, method: method.toUpperCase() });
}

/** The request, and what happened to it; that a call was refused is not of it. */
const asItIs = async (): Promise<unknown> => {
  const timeline = (await target.call(`/v1/requests/${request.id}/timeline`)).body;
  return {
    request: (await target.call(`/v1/requests/${request.id}`)).body,
    timeline: timeline.items.filter(({ type }: Body) => !type.endsWith('refused')),
  };
};

test('the document describes the routes that this test knows to be there', () => {
  const names = operations().map(({ name }) => name);
  expect(names.length).toBeGreaterThan(30);
  expect(names).toEqual(expect.arrayContaining(Object.keys(BODIES)));
});

test('no route gives it a request of another action, or changes one', async () => {
  const before = await asItIs();
  const count = (await target.call('/v1/requests?limit=200')).body.items.length;
  for (const operation of operations()) {
    if (BY_SCOPE_ALONE.test(operation.path) && operation.name !== 'post /v1/policies/simulate')
      continue;
    const { status, body } = await call(operation, limited);
    expect({ ...operation, status, told: JSON.stringify(body).includes(CANARY) }).toMatchObject({
      told: false,
    });
    const { path, method } = operation;
    const namesAnother = path.startsWith('/v1/requests/{id}') || operation.name in BODIES;
    if (namesAnother) expect({ ...operation, status }).toMatchObject({ status: 403 });
    if (method !== 'get')
      expect({ ...operation, refused: status >= 400 }).toMatchObject({ refused: true });
  }
  expect(await asItIs()).toEqual(before);
  expect((await target.call('/v1/requests?limit=200')).body.items).toHaveLength(count);
});

test('lists and searches give it nothing of others, whatever they filter by', async () => {
  for (const query of [
    '',
    '?action=vendor_payment.create',
    '?state=awaiting_approval',
    `?requestedBy=${CANARY}@example.com`,
    '?needsPerson=true',
    '?needsPerson=false&limit=200',
    '?action=vendor.read,vendor_payment.create',
  ]) {
    const { status, body } = await target.call(`/v1/requests${query}`, undefined, {
      token: limited,
    });
    expect({ query, status, items: body.items }).toEqual({ query, status: 200, items: [] });
  }
});

test('a text that means another action leaves it nothing to execute', async () => {
  const { status, body } = await target.propose('Pay vendor V-1001 500 USD', { token: limited });
  if (status === 201) expect(['blocked', 'invalid', 'extraction_failed']).toContain(body.state);
  else expect(status).toBe(403);
  const { items } = (await target.call('/v1/requests?state=allowed,validated,extracted')).body;
  expect(items).toEqual([]);
});

test('a resubmission turns no request of its own into another action', async () => {
  const own = await target.tool('vendor.read', { vendor_id: 'V-1001' }, {}, { token: limited });
  expect(own.body.state).toBe('allowed');
  const { intent } = BODIES['post /v1/requests'] as Body;
  const again = await target.call(
    `/v1/requests/${own.body.id}/resubmit`,
    { intent },
    {
      token: limited,
    },
  );
  expect(again).toMatchObject({ status: 403, body: { code: 'action_not_permitted' } });
});

test('its own action works on every step', async () => {
  const { status, body } = await target.tool(
    'vendor.read',
    { vendor_id: 'V-1001' },
    { execute: true },
    { token: limited },
  );
  expect({ status, state: body.state }).toEqual({ status: 200, state: 'executed' });
});

test('each scope is held on every route: a token without any is refused everywhere', async () => {
  const audit = target.newToken({ name: 'audit', scopes: 'audit:write' });
  for (const operation of operations()) {
    const open = /^(get \/v1\/actions|post \/v1\/session)/.test(operation.name);
    const wanted = /\/events$/.test(operation.path);
    if (open || wanted) continue;
    const { status, body } = await call(operation, audit);
    expect({ ...operation, status, code: body.code }).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
    });
  }
});
