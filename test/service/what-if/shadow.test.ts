import { rmSync } from 'node:fs';
import { bundleFolder } from '../bundle-folder';
import { TestService, type Body } from '../harness';

/** What rules on trial would have done, as the decisions of a running service recorded it. */
const TRIAL = `rules:
  - id: trial-small-payments
    actions: [vendor_payment.create]
    when: arguments.amount > decimal("100")
    effect: require_approval
    message: Payments above 100 would need approval.
    mode: log_only
  - id: trial-never
    actions: [vendor_payment.create]
    when: arguments.vendor_id == "V-9998"
    effect: block
    message: Never.
    mode: log_only
limits:
  - id: trial-two-a-day
    actions: [vendor_payment.create]
    key: [arguments.vendor_id]
    window: 24h
    max: '2'
    effect: block
    message: Two payments a day.
    mode: log_only
`;

let service: TestService;
let folder: string;
beforeAll(async () => {
  folder = bundleFolder({ files: { 'policies/trial.yaml': TRIAL } });
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: folder });
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pay = async (amount: string): Promise<string> => {
  const args = { vendor_id: 'V-1001', amount, currency: 'USD' };
  const { body } = await service.tool('vendor_payment.create', args);
  return body.id;
};

test('counts for each rule on trial what it matched, what it would have changed, and which', async () => {
  const [, second, third, large] = [
    await pay('50.00'),
    await pay('150.00'),
    await pay('250.50'),
    await pay('20000.00'),
  ];
  const { status, body } = await service.call('/v1/policies/shadow');
  expect(status).toBe(200);
  expect(body.decisions).toBe(4);
  const rule = (id: string): Body => body.rules.find(({ ruleId }: Body) => ruleId === id);
  expect(rule('trial-small-payments')).toEqual({
    ruleId: 'trial-small-payments',
    message: 'Payments above 100 would need approval.',
    onTrial: true,
    matched: 3,
    flipped: 2,
    flips: [
      {
        from: 'allow',
        to: 'require_approval',
        count: 2,
        money: [{ currency: 'USD', amount: '400.50' }],
      },
    ],
  });
  expect(rule('trial-never')).toEqual({
    ruleId: 'trial-never',
    onTrial: true,
    matched: 0,
    flipped: 0,
    flips: [],
  });
  expect(rule('trial-two-a-day')).toMatchObject({ matched: 2, flipped: 2 });
  const flipped = body.items.map(({ ruleId, requestId, to }: Body) => [ruleId, requestId, to]);
  expect(flipped).toEqual([
    ['trial-small-payments', second, 'require_approval'],
    ['trial-small-payments', third, 'require_approval'],
    ['trial-two-a-day', third, 'block'],
    ['trial-two-a-day', large, 'block'],
  ]);
});

test('pages through the decisions, and looks only at the period', async () => {
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '3', ...(cursor ? { cursor } : {}) }).toString();
    const { body } = await service.call(`/v1/policies/shadow?${query}`);
    seen.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(4);
  const past = await service.call('/v1/policies/shadow?from=2020-01-01&to=2020-02-01');
  expect(past.body).toMatchObject({ decisions: 0, items: [] });
  expect(past.body.rules).toHaveLength(3);
  const turned = await service.call('/v1/policies/shadow?from=2020-02-01&to=2020-01-01');
  expect(turned).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
});
