import { routes } from '../../../policy-service/src/http/routes';
import type { Route } from '../../../policy-service/src/http/route';
import { TestService, type Answer, type Body } from '../harness';

const SECRET = 'INV-SECRET-77';
const PAYMENT = { vendor_id: 'V-1001', amount: '12500.77', currency: 'USD', memo: SECRET };
const QUESTION = {
  action: 'vendor_payment.create',
  arguments: { vendor_id: 'V-1001', amount: '1.00', currency: 'USD' },
  requestedBy: 'ana@example.com',
};

let service: TestService;
/** Limited to an action of which there is no request. */
let limited: string;
let id: string;
let written: string;
let version: string;
let stop: string;

beforeAll(async () => {
  service = await TestService.start();
  await service.newPerson('operator@example.com', ['operator']);
  limited = await service.newToken({ actions: ['vendor.read'] });
  id = (await service.tool('vendor_payment.create', PAYMENT)).body.id;
  const small = { ...PAYMENT, amount: '7.77' };
  const executed = await service.tool('vendor_payment.create', small, { execute: true });
  expect(executed.body.state).toBe('executed');
  written = executed.body.id;
  version = (await service.call('/v1/policies')).body.bundles[0].version;
  stop = (
    await service.call('/v1/controls', {
      target: { kind: 'action', id: 'vendor_payment.create' },
      reason: 'counted anew',
    })
  ).body.id;
});
afterAll(() => service.stop());

