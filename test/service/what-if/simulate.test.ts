import fc from 'fast-check';
import { resolve } from 'node:path';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { TestService, type Answer, type Body } from '../harness';

/** What a policy would say to one request: through the API, against a real store and a mock ERP. */
let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

const simulate = (request: object, more: object = {}): Promise<Answer> =>
  service.call('/v1/policies/simulate', { request, ...more });

const PAYMENT = {
  action: 'vendor_payment.create',
  arguments: { vendor_id: 'V-1001', amount: '12000', currency: 'EUR' },
  requestedBy: 'ana@example.com',
};

const ruleOf = (body: Body, ruleId: string): Body =>
  body.rules.find((rule: Body) => rule.ruleId === ruleId);

test('explains each rule with the values that it looked at, and changes nothing', async () => {
  const before = await service.service.deps.store.log.head();
  const { status, body } = await simulate(PAYMENT);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    effect: 'require_approval',
    policyVersion: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    arguments: { vendor_id: 'V-1001', amount: '12000.00', currency: 'EUR' },
    facts: { vendor: 'looked_up' },
    errors: [],
    decision: {
      reasons: [{ ruleId: 'payment-above-10000' }],
      obligations: { stages: [{ role: 'finance_approver', count: 1 }] },
      facts: { vendor: { value: { status: 'active' } } },
    },
  });
  expect(ruleOf(body, 'payment-above-10000')).toMatchObject({
    kind: 'rule',
    result: 'matched',
    effect: 'require_approval',
    values: { 'arguments.amount': '12000.00', 'arguments.currency': 'EUR' },
  });
  expect(ruleOf(body, 'vendor-inactive')).toMatchObject({
    result: 'not_matched',
    values: { 'facts.vendor.status': 'active' },
  });
  expect(ruleOf(body, 'vendor-payments-24h')).toMatchObject({
    kind: 'limit',
    result: 'not_matched',
  });
  for (const rule of body.rules) expect(rule.why).toMatch(/\S/);
  // That it was asked is an entry; nothing else is.
  expect((await service.service.deps.store.log.head()).size).toBe(before.size + 1);
  expect((await service.call('/v1/requests')).body.items).toEqual([]);
});

test('records and the use of limits can be assumed', async () => {
  const inactive = await simulate({
    ...PAYMENT,
    facts: { vendor: { vendor_id: 'V-1001', name: 'Acme Supplies', status: 'inactive' } },
  });
  expect(inactive.body).toMatchObject({ effect: 'block', facts: { vendor: 'given' } });

  const gone = await simulate({ ...PAYMENT, facts: { vendor: null } });
  expect(gone.body).toMatchObject({
    effect: 'invalid',
    errors: [{ pointer: '/vendor_id', code: 'entity_not_found' }],
    rules: [],
  });

  const small = { ...PAYMENT, arguments: { ...PAYMENT.arguments, amount: '100' } };
  const full = await simulate({ ...small, used: { 'vendor-payments-24h': '24900.01' } });
  expect(full.body.decision.reasons.map(({ ruleId }: Body) => ruleId)).toEqual([
    'vendor-payments-24h',
  ]);
  expect(full.body.decision.limits).toMatchObject([
    { used: '24900.01', max: '25000.00', exceeded: true },
    { limitId: 'payment-repeated', used: '0', exceeded: false },
  ]);
});

test('the moment and the roles can be assumed', async () => {
  const { body } = await simulate({
    ...PAYMENT,
    at: '2026-11-15T23:30:00+01:00',
    roles: ['finance_approver'],
  });
  expect(body.decision.at).toBe('2026-11-15T22:30:00.000Z');
});

test.each([
  ['an unknown action', { ...PAYMENT, action: 'vendor.delete' }, 'block'],
  [
    'wrong arguments',
    { ...PAYMENT, arguments: { vendor_id: 'V-1001', amount: '1', currency: 'EUR', extra: 1 } },
    'invalid',
  ],
])('%s is an answer, not an error', async (_what, request, effect) => {
  expect(await simulate(request)).toMatchObject({ status: 200, body: { effect } });
});

test.each([
  ['a record that the action does not refer to', { facts: { vendr: {} } }, /vendr.*vendor/],
  ['a limit that the action does not have', { used: { 'no-limit': '1' } }, /no-limit/],
  ['something that is no moment', { at: 'tomorrow at noon' }, /tomorrow.*is no moment/],
])('refuses %s with a sentence', async (_what, more, sentence) => {
  const { status, body } = await simulate({ ...PAYMENT, ...more });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'invalid_parameter' });
  expect(body.detail).toMatch(sentence);
});

