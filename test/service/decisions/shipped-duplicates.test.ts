import { TestService, type Answer, type Body } from '../harness';

/** The shipped rules against payments that are made twice, as they are. */
let service: TestService;
let amount = 400;
beforeAll(async () => {
  service = await TestService.start();
  await service.newPerson('fin@example.com', ['finance_approver']);
});
afterAll(() => service.stop());
beforeEach(() => {
  amount += 1;
});

const pay = (more: object = {}, execute = true): Promise<Answer> =>
  service.tool(
    'vendor_payment.create',
    { vendor_id: 'V-1001', amount: `${amount}.00`, currency: 'USD', ...more },
    { execute },
  );
const written = async (): Promise<number> =>
  (await service.records('payments')).filter((one) => Number(one.amount) === amount).length;
const reasonsOf = ({ decision }: Body): string[] =>
  decision.reasons.map(({ ruleId }: { ruleId: string }) => ruleId);

test('one invoice is paid once, whatever is retried under another key', async () => {
  const invoice = { invoice_ref: 'INV-5001' };
  const first = (await pay(invoice)).body;
  expect(first.state).toBe('executed');
  for (const spelling of ['INV-5001', ' INV-5001', 'INV-5001\u00a0']) {
    const { body } = await pay({ invoice_ref: spelling, amount: `${amount}` });
    expect(body.decision.effect).toBe('block');
    expect(reasonsOf(body)).toEqual(['invoice-paid-twice', 'payment-repeated']);
    expect(JSON.stringify(body.decision.reasons)).toContain(first.id);
  }
  expect(await written()).toBe(1);
});

test('another amount of the invoice is a part of it, and passes', async () => {
  expect((await pay({ invoice_ref: 'INV-5001' })).body.state).toBe('executed');
  amount += 1;
  expect((await pay({ invoice_ref: 'INV-5001' })).body.state).toBe('executed');
});

test('the same amount without an invoice, or for another one, is for finance', async () => {
  expect((await pay()).body.state).toBe('executed');
  for (const more of [{}, { invoice_ref: 'INV-5003' }, { memo: 'again' }]) {
    const { body } = await pay(more);
    expect(body.state).toBe('awaiting_approval');
    expect(reasonsOf(body)).toEqual(['payment-repeated']);
    expect((await service.approval(body.approval.id)).stages).toEqual([
      { role: 'finance_approver', count: 1 },
    ]);
  }
  expect(await written()).toBe(1);
});

test('finance may let it through, and sees its twins and how they stand', async () => {
  const first = (await pay({}, false)).body;
  const second = (await pay()).body;
  expect(await service.approval(second.approval.id)).toMatchObject({
    twins: [{ requestId: first.id, state: 'allowed' }],
  });
  await service.execute(first.id);
  const waiting = (await pay()).body;
  expect((await service.approval(second.approval.id)).twins).toEqual([
    { requestId: first.id, state: 'executed' },
    { requestId: waiting.id, state: 'awaiting_approval' },
  ]);
  await service.vote('fin@example.com', second.approval.id, 'approve');
  expect((await service.execute(second.id)).body.state).toBe('executed');
  expect(await written()).toBe(2);
});

test('an approval without twins says so', async () => {
  amount += 20_000;
  const { body } = await pay();
  expect((await service.approval(body.approval.id)).twins).toEqual([]);
  amount -= 20_000;
});

test('two large payments that wait are seen side by side, and the second comes back when the first was paid', async () => {
  amount += 10_500;
  const large = { vendor_id: 'V-1003' };
  const [a, b] = [(await pay(large)).body, (await pay(large)).body];
  expect(reasonsOf(b)).toEqual(['payment-above-10000']);
  await service.vote('fin@example.com', a.approval.id, 'approve');
  await service.vote('fin@example.com', b.approval.id, 'approve');
  expect((await service.execute(a.id)).body.state).toBe('executed');
  expect((await service.execute(b.id)).status).toBe(409);
  const now = (await service.call(`/v1/requests/${b.id}`)).body;
  expect(now.state).toBe('awaiting_approval');
  expect(reasonsOf(now)).toContain('payment-repeated');
  expect(await written()).toBe(1);
  amount -= 10_500;
});

test('what was refused or undone is no repeat', async () => {
  const first = (await pay({}, false)).body;
  await service.call(`/v1/requests/${first.id}/cancel`, {});
  const second = (await pay()).body;
  expect(second.state).toBe('executed');
  const undo = (await service.call(`/v1/requests/${second.id}/compensate`, { reason: 'wrong' }))
    .body;
  for (const { role } of (await service.approval(undo.approval.id)).stages) {
    await service.newPerson(`${role}@example.com`, [role]);
    await service.vote(`${role}@example.com`, undo.approval.id, 'approve');
  }
  expect((await service.execute(undo.id)).body.state).toBe('executed');
  expect((await pay()).body.state).toBe('executed');
});
