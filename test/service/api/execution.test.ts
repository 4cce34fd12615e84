import { TestService } from '../harness';

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('finance@example.com', ['finance_approver']);
});
afterEach(() => service.stop());

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };

describe('whatever the ERP does, there is at most one document and no lie', () => {
  test.each([
    ['delay', 'executed', 1],
    ['drop_before_commit', 'executed', 1],
    ['drop_after_commit', 'executed', 1],
    ['duplicate_answer', 'executed', 1],
    ['truncated_answer', 'executed', 1],
    ['poisonous_answer', 'executed', 1],
    ['status_429', 'executed', 1],
    ['status_500_committed', 'executed', 1],
  ])('%s once ends %s', async (kind, state, documents) => {
    await service.fault(kind, 1, 200);
    const answer = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
    expect(answer.body).toMatchObject({ state, execution: { status: state } });
    expect(await service.records('payments')).toHaveLength(documents);
  });

  test('an ERP that never answers leaves the outcome unknown; it is found out later, once', async () => {
    await service.fault('drop_after_commit', 1000);
    const answer = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
    expect(answer.body).toMatchObject({
      state: 'outcome_unknown',
      needsPerson: true,
      execution: { status: 'outcome_unknown' },
    });
    expect(answer.body.message).toMatch(/not known/);
    await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });

    service.background();
    await waitFor(
      async () => (await service.call(`/v1/requests/${answer.body.id}`)).body.state === 'executed',
    );
    expect(await service.records('payments')).toHaveLength(1);
  });

  test('what the ERP refuses is failed, with its reason, and its limit is given back', async () => {
    const adjust = { sku: 'SKU-1001', quantity: -400, warehouse_id: 'WH-01' };
    const answer = await service.tool('inventory.adjust', adjust, { execute: true });
    expect(answer.body).toMatchObject({
      state: 'failed',
      needsPerson: false,
      execution: { status: 'failed' },
    });
    expect(answer.body.execution.message).toMatch(/100 units/);
    expect(await service.records('movements')).toHaveLength(0);
  });
});

describe('facts that cannot be had stop everything, with the state unchanged', () => {
  test('validate, decide and execute answer 503 while the ERP is down', async () => {
    const allowed = await service.tool('vendor_payment.create', PAYMENT);
    await service.stopErp();
    const tool = await service.tool('vendor_payment.create', { ...PAYMENT, vendor_id: 'V-1003' });
    expect(tool).toMatchObject({ status: 503, body: { code: 'facts_unavailable' } });
    expect(tool.headers.get('retry-after')).toBe('5');
    const execute = await service.execute(allowed.body.id);
    expect(execute).toMatchObject({ status: 503, body: { code: 'facts_unavailable' } });
    expect((await service.call(`/v1/requests/${allowed.body.id}`)).body.state).toBe('allowed');
  });
});

describe('the last check before the write', () => {
  test('a vendor that became inactive after the decision is not paid', async () => {
    const { id } = (await service.tool('vendor_payment.create', PAYMENT)).body;
    await service.deactivateVendor('V-1001');
    const answer = await service.execute(id);
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'not_executable', state: 'blocked', reasons: [{ ruleId: 'vendor-inactive' }] },
    });
    expect(await service.records('payments')).toHaveLength(0);
  });

  test('an approved request whose content was changed in the database is superseded', async () => {
    const waiting = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '12500.00' });
    const { id, approval } = waiting.body;
    await service.vote('finance@example.com', approval.id, 'approve');
    await service.tamper(id, (request) => {
      request.arguments = { ...request.arguments, amount: '99999.00' };
    });
    expect(await service.execute(id)).toMatchObject({
      status: 409,
      body: { code: 'not_executable', state: 'superseded' },
    });
    expect(await service.records('payments')).toHaveLength(0);
  });

  test('a state forged into the body is refused as an unknown field', async () => {
    const waiting = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '12500.00' });
    const forged = await service.call(`/v1/requests/${waiting.body.id}/execute`, {
      state: 'approved',
      decision: { effect: 'allow' },
    });
    expect(forged).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
    expect(await service.records('payments')).toHaveLength(0);
  });

  test('stricter rules that came after the approval win', async () => {
    const waiting = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '12500.00' });
    const { id, approval } = waiting.body;
    await service.vote('finance@example.com', approval.id, 'approve');
    await service.activate(
      service.bundleWith(
        (rules) => `${rules}
  - id: second-stage
    actions: [vendor_payment.create]
    sum: arguments.amount
    key: [arguments.vendor_id, arguments.currency]
    window: 1h
    max: '12000'
    effect: require_approval
    message: The chief decides.
    approval: { stages: [{ role: chief, count: 1 }], expiresIn: 1h }
`,
      ),
    );
    const answer = await service.execute(id);
    expect(answer).toMatchObject({ status: 409, body: { state: 'awaiting_approval' } });
    const now = (await service.call(`/v1/requests/${id}`)).body;
    expect(now.approval.id).not.toBe(approval.id);
    expect((await service.approval(approval.id)).state).toBe('superseded');
    expect(await service.records('payments')).toHaveLength(0);
  });
});

describe('limits', () => {
  test('fifty payments of nearly 9,999 at once do not pass 25,000 without a person', async () => {
    const answers = await Promise.all(
      // A cent apart: the same amount again would be held for being a repeat.
      Array.from({ length: 50 }, (_, index) =>
        service.tool(
          'vendor_payment.create',
          { ...PAYMENT, amount: `9998.${10 + index}` },
          { execute: true },
        ),
      ),
    );
    const states = answers.map(({ body }) => body.state ?? body.code);
    expect(states.filter((state) => state === 'executed')).toHaveLength(2);
    expect(states.filter((state) => state === 'awaiting_approval')).toHaveLength(48);
    expect(await service.records('payments')).toHaveLength(2);
  });

  test('a cancelled request gives its share back; other currencies and vendors have their own', async () => {
    const pay = (amount: string, more = {}) =>
      service.tool('vendor_payment.create', { ...PAYMENT, amount, ...more });
    const first = await pay('9000.00');
    await pay('9001.00');
    expect((await pay('9002.00')).body.state).toBe('awaiting_approval');
    expect((await pay('9000.00', { currency: 'EUR' })).body.state).toBe('allowed');
    expect((await pay('9000.00', { vendor_id: 'V-1003' })).body.state).toBe('allowed');
    await service.call(`/v1/requests/${first.body.id}/cancel`, {});
    expect((await pay('7000.00')).body.state).toBe('allowed');
  });
});

async function waitFor(check: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 100_000;
  while (!(await check())) {
    if (Date.now() > until) throw new Error('it did not happen within 100 seconds');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a repeat of an execution says that it is one, under any key', async () => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  const path = `/v1/requests/${body.id}/execute`;
  const marks = [];
  for (const key of ['first', 'first', 'another']) {
    const { status, headers } = await service.call(path, {}, { key });
    marks.push([status, headers.get('idempotent-replayed')]);
  }
  expect(marks).toEqual([
    [200, null],
    [200, 'true'],
    [200, 'true'],
  ]);
});
