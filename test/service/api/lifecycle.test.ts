import { TestService, type Body } from '../harness';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
  await service.newPerson('finance@example.com', ['finance_approver', 'reviewer']);
  await service.newPerson('operations@example.com', ['operations_approver']);
});
afterAll(() => service.stop());

async function decided(text: string): Promise<{ id: string; body: Body }> {
  const created = await service.propose(text);
  expect(created.status).toBe(201);
  const { id } = created.body;
  const validated = await service.call(`/v1/requests/${id}/validate`, {});
  if (validated.body.state !== 'validated') return { id, body: validated.body };
  const answer = await service.call(`/v1/requests/${id}/decide`, {});
  expect(answer.status).toBe(200);
  return { id, body: answer.body };
}

describe('one request, step by step', () => {
  test('an allowed change is executed once and proved', async () => {
    const before = (await service.records('movements')).length;
    const { id, body } = await decided(
      'Increase inventory for item SKU-1001 by 25 units in warehouse WH-01',
    );
    expect(body).toMatchObject({
      state: 'allowed',
      decision: { effect: 'allow' },
      needsPerson: false,
    });
    expect(body).not.toHaveProperty('approval');
    expect(body).not.toHaveProperty('execution');

    const executed = await service.execute(id);
    expect(executed).toMatchObject({
      status: 200,
      body: {
        state: 'executed',
        execution: { status: 'executed', erpReference: expect.stringMatching(/^MOV-/) },
      },
    });
    const again = await service.execute(id);
    expect(again.body.execution).toEqual(executed.body.execution);

    const movements = await service.records('movements');
    expect(movements).toHaveLength(before + 1);
    expect(movements.at(-1)).toMatchObject({
      sku: 'SKU-1001',
      quantity: 25,
      warehouse_id: 'WH-01',
    });

    const types = (await service.timeline(id)).map((entry) => [entry.type, entry.moment]);
    expect(types).toEqual([
      ['request.received', undefined],
      ['request.extracted', 'recommendation'],
      ['request.validated', undefined],
      ['request.decided', undefined],
      ['request.executing', undefined],
      ['request.executed', 'write_back'],
    ]);
  });

  test('a payment above the threshold waits for a person of finance', async () => {
    const { id, body } = await decided('Pay vendor V-1001 12,500.00 USD for invoice INV-5001');
    expect(body).toMatchObject({
      state: 'awaiting_approval',
      decision: { effect: 'require_approval', reasons: [{ ruleId: 'payment-above-10000' }] },
      approval: { state: 'pending', url: expect.stringContaining('/inbox/apr_') },
    });
    const early = await service.execute(id);
    expect(early).toMatchObject({
      status: 409,
      body: { code: 'not_executable', state: 'awaiting_approval' },
    });
    expect(await service.records('payments')).toHaveLength(0);

    const voted = await service.vote('finance@example.com', body.approval.id, 'approve');
    expect(voted).toMatchObject({
      status: 200,
      body: { state: 'approved', votes: [{ role: 'finance_approver' }] },
    });
    expect(await service.records('payments')).toHaveLength(0);

    const executed = await service.execute(id);
    expect(executed.body).toMatchObject({
      state: 'executed',
      execution: { erpReference: expect.stringMatching(/^PAY-/) },
    });
    expect(await service.records('payments')).toHaveLength(1);
    const moments = (await service.timeline(id)).map(({ moment }) => moment).filter(Boolean);
    expect(moments).toEqual(['recommendation', 'confirmation', 'write_back']);
  });

  test('rejected means that nothing is written, however often it is tried', async () => {
    const { id, body } = await decided(
      'Increase inventory for item SKU-1002 by 600 units in warehouse WH-01',
    );
    expect(body.approval).toBeDefined();
    const rejected = await service.vote('operations@example.com', body.approval.id, 'reject');
    expect(rejected.body.state).toBe('rejected');
    const tried = await service.execute(id);
    expect(tried).toMatchObject({
      status: 409,
      body: { code: 'not_executable', state: 'rejected' },
    });
    expect((await service.records('movements')).filter((one) => one.quantity === 600)).toHaveLength(
      0,
    );
    expect((await service.timeline(id)).at(-1)).toMatchObject({
      type: 'request.command_refused',
      data: { code: 'not_executable' },
    });
  });

  test.each([
    ['Pay 500.00 USD for invoice INV-5001', 'invalid', '/vendor_id'],
    ['Pay vendor V-9999 500.00 USD', 'invalid', '/vendor_id'],
    [
      'Increase inventory for item SKU-1001 by 25 units in warehouse WH-77',
      'invalid',
      '/warehouse_id',
    ],
    ['do something about the widgets', 'invalid', ''],
  ])('%s is %s at %s', async (text, state, pointer) => {
    const { body } = await decided(text);
    expect(body).toMatchObject({ state, needsPerson: true, validation: { valid: false } });
    const pointers: { pointer: string; message: string }[] = body.validation.errors;
    expect(pointers.map((error) => error.pointer)).toContain(pointer);
    expect(pointers[0]?.message).toMatch(/\.$/);
  });

  test('a payment to an inactive vendor is blocked', async () => {
    const { id, body } = await decided('Pay vendor V-1002 100.00 USD');
    expect(body).toMatchObject({
      state: 'blocked',
      decision: { effect: 'block', reasons: [{ ruleId: 'vendor-inactive' }] },
    });
    expect((await service.execute(id)).status).toBe(409);
  });

  test('an unknown action is blocked', async () => {
    const created = await service.call('/v1/requests', {
      source: 'agent',
      requestedBy: 'bot',
      intent: { action: 'payroll.run', arguments: {}, confidence: 1 },
    });
    const validated = await service.call(`/v1/requests/${created.body.id}/validate`, {});
    expect(validated.body).toMatchObject({
      state: 'blocked',
      decision: { reasons: [{ ruleId: 'unknown-action' }] },
    });
  });

  test('a hedged request goes to review', async () => {
    const { body } = await decided('maybe bump SKU-1001 by 20 in WH-01, I guess');
    expect(body).toMatchObject({
      state: 'awaiting_approval',
      decision: { reasons: [{ ruleId: 'low-confidence' }] },
    });
  });

  test('a recommendation ends without a write', async () => {
    const { id, body } = await decided('Record a journal: Dr 6100 / Cr 2100, USD 275.40.');
    expect(body).toMatchObject({ state: 'recommended', decision: { effect: 'recommend' } });
    expect((await service.execute(id)).body).toMatchObject({
      code: 'not_executable',
      state: 'recommended',
    });
    expect(await service.records('journal')).toHaveLength(0);
  });

  test('a reader gets data through the same path', async () => {
    const answer = await service.tool('vendor.read', { vendor_id: 'V-1001' }, { execute: true });
    expect(answer.body).toMatchObject({
      state: 'executed',
      execution: { result: { name: 'Acme Supplies' } },
    });
  });
});

describe('cancelling and editing', () => {
  test('a waiting request can be cancelled; its approval takes no votes any more', async () => {
    const { id, body } = await decided('Pay vendor V-1003 11000.00 USD');
    const cancelled = await service.call(`/v1/requests/${id}/cancel`, { reason: 'ordered twice' });
    expect(cancelled.body).toMatchObject({ state: 'cancelled', approval: { state: 'cancelled' } });
    const late = await service.vote('finance@example.com', body.approval.id, 'approve');
    expect(late).toMatchObject({ status: 409, body: { code: 'approval_closed' } });
    expect((await service.call(`/v1/requests/${id}/cancel`, {})).status).toBe(409);
  });

  test('an edit is a new request linked to the old', async () => {
    const { id } = await decided('Pay 500.00 USD for invoice INV-5001');
    const edited = await service.call(`/v1/requests/${id}/resubmit`, {
      requestText: 'Pay vendor V-1001 500.00 USD',
    });
    expect(edited).toMatchObject({
      status: 201,
      body: { resubmittedFrom: id, state: 'extracted' },
    });
    expect(edited.body.id).not.toBe(id);
  });
});
