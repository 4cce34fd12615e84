import { TestService, type Answer } from '../harness';
import { ownBundle } from './own-bundle';

const RULES = `
duplicates:
  - id: paid-before
    actions: [vendor_payment.create]
    key: [arguments.vendor_id, arguments.amount, arguments.currency, arguments.invoice_ref]
    window: 30d
    effect: require_approval
    message: The same payment was made before.
    approval: { stages: [{ role: finance, count: 1 }], expiresIn: 1h, comment: required }
  - id: routed-before
    actions: [ticket.route]
    key: [arguments.ticket_id, arguments.queue]
    window: 1d
    effect: block
    message: The ticket was routed there before.
    mode: log_only
`;

let service: TestService;
beforeAll(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: ownBundle(RULES) });
  await service.newPerson('fin@example.com', ['finance']);
});
afterAll(() => service.stop());

const pay = (amount: string, more: object = { invoice_ref: 'INV-5001' }): Promise<Answer> =>
  service.tool('vendor_payment.create', { vendor_id: 'V-1001', amount, currency: 'USD', ...more });

test('the second of two equal payments is held, and the reason names the first', async () => {
  const first = await pay('100.00');
  expect(first.body.decision.effect).toBe('allow');
  const second = await pay('100');
  expect(second.body.decision).toMatchObject({
    effect: 'require_approval',
    reasons: [
      {
        ruleId: 'paid-before',
        message: `The same payment was made before. The earlier request is ${first.body.id}.`,
      },
    ],
  });
  const [entry] = (await service.timeline(second.body.id)).filter(
    ({ type }) => type === 'request.decided',
  );
  expect(entry.data.decision.limits).toMatchObject([
    { limitId: 'paid-before', unit: 'count', used: '1', max: '1', holders: [first.body.id] },
  ]);
  expect((await pay('100.01')).body.decision.effect).toBe('allow');
  expect((await pay('100.00', { invoice_ref: 'INV-5002' })).body.decision.effect).toBe('allow');
});

test('people may let a repeated payment through', async () => {
  const first = await pay('101.00');
  const second = await pay('101.00');
  const as = await service.person('fin@example.com');
  const { id } = second.body.approval;
  const { digest } = (await as(`/v1/approvals/${id}`)).body;
  await as(`/v1/approvals/${id}/votes`, { vote: 'approve', digest, comment: 'Two deliveries.' });
  for (const { body } of [first, second]) {
    expect((await service.execute(body.id)).body.state).toBe('executed');
  }
});

test('of twenty equal payments at once one is allowed', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => pay('102.00')));
  const allowed = answers.filter(({ body }) => body.decision.effect === 'allow');
  expect(allowed).toHaveLength(1);
});

test('an earlier request that wrote nothing is no duplicate', async () => {
  const first = await pay('103.00');
  await service.call(`/v1/requests/${first.body.id}/cancel`, {});
  expect((await pay('103.00')).body.decision.effect).toBe('allow');
});

test('without a part of the key nobody can tell, so the same people are asked', async () => {
  const { body } = await pay('104.00', {});
  expect(body.decision).toMatchObject({
    effect: 'require_approval',
    reasons: [
      {
        ruleId: 'paid-before',
        message:
          'Whether this repeats an earlier request cannot be told, because arguments.invoice_ref is missing.',
      },
    ],
  });
  expect(await service.approval(body.approval.id)).toMatchObject({
    stages: [{ role: 'finance', count: 1 }],
    comment: 'required',
  });
});

test('on trial a repeat is reported with what it would have flipped, and lets both pass', async () => {
  const route = (): Promise<Answer> =>
    service.tool('ticket.route', { ticket_id: 'T-3001', queue: 'sales' });
  expect((await route()).body.decision).not.toHaveProperty('shadow');
  for (let times = 0; times < 2; times += 1) {
    expect((await route()).body.decision).toMatchObject({
      effect: 'allow',
      shadow: [{ ruleId: 'routed-before', effect: 'block', flips: 'block' }],
    });
  }
});