const PERIOD = { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
const overTwoRequests = (path: string, body?: unknown): [string, unknown?][] => [
  [path.replace('{id}', id), body],
  [path.replace('{id}', written), body],
];

/** How each route is called to reach a request of another action: paths with bodies. */
const CALLS: Record<string, () => [string, unknown?][]> = {
  'post /v1/requests': () => [
    [
      '/v1/requests',
      {
        source: 'test',
        requestedBy: 'ana@example.com',
        intent: { action: QUESTION.action, arguments: PAYMENT, confidence: 1 },
      },
    ],
  ],
  'post /v1/requests/{id}/validate': () => overTwoRequests('/v1/requests/{id}/validate', {}),
  'post /v1/requests/{id}/decide': () => overTwoRequests('/v1/requests/{id}/decide', {}),
  'post /v1/requests/{id}/execute': () => overTwoRequests('/v1/requests/{id}/execute', {}),
  'post /v1/requests/{id}/cancel': () => overTwoRequests('/v1/requests/{id}/cancel', {}),
  'post /v1/requests/{id}/callbacks': () =>
    overTwoRequests('/v1/requests/{id}/callbacks', {
      resumeUrl: 'http://127.0.0.1:5678/webhook-waiting/1?signature=x',
    }),
  'post /v1/requests/{id}/resubmit': () =>
    overTwoRequests('/v1/requests/{id}/resubmit', { requestText: 'Look up vendor V-1001' }),
  'post /v1/requests/{id}/events': () =>
    overTwoRequests('/v1/requests/{id}/events', { type: 'note', message: 'Hello.' }),
  'post /v1/requests/{id}/compensate': () =>
    overTwoRequests('/v1/requests/{id}/compensate', { reason: 'wrong' }),
  'post /v1/requests/{id}/permits': () => overTwoRequests('/v1/requests/{id}/permits', {}),
  'post /v1/requests/{id}/outcome': () =>
    overTwoRequests('/v1/requests/{id}/outcome', { permit: 'x', outcome: 'executed' }),
  'get /v1/requests': () => [
    ['/v1/requests?limit=200'],
    ['/v1/requests?action=vendor_payment.create'],
    ['/v1/requests?requestedBy=ana@example.com&state=executed,awaiting_approval'],
  ],
  'get /v1/requests/{id}': () => overTwoRequests('/v1/requests/{id}'),
  'get /v1/requests/{id}/timeline': () => overTwoRequests('/v1/requests/{id}/timeline'),
  'get /v1/actions': () => [['/v1/actions'], ['/v1/actions?q=payment']],
  'get /v1/actions/{id}': () => [['/v1/actions/vendor_payment.create']],
  'post /v1/tools/{action}': () => [
    [
      '/v1/tools/vendor_payment.create',
      { requestedBy: 'ana@example.com', arguments: PAYMENT, execute: true },
    ],
  ],
  'get /v1/controls': () => [['/v1/controls']],
  'post /v1/controls': () => [
    ['/v1/controls', { target: { kind: 'all' }, reason: 'test' }],
    ['/v1/controls', { target: { kind: 'connector', id: 'mock-erp' }, reason: 'test' }],
    ['/v1/controls', { target: { kind: 'requester', id: 'ana@example.com' }, reason: 'test' }],
    ['/v1/controls', { target: { kind: 'action', id: QUESTION.action }, reason: 'test' }],
  ],
  'post /v1/controls/{id}/lift': () => [[`/v1/controls/${stop}/lift`, { reason: 'test' }]],
  'post /v1/policies/simulate': () => [
    ['/v1/policies/simulate', { request: QUESTION }],
    ['/v1/policies/simulate', { replay: PERIOD }],
  ],
  'get /v1/policies/shadow': () => [[`/v1/policies/shadow?from=${PERIOD.from}&to=${PERIOD.to}`]],
  'get /v1/policies': () => [['/v1/policies']],
  'post /v1/policies': () => [['/v1/policies', { files: [{ path: 'x.yaml', text: 'x' }] }]],
  'get /v1/policies/diff': () => [['/v1/policies/diff?from=active&to=active']],
  'post /v1/policies/rollback': () => [['/v1/policies/rollback', { reason: 'test' }]],
  'get /v1/policies/{version}': () => [[`/v1/policies/${encodeURIComponent(version)}`]],
  'post /v1/policies/{version}/activate': () => [
    [`/v1/policies/${encodeURIComponent(version)}/activate`, { reason: 'test' }],
  ],
  'get /v1/audit/entries': () => [
    ['/v1/audit/entries?limit=1000'],
    ['/v1/audit/entries?order=desc&limit=1000'],
    [`/v1/audit/entries?requestId=${id}`],
    ['/v1/audit/entries?type=request.extracted'],
  ],
  'get /v1/audit/checkpoint': () => [['/v1/audit/checkpoint']],
  'get /v1/audit/entries/{seq}/proof': () => [['/v1/audit/entries/5/proof']],
  'get /v1/audit/consistency': () => [['/v1/audit/consistency?from=1&to=5']],
  'get /v1/audit/verify': () => [['/v1/audit/verify']],
  'get /v1/audit/export': () => [['/v1/audit/export']],
};

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const byToken = routes.filter(({ access }) => access.kind === 'token');

/** Everything of the two requests and around them that a call could change. */
async function standing(): Promise<Body> {
  const { store } = service.service.deps;
  const entries = (await store.log.entries({ limit: 1000 })).items.map(({ entry }) => entry);
  return {
    requests: (await store.requests({ limit: 200 })).items,
    twins: await store.controls({ limit: 200 }),
    activations: (await store.activations({ limit: 10 })).items,
    payments: await service.records('payments'),
    entries: entries.filter(
      ({ type }) => !/^(call|request\.command_refused|policy\.what_if|audit\.export)/.test(type),
    ),
  };
}

test('every route that a token may call is tried here', () => {
  expect(Object.keys(CALLS).sort()).toEqual(byToken.map(nameOf).sort());
});

test.each(byToken.map((route) => [nameOf(route)]))(
  '%s tells a token of other actions nothing of a request, and changes nothing of it',
  async (name) => {
    const before = await standing();
    for (const [path, body] of CALLS[name]?.() ?? []) {
      const answer = await asLimited(path, body);
      const told = JSON.stringify(answer.body);
      expect(told).not.toMatch(new RegExp(`${SECRET}|12500\\.77|7\\.77`));
      // An id that was asked for may be repeated, and nothing else.
      if (!path.includes(id)) expect(told).not.toContain(id);
      if (!path.includes(written)) expect(told).not.toContain(written);
      expect(answer.status).toBeLessThan(500);
    }
    expect(await standing()).toEqual(before);
  },
);

function asLimited(path: string, body?: unknown): Promise<Answer> {
  return service.call(path, body, { token: limited });
}

test('what a token of other actions counts is nothing, and what it may see is there', async () => {
  const shadow = await asLimited(`/v1/policies/shadow?from=${PERIOD.from}&to=${PERIOD.to}`);
  expect(shadow.body).toMatchObject({ decisions: 0, items: [] });
  const replay = await asLimited('/v1/policies/simulate', { replay: PERIOD });
  expect(replay.body.replay ?? replay.body).toMatchObject({ decisions: 0, changed: 0, items: [] });
  expect((await asLimited('/v1/audit/entries?limit=1000')).body.items).toEqual([]);
  expect((await asLimited('/v1/actions')).body.items).toMatchObject([{ id: 'vendor.read' }]);

  const own = await service.newToken({ actions: ['vendor_payment.create'] });
  const call = (path: string, body?: unknown): Promise<Answer> =>
    service.call(path, body, { token: own });
  const seen = await call(`/v1/policies/shadow?from=${PERIOD.from}&to=${PERIOD.to}`);
  expect(seen.body.decisions).toBeGreaterThanOrEqual(2);
  expect((await call('/v1/policies/simulate', { replay: PERIOD })).body.decisions).toBe(
    seen.body.decisions,
  );
  const { items } = (await call('/v1/audit/entries?limit=1000')).body;
  expect(new Set(items.map(({ entry }: Body) => entry.requestId))).toEqual(new Set([id, written]));
  expect((await call('/v1/actions/vendor_payment.create')).status).toBe(200);
});

test('the export, and what decides on every action, need a token without a list', async () => {
  for (const [path, body] of [
    ['/v1/audit/export', undefined],
    ['/v1/policies/rollback', { reason: 'test' }],
    [`/v1/policies/${encodeURIComponent(version)}/activate`, { reason: 'test' }],
    [`/v1/controls/${stop}/lift`, { reason: 'test' }],
    ['/v1/controls', { target: { kind: 'all' }, reason: 'test' }],
  ] as const) {
    expect(await asLimited(path, body)).toMatchObject({
      status: 403,
      body: { code: 'action_not_permitted' },
    });
  }
});

test('a token stops and lifts an action of its list', async () => {
  const target = { kind: 'action', id: 'vendor.read' };
  const stopped = await asLimited('/v1/controls', { target, reason: 'test' });
  expect(stopped).toMatchObject({ status: 200, body: { target } });
  const lifted = await asLimited(`/v1/controls/${stopped.body.id}/lift`, { reason: 'test' });
  expect(lifted).toMatchObject({ status: 200 });
});

test('a policy that is sent along does not tell what requests of other actions hold', async () => {
  const files = (await service.call(`/v1/policies/${encodeURIComponent(version)}`)).body.files;
  const shipped = files.find(({ path }: Body) => path === 'policies/shipped.yaml');
  const own = await service.newToken({ actions: ['inventory.adjust'] });
  const text = shipped.text
    .replace(
      'actions: [vendor_payment.create]\n    key: [arguments.vendor_id, arguments.currency]',
      'actions: [inventory.adjust]\n    key: [arguments.sku]',
    )
    .replace('    sum: arguments.amount\n', '');
  expect(text).toContain('actions: [inventory.adjust]\n    key');
  const asked = await service.call(
    '/v1/policies/simulate',
    {
      request: {
        action: 'inventory.adjust',
        arguments: { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' },
        requestedBy: 'ana@example.com',
      },
      bundle: { files: [{ path: 'policies/shipped.yaml', text }] },
    },
    { token: own },
  );
  expect(asked).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
  expect(asked.body.detail).toContain('vendor-payments-24h');
});

test('of the stops, a token of some actions reads those that can hold it back', async () => {
  const own = await service.newToken({ actions: ['vendor.read'] });
  const reason = 'for the list';
  const made: Record<string, string> = {};
  for (const target of [
    { kind: 'all' },
    { kind: 'action', id: 'vendor.read' },
    { kind: 'connector', id: 'mock-erp' },
    { kind: 'requester', id: 'somebody@example.com' },
  ]) {
    const stopped = await service.call('/v1/controls', { target, reason });
    made[target.kind] = stopped.body.id;
  }
  const { items } = (await service.call('/v1/controls?active=true', undefined, { token: own }))
    .body;
  const told = items.map((one: Body) => one.id).sort();
  expect(told).toEqual([made['all'], made['action'], made['connector']].sort());
  expect((await service.call('/v1/controls?active=true')).body.items.length).toBeGreaterThan(4);
  for (const id of Object.values(made)) {
    await service.call(`/v1/controls/${id}/lift`, { reason });
  }
});
