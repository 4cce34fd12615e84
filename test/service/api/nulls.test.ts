import { withoutAbsent } from '../../../policy-service/src/http/absent';
import { PROPOSAL } from '../../../policy-service/src/http/body-schemas';
import { TestService } from '../harness';

/** Models send null for what they leave out: for an optional argument that says the same. */
let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };

test('nulls of optional arguments count as absent, whichever way the request comes', async () => {
  const nulls = { ...PAYMENT, invoice_ref: null, memo: null };
  const tool = await service.tool('vendor_payment.create', nulls, { execute: true });
  expect(tool.body).toMatchObject({ state: 'executed' });

  const proposed = await service.call('/v1/requests', {
    source: 'test',
    requestedBy: 'ana@example.com',
    intent: { action: 'inventory.adjust', confidence: 1, arguments: ADJUST },
  });
  const validated = await service.call(`/v1/requests/${proposed.body.id}/validate`, {});
  expect(validated.body).toMatchObject({ state: 'validated', validation: { valid: true } });

  const resubmitted = await service.call(`/v1/requests/${proposed.body.id}/resubmit`, {
    intent: { action: 'inventory.adjust', confidence: 1, arguments: { ...ADJUST, quantity: 4 } },
  });
  const again = await service.call(`/v1/requests/${resubmitted.body.id}/validate`, {});
  expect(again.body).toMatchObject({ state: 'validated' });

  const asked = await service.call('/v1/policies/simulate', {
    request: {
      action: 'vendor_payment.create',
      requestedBy: 'ana@example.com',
      arguments: { ...nulls, vendor_id: 'V-1003' },
    },
  });
  expect(asked.body).toMatchObject({ decision: { effect: 'allow' } });
});

const ADJUST = { sku: 'SKU-1001', quantity: 3, warehouse_id: 'WH-01', reason: null };

test('a null and its absence are twins: one after the other is the same payment', async () => {
  const twin = { vendor_id: 'V-1003', amount: '77.00', currency: 'USD' };
  expect((await service.tool('vendor_payment.create', twin)).body.state).toBe('allowed');
  const { body } = await service.tool('vendor_payment.create', { ...twin, memo: null });
  expect(body.state).not.toBe('allowed');
});

test('a null of a needed argument is told with its pointer', async () => {
  const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount: null });
  expect(body).toMatchObject({
    state: 'invalid',
    validation: { errors: [{ pointer: '/amount', message: expect.stringContaining('null') }] },
  });
});

const ASKED = { requestedBy: 'ana@example.com', arguments: { vendor_id: 'V-1001' } };

test.each(['source', 'confidence', 'context', 'execute'])(
  'a null of the optional member %s of a call counts as absent',
  async (member) => {
    const { status, body } = await service.call(
      '/v1/tools/vendor.read',
      { ...ASKED, [member]: null },
      { key: `null-${member}` },
    );
    expect([status, body.state]).toEqual([200, 'allowed']);
  },
);

test('nulls of optional members of a proposal count as absent, also inside of them', async () => {
  const proposal = { source: 'test', requestedBy: 'ana@example.com' };
  const intent = { action: 'vendor.read', confidence: 1, arguments: { vendor_id: 'V-1001' } };
  const formed = await service.call('/v1/requests', {
    ...proposal,
    requestText: null,
    context: null,
    intent: { ...intent, model: null },
  });
  expect(formed.status).toBe(201);
  const worded = await service.call('/v1/requests', {
    ...proposal,
    requestText: 'Show me vendor V-1001',
    intent: null,
  });
  expect(worded.status).toBe(201);
});

test('a null of a needed member is refused, and nothing at all is no proposal', async () => {
  const { requestedBy, ...rest } = ASKED;
  const missing = await service.call('/v1/tools/vendor.read', { ...rest, requestedBy: null });
  expect(requestedBy).toBeDefined();
  expect(missing.status).toBe(400);
  const empty = await service.call('/v1/requests', {
    source: 'test',
    requestedBy: 'ana@example.com',
    requestText: null,
    intent: null,
  });
  expect(empty.status).toBe(400);
});

test('what the schema of a body does not describe keeps its nulls', () => {
  const proposal = {
    source: null,
    context: { order: null },
    intent: { action: null, model: null },
  };
  expect(withoutAbsent(proposal, PROPOSAL)).toEqual({
    source: null,
    context: { order: null },
    intent: { action: null },
  });
});
