import { TestService, type Answer } from '../harness';
import { ownBundle } from './own-bundle';

const TERMS = 'approval: { stages: [{ role: finance, count: 1 }], expiresIn: 1h }';
const RULES = `
duplicates:
  - id: invoice-once
    actions: [vendor_payment.create]
    when: has(arguments.invoice_ref)
    key: [arguments.vendor_id, arguments.invoice_ref]
    window: 30d
    effect: block
    message: The invoice is paid or being paid.
  - id: counted-once
    actions: [inventory.adjust]
    when: arguments.reason.startsWith("count")
    key: [arguments.sku, arguments.quantity]
    window: 30d
    effect: require_approval
    message: This count is booked or being booked.
    ${TERMS}
limits:
  - id: open-invoices
    actions: [vendor_payment.create]
    when: has(facts.invoice) && facts.invoice.status == "open" && arguments.currency == "EUR"
    key: [arguments.currency]
    sum: arguments.amount
    window: 24h
    max: '1000'
    effect: require_approval
    message: Open invoices of more than 1,000 a day.
    ${TERMS}
  - id: two-urgent
    actions: [ticket.route]
    when: arguments.priority == "urgent"
    key: [arguments.queue]
    window: 24h
    max: '2'
    effect: require_approval
    message: More than two urgent tickets a day.
    ${TERMS}
`;

let service: TestService;
beforeAll(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: ownBundle(RULES) });
  await service.newPerson('fin@example.com', ['finance']);
});
afterAll(() => service.stop());

const pay = (amount: string, currency: string, more: object = {}): Promise<Answer> =>
  service.tool('vendor_payment.create', { vendor_id: 'V-1001', amount, currency, ...more });
const limitsOf = async (id: string): Promise<string[]> => {
  const entries = await service.timeline(id);
  const [decided] = entries.filter(({ type }) => type === 'request.decided');
  return decided.data.decision.limits.map(({ limitId }: { limitId: string }) => limitId);
};

test('where the condition is false nothing is judged and no place is taken', async () => {
  const plain = [await pay('10.00', 'USD'), await pay('10.00', 'USD')];
  for (const { body } of plain) expect(body.decision.effect).toBe('allow');
  expect(await limitsOf(plain[0]?.body.id)).toEqual([]);
  const invoice = { invoice_ref: 'INV-5001' };
  const first = await pay('10.00', 'USD', invoice);
  expect(first.body.decision.effect).toBe('allow');
  const again = await pay('11.00', 'USD', invoice);
  expect(again.body.decision).toMatchObject({
    effect: 'block',
    reasons: [
      {
        ruleId: 'invoice-once',
        message: `The invoice is paid or being paid. The earlier request is ${first.body.id}.`,
      },
    ],
  });
  const [decided] = (await service.timeline(first.body.id)).filter(
    ({ type }) => type === 'request.decided',
  );
  expect(decided.data.decision.limits).toMatchObject([
    { limitId: 'invoice-once', when: 'has(arguments.invoice_ref)', twins: true },
  ]);
});

test('a condition over facts counts only what it holds for', async () => {
  expect((await pay('900.00', 'EUR')).body.decision.effect).toBe('allow');
  const one = await pay('900.00', 'EUR', { invoice_ref: 'INV-5002' });
  expect(await limitsOf(one.body.id)).toContain('open-invoices');
  expect(one.body.decision.effect).toBe('allow');
  const two = await pay('100.01', 'EUR', { invoice_ref: 'INV-5004' });
  expect(two.body.decision).toMatchObject({
    effect: 'require_approval',
    reasons: [{ ruleId: 'open-invoices' }],
  });
});

test('a condition that cannot be told never allows: duplicates have their effect', async () => {
  const adjust = (more: object = {}): Promise<Answer> =>
    service.tool('inventory.adjust', {
      sku: 'SKU-1001',
      quantity: 3,
      warehouse_id: 'WH-01',
      ...more,
    });
  const { body } = await adjust();
  expect(body.decision).toMatchObject({
    effect: 'require_approval',
    reasons: [
      {
        ruleId: 'counted-once',
        message:
          'Whether this repeats an earlier request cannot be told, because its condition could not be evaluated: arguments.reason is missing.',
      },
    ],
  });
  // Its place is taken all the same: whoever lets it through makes a twin of the next one.
  await service.vote('fin@example.com', body.approval.id, 'approve');
  expect((await service.execute(body.id)).body.state).toBe('executed');
  expect((await adjust({ reason: 'count of May' })).body.decision).toMatchObject({
    effect: 'require_approval',
    reasons: [{ ruleId: 'counted-once', message: expect.stringContaining(body.id) }],
  });
  expect((await adjust({ reason: 'breakage' })).body.decision.effect).toBe('allow');
});

test('a condition that cannot be told never allows: a limit blocks', async () => {
  const route = (more: object = {}): Promise<Answer> =>
    service.tool('ticket.route', { ticket_id: 'T-3001', queue: 'sales', ...more });
  expect((await route()).body.decision).toMatchObject({
    effect: 'block',
    reasons: [
      {
        ruleId: 'two-urgent',
        message:
          'The limit cannot be told, because its condition could not be evaluated: arguments.priority is missing.',
      },
    ],
  });
  const effects: string[] = [];
  for (const priority of ['low', 'urgent', 'high', 'urgent', 'low', 'urgent']) {
    effects.push((await route({ priority })).body.decision.effect);
  }
  expect(effects).toEqual(['allow', 'allow', 'allow', 'allow', 'allow', 'require_approval']);
});

test('of twenty that a condition holds for, at once, one is allowed, and those that it leaves out all are', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      pay('13.00', 'USD', index % 2 === 0 ? { invoice_ref: 'INV-5003' } : {}),
    ),
  );
  const allowed = answers.filter(({ body }) => body.decision?.effect === 'allow');
  expect(allowed.length).toBe(11);
});
