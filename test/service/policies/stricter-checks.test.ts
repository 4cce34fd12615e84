import { bundleVersion, inOrder } from '../../../policy-service/src/bundle/source-files';
import type { SourceFile } from '../../../policy-service/src/application/ports';
import { TestService, type Body } from '../harness';
import { SHIPPED, withoutCases } from './bundles';

/** A bundle that an earlier version let in, and that the checks of this one refuse. */
let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(() => service.stop());

const CONNECTOR = 'connectors/mock-erp.yaml';
const CHANGE = { sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-01' };
const PAYMENT = { vendor_id: 'V-1001', amount: '10.00', currency: 'USD' };

function shipped(path: string, from: string | RegExp, to: string): SourceFile[] {
  const files = withoutCases(SHIPPED).map((file) =>
    file.path === path ? { ...file, text: file.text.replace(from, to) } : file,
  );
  expect(files).not.toEqual(withoutCases(SHIPPED));
  return inOrder(files);
}

const FILTERED = shipped(
  CONNECTOR,
  'path: /vendors/{vendor_id}\n    notFound: [404]\n    fields: { vendor_id: /vendor_id,',
  "path: /vendors\n    query: { vendor_id: '{vendor_id}' }\n    list: ''\n    match: {}\n    fields: { id: /vendor_id,",
).map((file) =>
  file.path.startsWith('catalogue/')
    ? {
        ...file,
        text: file.text.replace('fields: { vendor_id: string, name', 'fields: { id: string, name'),
      }
    : file,
);
const NO_UNDO = shipped(
  CONNECTOR,
  '/stock-movements/{erp_reference}/reverse',
  '/stock-movements/{movment}/reverse',
);

/** As an earlier version stored and activated it. */
async function inForce(files: SourceFile[]): Promise<string> {
  const version = bundleVersion(files);
  const at = new Date().toISOString();
  await service.service.deps.store.commit({
    bundles: [{ version, createdAt: at, createdBy: 'before', files }],
    activation: { version, at, by: 'before', reason: 'before the upgrade' },
  });
  await service.restart();
  return version;
}

async function expectRefused(files: SourceFile[], ...texts: string[]): Promise<void> {
  const stored = await service.call('/v1/policies', { files });
  expect(stored).toMatchObject({ status: 422, body: { code: 'bundle_invalid' } });
  const said = JSON.stringify(stored.body.errors);
  for (const text of texts) expect(said).toContain(text);
}

async function expectWarned(version: string, text: string): Promise<void> {
  const ready = await fetch(`${service.url}/readyz`);
  expect(ready.status).toBe(200);
  expect(((await ready.json()) as Body).policyProblems).toBeGreaterThan(0);
  const { body } = await service.call('/v1/policies');
  expect(body.active.version).toBe(version);
  expect(body).not.toHaveProperty('problem');
  expect(JSON.stringify(body.problems)).toContain(text);
  expect(service.service.policyNote).toContain(text);
  const as = await service.person('owner@example.com');
  expect((await as('/inbox')).body).toContain('The policy in force has problems');
  expect((await as('/policies')).body).toContain('Problems of this policy');
  // It is not let in again.
  expect((await service.call(`/v1/policies/${version}/activate`, { reason: 'again' })).status).toBe(
    422,
  );
}

test('a lookup by query without match is refused, and only told of in a policy in force', async () => {
  await expectRefused(FILTERED, 'connectors/mock-erp.yaml:', '{vendor_id}', 'match');
  await expectWarned(await inForce(FILTERED), '{vendor_id}');
  expect((await service.tool('inventory.adjust', CHANGE)).body.state).toBe('allowed');
});

test('an undo that cannot work is refused; in force its action asks a person, and the others go on', async () => {
  await expectRefused(NO_UNDO, 'connectors/mock-erp.yaml:', '{movment}');
  const done = await service.tool('inventory.adjust', CHANGE, { execute: true });
  expect(done.body.state).toBe('executed');
  await expectWarned(await inForce(NO_UNDO), '{movment}');
  expect((await service.tool('vendor_payment.create', PAYMENT, { execute: true })).body.state).toBe(
    'executed',
  );
  expect((await service.tool('inventory.adjust', CHANGE)).body).toMatchObject({
    state: 'awaiting_approval',
    decision: { reasons: [{ ruleId: 'not-undoable' }] },
  });
  const undo = await service.call(`/v1/requests/${done.body.id}/compensate`, { reason: 'wrong' });
  expect(undo.body).toMatchObject({
    state: 'blocked',
    decision: { reasons: [{ ruleId: 'policy-unsafe' }] },
  });
});

test.each([
  [
    'an operation that cannot be read',
    CONNECTOR,
    '  stock_adjust:\n    method: POST',
    '  stock_adjust:\n    method: FETCH',
  ],
  [
    'a rule that cannot be compiled',
    'policies/shipped.yaml',
    'arguments.quantity > 500',
    'arguments.quantty > 500',
  ],
])('%s blocks its action only', async (_what, path, from, to) => {
  const files = shipped(path, from, to);
  await expectRefused(files);
  await inForce(files);
  expect((await service.tool('vendor_payment.create', PAYMENT)).body.state).toBe('allowed');
  expect((await service.tool('inventory.adjust', CHANGE)).body).toMatchObject({
    state: 'blocked',
    decision: { reasons: [{ ruleId: 'policy-unsafe' }] },
  });
});

test('rules that cannot be read block everything: nobody knows what they forbid', async () => {
  await inForce(shipped('policies/shipped.yaml', /^rules:/m, 'ruels:'));
  expect((await service.tool('vendor_payment.create', PAYMENT)).body).toMatchObject({
    state: 'blocked',
    decision: { reasons: [{ ruleId: 'no-valid-policy' }] },
  });
});

test.each([
  [
    'a required placeholder of an optional argument',
    "memo: '{memo?}'\n      external",
    "memo: '{memo}'\n      external",
    '{memo?}',
  ],
  [
    'a misspelt argument',
    "vendor_id: '{vendor_id}'\n      amount",
    "vendor_id: '{vendro_id}'\n      amount",
    'vendor_id?',
  ],
  [
    'a result of a step that is not there',
    "amount: '{amount}'\n      currency: '{currency}'\n      invoice",
    "amount: '{book.total}'\n      currency: '{currency}'\n      invoice",
    '{book.total}',
  ],
  [
    'a find that takes what is not there',
    /(payment_create:[^]*?find:[^]*?external_reference: ')\{@request_id\}('[^]*?match)/,
    '$1{@request}$2',
    'request',
  ],
  [
    'a lookup that takes what the entity does not give',
    '/vendors/{vendor_id}\n    notFound',
    '/vendors/{vendor}\n    notFound',
    '{vendor}',
  ],
  [
    'a field that the lookup does not give',
    'fields: { vendor_id: /vendor_id, name: /name, status: /status }\n  invoice',
    'fields: { vendor_id: /vendor_id, name: /name, state: /status }\n  invoice',
    'status',
  ],
])('%s is refused with file, line and placeholder', async (_what, from, to, text) => {
  await expectRefused(shipped(CONNECTOR, from, to), CONNECTOR, text);
});

test('a number that is shown and not said to be volatile is asked about', async () => {
  const files = shipped('catalogue/inventory.adjust.yaml', '    volatile: [on_hand]\n', '');
  const { body } = await service.call('/v1/policies', { files });
  await service.call(`/v1/policies/${body.version}/activate`, { reason: 'no answer yet' });
  const { body: list } = await service.call('/v1/policies');
  expect(list.questions).toEqual([expect.stringMatching(/on_hand.*is it volatile\?/)]);
});
