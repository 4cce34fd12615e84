import { TestService, type Answer } from '../harness';
import { bundleFolder, GOODS, RECEIVE_GOODS } from '../bundle-folder';

const BUNDLE = bundleFolder({
  files: { 'catalogue/goods.receive.yaml': RECEIVE_GOODS },
});
const PAYMENT = { vendor_id: 'V-1001', amount: '9000.00', currency: 'USD' };

let service: TestService;
beforeEach(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE });
  await service.newPerson('finance@example.com', ['finance_approver', 'reviewer']);
});
afterEach(() => service.stop());

const compensate = (id: string, reason = 'Paid by mistake'): Promise<Answer> =>
  service.call(`/v1/requests/${id}/compensate`, { reason });
const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;

async function executed(action: string, args: object): Promise<Answer['body']> {
  const { body } = await service.tool(action, args, { execute: true });
  expect(body.state).toBe('executed');
  return body;
}

async function approveAsAsked(id: string): Promise<void> {
  const { approval } = await read(id);
  const shown = await service.approval(approval.id);
  for (const { role } of shown.stages) {
    await service.newPerson(`${role}@example.com`, [role]);
    await service.vote(`${role}@example.com`, approval.id, 'approve');
  }
}

test('a payment is undone by a request of its own: approved, executed once, seen in the ERP', async () => {
  const paid = await executed('vendor_payment.create', PAYMENT);
  const asked = await compensate(paid.id);
  expect(asked).toMatchObject({
    status: 201,
    body: {
      kind: 'compensation',
      compensates: paid.id,
      state: 'awaiting_approval',
      intent: { arguments: { erp_reference: paid.execution.erpReference } },
    },
  });
  expect(await read(paid.id)).toMatchObject({ state: 'executed', compensatedBy: asked.body.id });
  expect((await service.execute(asked.body.id)).status).toBe(409);
  expect(await service.records('payments')).toHaveLength(1);

  await approveAsAsked(asked.body.id);
  const undone = await service.execute(asked.body.id);
  expect(undone).toMatchObject({ status: 200, body: { state: 'executed' } });
  expect(await read(paid.id)).toMatchObject({ state: 'compensated', needsPerson: false });
  const payments = await service.records('payments');
  expect(payments).toHaveLength(2);
  expect(payments).toContainEqual(
    expect.objectContaining({ reverses: paid.execution.erpReference }),
  );
  const types = (await service.timeline(paid.id)).map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining([
      'request.compensation_requested',
      'request.compensating',
      'request.compensated',
    ]),
  );

  const again = await service.execute(asked.body.id);
  expect(again.body.state).toBe('executed');
  expect(await service.records('payments')).toHaveLength(2);
});

test('an undone payment gives its share of the limit back', async () => {
  // Different amounts: the same one again would be held for being a repeat.
  const pay = (): Promise<Answer> =>
    service.tool('vendor_payment.create', { ...PAYMENT, amount: '9002.00' });
  const paid = await executed('vendor_payment.create', PAYMENT);
  await executed('vendor_payment.create', { ...PAYMENT, amount: '9001.00' });
  expect((await pay()).body.state).toBe('awaiting_approval');
  const { body } = await compensate(paid.id);
  await approveAsAsked(body.id);
  await service.execute(body.id);
  expect((await pay()).body.state).toBe('allowed');
});

test('asked twice, there is one compensation; one that was rejected does not stand in the way', async () => {
  const paid = await executed('vendor_payment.create', PAYMENT);
  const [first, second] = await Promise.all([compensate(paid.id), compensate(paid.id)]);
  expect(second.body.id).toBe(first.body.id);
  const { approval } = await read(first.body.id);
  const shown = await service.approval(approval.id);
  await service.newPerson('no@example.com', [shown.stages[0].role]);
  await service.vote('no@example.com', approval.id, 'reject');
  const third = await compensate(paid.id);
  expect(third.body).toMatchObject({ state: 'awaiting_approval' });
  expect(third.body.id).not.toBe(first.body.id);
});

test.each([
  ['customer.notify', { customer_id: 'CU-4001', template: 'order_delayed' }, 'irreversible'],
  ['vendor.read', { vendor_id: 'V-1001' }, 'nothing-to-undo'],
])('%s cannot be undone, and a sentence says why', async (action, args, ruleId) => {
  const { body } = await service.tool(action, args);
  if (body.state === 'awaiting_approval') await approveAsAsked(body.id);
  await service.execute(body.id);
  const answer = await compensate(body.id);
  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'not_executable', state: 'executed', reasons: [{ ruleId }] },
  });
  expect(answer.body.detail).toMatch(/undo/);
});

