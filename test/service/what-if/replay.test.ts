import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { askInPlace } from '../../../policy-service/src/application/what-if/ask-in-place';
import { replayPage } from '../../../policy-service/src/application/what-if/replay-page';
import { TestService, type Answer, type Body } from '../harness';

/** A draft over stored decisions, and the report on rules on trial: through the API. */
let service: TestService;
/** Each test looks only at what it did itself. */
let from: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 2));
  from = new Date().toISOString();
});
afterAll(() => service.stop());

const SHIPPED = readFileSync(
  resolve(__dirname, '../../../policy-service/policies/shipped.yaml'),
  'utf8',
);
const TO = '2099-01-01T00:00:00Z';

const draft = (change: (rules: string) => string): object => ({
  files: [{ path: 'policies/shipped.yaml', text: change(SHIPPED) }],
});
const replay = (bundle: object, more: object = {}): Promise<Answer> =>
  service.call('/v1/policies/simulate', { replay: { from, to: TO, bundle, ...more } });

const pay = async (amount: string, currency = 'USD', vendor = 'V-1001'): Promise<string> =>
  (await service.tool('vendor_payment.create', { vendor_id: vendor, amount, currency })).body.id;

const atThousand = (rules: string): string =>
  rules.replaceAll('decimal("10000")', 'decimal("1000")');

test('the active rules change nothing of what they decided', async () => {
  await pay('500.00');
  await pay('12000.00');
  await service.tool('inventory.adjust', { sku: 'SKU-1001', quantity: 501, warehouse_id: 'WH-01' });
  await service.tool('vendor.delete', {});
  const args = { vendor_id: 'V-1001', amount: '300.00', currency: 'USD' };
  const executed = await service.tool('vendor_payment.create', args, { execute: true });
  expect(executed.body.state).toBe('executed');
  const undone = await service.call(`/v1/requests/${executed.body.id}/compensate`, {
    reason: 'Paid by mistake',
  });
  expect(undone.status).toBe(201);
  const { status, body } = await replay({});
  expect(status).toBe(200);
  expect(body).toMatchObject({
    decisions: 6,
    unchanged: 6,
    changed: 0,
    flips: [],
    notReplayable: [],
    recountedLimits: [],
    complete: true,
    items: [],
  });
});

test('counts what would change, sums the money in each currency, and names the requests', async () => {
  const changed = [await pay('2500.00'), await pay('1500.10'), await pay('1200.00', 'EUR')];
  await pay('900.00');
  await pay('12000.00', 'GBP');
  const head = await service.service.deps.store.log.head();
  const { body } = await replay(draft(atThousand));
  expect(body).toMatchObject({
    decisions: 5,
    unchanged: 2,
    changed: 3,
    flips: [
      {
        from: 'allow',
        to: 'require_approval',
        count: 3,
        money: [
          { currency: 'EUR', amount: '1200.00' },
          { currency: 'USD', amount: '4000.10' },
        ],
      },
    ],
  });
  expect(body.items.map(({ requestId }: Body) => requestId)).toEqual(changed);
  expect(body.items[0]).toMatchObject({
    action: 'vendor_payment.create',
    requestedBy: 'ana@example.com',
    state: 'allowed',
    money: { currency: 'USD', amount: '2500.00' },
    before: [{ ruleId: 'no-rule-matched' }],
    after: [{ ruleId: 'payment-above-10000' }],
  });
  // At most that it was asked is new.
  expect((await service.service.deps.store.log.head()).size - head.size).toBeLessThanOrEqual(1);
});