test('asks for requests:read, keeps to the token’s actions, and for one of request and replay', async () => {
  const none = await service.newToken({ scopes: ['requests:propose'] });
  expect(
    await service.call('/v1/policies/simulate', { request: PAYMENT }, { token: none }),
  ).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
  const narrow = await service.newToken({ scopes: ['requests:read'], actions: ['ticket.route'] });
  expect(
    await service.call('/v1/policies/simulate', { request: PAYMENT }, { token: narrow }),
  ).toMatchObject({ status: 403, body: { code: 'action_not_permitted' } });
  const period = { from: '2026-01-01', to: '2026-02-01' };
  for (const body of [{ bundle: {} }, { request: PAYMENT, replay: period }]) {
    expect(await service.call('/v1/policies/simulate', body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_body' },
    });
  }
});

describe('the same facts and the same clock', () => {
  // Only the date stands still: everything else of the service goes on as always.
  beforeEach(() => {
    jest.useFakeTimers({
      now: new Date('2026-11-18T10:15:00.000Z'),
      doNotFake: [
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const amount = fc
    .tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 99 }))
    .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
  const call = fc.oneof(
    fc.record({
      action: fc.constant('vendor_payment.create'),
      arguments: fc.record(
        {
          vendor_id: fc.constantFrom('V-1001', 'V-1002', 'V-1003', 'V-9999'),
          amount,
          currency: fc.constantFrom('USD', 'EUR', 'CHF'),
          invoice_ref: fc.constantFrom('INV-5001', 'INV-5002'),
        },
        { requiredKeys: ['vendor_id', 'amount', 'currency'] },
      ),
    }),
    fc.record({
      action: fc.constant('inventory.adjust'),
      arguments: fc.record({
        sku: fc.constantFrom('SKU-1001', 'SKU-1002'),
        quantity: fc.integer({ min: -700, max: 700 }),
        warehouse_id: fc.constant('WH-01'),
      }),
    }),
    fc.record({
      action: fc.constantFrom('ticket.route', 'vendor.delete'),
      arguments: fc.record({
        ticket_id: fc.constant('T-3001'),
        queue: fc.constantFrom('billing', 'hr', 'nowhere'),
      }),
    }),
  );
  const around = fc.record({
    confidence: fc.constantFrom(0.5, 0.79, 0.8, 1),
    source: fc.constantFrom('tool', 'chat'),
    context: fc.constantFrom({}, { channel: 'email' }),
  });

  test('a simulation gives, byte for byte, the decision that is then stored', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(call, around, async (asked, more) => {
        const request = { ...asked, ...more, requestedBy: 'ana@example.com' };
        const simulated = (await simulate(request)).body;
        const { body } = await service.tool(asked.action, asked.arguments, more);
        const stored = (await service.service.deps.store.request(body.id))?.value;
        seen.add(simulated.effect);
        if (simulated.effect === 'invalid') {
          expect(stored?.state).toBe('invalid');
          expect(simulated.errors).toEqual(stored?.validation?.errors);
          return;
        }
        // The digest binds the decision to the request's own id, which a simulation does not have.
        const bytes = (decision: object | undefined): string =>
          JSON.stringify({ ...decision, digest: '' });
        expect(bytes(simulated.decision)).toBe(bytes(stored?.decision));
      }),
      { numRuns: 150 },
    );
    expect([...seen].sort()).toEqual(['allow', 'block', 'invalid', 'require_approval']);
  });
});

test('takes a whole bundle, however small a request has to be', async () => {
  const files = readBundleFolder(resolve(__dirname, '../../../policy-service'));
  expect(JSON.stringify(files).length).toBeGreaterThan(64 * 1024);
  const whole = { request: PAYMENT, bundle: { files } };
  expect(await service.call('/v1/policies/simulate', whole)).toMatchObject({
    status: 200,
    body: { effect: (await simulate(PAYMENT)).body.effect },
  });
  const context = { note: 'x'.repeat(64 * 1024) };
  expect(await simulate({ ...PAYMENT, context })).toMatchObject({
    status: 413,
    body: { code: 'body_too_large' },
  });
});