test('what was not executed is not undone, and an undoing is no action to propose', async () => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  expect(await compensate(body.id)).toMatchObject({ status: 409, body: { state: 'allowed' } });
  const forged = await service.tool('vendor_payment.create.undo', {
    ...PAYMENT,
    erp_reference: 'PAY-000001',
  });
  expect(forged.body).toMatchObject({
    state: 'blocked',
    decision: { reasons: [{ ruleId: 'unknown-action' }] },
  });
});

test('an undoing that the ERP refuses is a failed compensation, with the role in charge', async () => {
  const paid = await executed('vendor_payment.create', PAYMENT);
  await fetch(`${service.erpUrl}/payments/${paid.execution.erpReference}/reverse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { body } = await compensate(paid.id);
  await approveAsAsked(body.id);
  expect((await service.execute(body.id)).body).toMatchObject({ state: 'failed' });
  const original = await read(paid.id);
  expect(original).toMatchObject({ state: 'compensation_failed', needsPerson: true });
  expect(original.inCharge).toEqual(expect.any(String));
  expect(original.message).toContain(original.inCharge);
});

describe('an action of two steps', () => {
  test('keeps what each step brought, and is undone in reverse', async () => {
    const done = await executed('goods.receive', GOODS);
    expect(done.execution.steps).toMatchObject([
      { name: 'book', status: 'done', erpReference: expect.stringMatching(/^MOV/) },
      { name: 'pay', status: 'done', erpReference: expect.stringMatching(/^PAY/) },
    ]);
    const { body } = await compensate(done.id);
    expect(body.state).toBe('allowed');
    const undone = await service.execute(body.id);
    expect(undone.body.execution.steps.map(({ name }: { name: string }) => name)).toEqual([
      'undo-pay',
      'undo-book',
    ]);
    expect((await read(done.id)).state).toBe('compensated');
    expect(await service.records('movements')).toHaveLength(2);
    expect(await service.records('payments')).toHaveLength(2);
  });

  test('takes back the first step when the ERP refuses the second', async () => {
    const { body } = await service.tool(
      'goods.receive',
      { ...GOODS, vendor_id: 'V-9999' },
      { execute: true },
    );
    expect(body).toMatchObject({ state: 'compensated', needsPerson: false });
    expect(body.execution).toMatchObject({
      steps: [
        { name: 'book', status: 'done' },
        { name: 'pay', status: 'failed' },
      ],
      undo: [{ name: 'undo-book', status: 'done' }],
    });
    const movements = await service.records('movements');
    expect(movements.map(({ quantity }) => quantity).sort()).toEqual([-5, 5]);
    expect(await service.records('payments')).toHaveLength(0);
  });

  test('says so when the first step cannot be taken back', async () => {
    // Refused as a payment, then cut so often that the undoing has no answer either.
    await service.restart({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE });
    const take = service.service.deps.connector('mock-erp');
    service.service.deps.connector = () => ({
      ...take,
      id: take.id,
      traits: take.traits,
      lookup: (...args) => take.lookup(...args),
      ping: () => take.ping(),
      perform: (input, context) =>
        input.operation === 'stock_adjust_reverse'
          ? Promise.resolve({ outcome: 'refused', message: 'The period is closed.', attempts: [] })
          : take.perform(input, context),
    });
    const { body } = await service.tool(
      'goods.receive',
      { ...GOODS, vendor_id: 'V-9999' },
      { execute: true },
    );
    expect(body).toMatchObject({
      state: 'compensation_failed',
      needsPerson: true,
      inCharge: 'operations',
    });
    expect(body.message).toMatch(/operations/);
    expect(await service.records('movements')).toHaveLength(1);
  });

  test('an unanswered second step is sent again after a look, and nothing is written twice', async () => {
    await service.fault('delay', 1, 1);
    await service.fault('drop_after_commit', 1000);
    const { body } = await service.tool('goods.receive', GOODS, { execute: true });
    expect(body).toMatchObject({
      state: 'outcome_unknown',
      execution: { steps: [{ status: 'done' }, { status: 'unknown' }] },
    });
    expect(body.execution.nextLookAt).toEqual(expect.any(String));
    await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
    await service.newPerson('operator@example.com', ['operator']);
    const as = await service.person('operator@example.com');
    const answer = await as(`/v1/requests/${body.id}/reconcile`, {});
    expect(answer.body).toMatchObject({ state: 'executed' });
    expect(await service.records('movements')).toHaveLength(1);
    expect(await service.records('payments')).toHaveLength(1);
  });
});