test('pages through the changed requests without losing one', async () => {
  const ids: string[] = [];
  for (const amount of ['2001.00', '2002.00', '2003.00', '2004.00', '2005.00']) {
    ids.push(await pay(amount, 'EUR'));
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await replay(draft(atThousand), { limit: 2, ...(cursor ? { cursor } : {}) });
    expect(body.changed).toBe(5);
    seen.push(...body.items.map(({ requestId }: Body) => requestId));
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(ids);
});

test('uses the records and the limits of that time, not of today', async () => {
  const ids: string[] = [];
  for (const amount of ['1001.00', '1000.00', '999.00']) {
    ids.push(await pay(amount, 'USD', 'V-1003'));
  }
  await service.deactivateVendor('V-1003');
  expect((await replay({})).body).toMatchObject({ unchanged: 3, changed: 0 });
  // The third payment met 2,001 that were used already; today 3,000 are.
  const { body } = await replay(draft((rules) => rules.replace("max: '25000'", "max: '2500'")));
  expect(body.recountedLimits).toEqual([]);
  expect(body.items).toMatchObject([{ requestId: ids[2], from: 'allow', to: 'require_approval' }]);
});

test('a new limit is counted anew, from what went through', async () => {
  const ids = [await pay('101.00'), await pay('102.00'), await pay('103.00')];
  const { body } = await replay({
    files: [
      {
        path: 'policies/draft.yaml',
        text: `limits:
  - id: two-a-day
    actions: [vendor_payment.create]
    key: [arguments.vendor_id]
    window: 24h
    max: '2'
    effect: block
    message: Two payments a day.
`,
      },
    ],
  });
  expect(body).toMatchObject({ decisions: 3, changed: 1, recountedLimits: ['two-a-day'] });
  expect(body.items).toMatchObject([{ requestId: ids[2], to: 'block' }]);
});

test('a limit whose condition changed is counted anew, and holds only what the condition holds for', async () => {
  const large = [
    await pay('610.00', 'EUR'),
    await pay('620.00', 'EUR'),
    await pay('630.00', 'EUR'),
  ];
  await pay('90.00', 'EUR');
  const { body } = await replay({
    files: [
      {
        path: 'policies/draft.yaml',
        text: `limits:
  - id: two-large-a-day
    actions: [vendor_payment.create]
    when: arguments.amount > decimal("600")
    key: [arguments.vendor_id]
    window: 24h
    max: '2'
    effect: block
    message: Two large payments a day.
`,
      },
    ],
  });
  expect(body).toMatchObject({ decisions: 4, changed: 1, recountedLimits: ['two-large-a-day'] });
  expect(body.items).toMatchObject([{ requestId: large[2], to: 'block' }]);
  const widened = await replay(
    draft((rules) =>
      rules
        .replace('when: has(arguments.invoice_ref)', 'when: arguments.amount > decimal("600")')
        .replace('arguments.invoice_ref, arguments.amount, ', ''),
    ),
  );
  expect(widened.body).toMatchObject({ changed: 2, recountedLimits: ['invoice-paid-twice'] });
});

test('tells what cannot be replayed, and why', async () => {
  const id = await pay('100.00');
  await service.tool('vendor.delete', {});
  const catalogue = readFileSync(
    resolve(__dirname, '../../../policy-service/catalogue/vendor_payment.create.yaml'),
    'utf8',
  );
  const text = catalogue.replace(
    'fields: { vendor_id: string, name: string, status: string }',
    'fields: { vendor_id: string, name: string, status: string, country: string }',
  );
  expect(text).not.toBe(catalogue);
  // The shipped cases give no country: a draft is asked, not activated, so they do not matter.
  const { body } = await replay({
    files: [
      { path: 'catalogue/vendor_payment.create.yaml', text },
      {
        path: 'connectors/mock-erp.yaml',
        text: readFileSync(
          resolve(__dirname, '../../../policy-service/connectors/mock-erp.yaml'),
          'utf8',
        ).replace(
          'fields: { vendor_id: /vendor_id, name: /name, status: /status }',
          'fields: { vendor_id: /vendor_id, name: /name, status: /status, country: /country }',
        ),
      },
    ],
  });
  expect(body).toMatchObject({ decisions: 2, unchanged: 1, changed: 0 });
  expect(body.notReplayable).toEqual([
    { why: expect.stringMatching(/vendor\.country was not recorded/), count: 1, requestIds: [id] },
  ]);
});

test('one replay of a caller runs at a time', async () => {
  const { store, bundle } = service.service.deps;
  const options = { from, to: TO, policy: askInPlace(bundle()), timeZone: 'UTC' };
  const ask = (by = 'ana'): Promise<object> => replayPage(store, by, options, { limit: 1 });
  const first = ask();
  await expect(ask()).rejects.toMatchObject({ code: 'concurrent_request' });
  await expect(ask('ben')).resolves.toMatchObject({ complete: true });
  await first;
  await expect(ask()).resolves.toMatchObject({ complete: true });
});

test('refuses a period that is none, a draft with an error, and a version that is not stored', async () => {
  expect(
    await service.call('/v1/policies/simulate', { replay: { from: TO, to: from } }),
  ).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
  const broken = await replay(
    draft((rules) => rules.replaceAll('arguments.amount', 'arguments.amont')),
  );
  expect(broken).toMatchObject({ status: 422, body: { code: 'bundle_invalid' } });
  expect(JSON.stringify(broken.body.errors)).toMatch(/policies\/shipped\.yaml:\d+.*amont/);
  expect(await replay({ version: 'sha256:0000' })).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
});
