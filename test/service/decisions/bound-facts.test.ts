import Database from 'better-sqlite3';
import { join } from 'node:path';
import { withoutCases } from '../policies/bundles';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { TestService, type Body } from '../harness';

/** What an approval binds of the records that it shows. */
let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('finance@example.com', ['finance_approver']);
  await service.newPerson('operations@example.com', ['operations_approver']);
});
afterEach(() => service.stop());

const PAYMENT = { vendor_id: 'V-1001', amount: '20000.00', currency: 'USD' };
const STOCK = { sku: 'SKU-1001', quantity: 600, warehouse_id: 'WH-01' };

function erp(sql: string): void {
  const db = new Database(join(service.dataDir, 'mock-erp', 'mock-erp.sqlite'));
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

async function approved(action: string, args: object, by: string): Promise<Body> {
  const { body } = await service.tool(action, args);
  expect(body.state).toBe('awaiting_approval');
  expect((await service.vote(by, body.approval.id, 'approve')).status).toBe(200);
  return (await service.call(`/v1/requests/${body.id}`)).body;
}

test('a changed bound fact sends the request back to approvers, old and new side by side', async () => {
  const request = await approved('vendor_payment.create', PAYMENT, 'finance@example.com');
  expect((await service.approval(request.approval.id)).shown.bound).toEqual({
    vendor: { vendor_id: 'V-1001', name: 'Acme Supplies', status: 'active' },
  });
  erp("UPDATE vendors SET name = 'Somebody Else' WHERE vendor_id = 'V-1001'");

  const refused = await service.execute(request.id);
  const change = { fact: 'vendor.name', approved: 'Acme Supplies', now: 'Somebody Else' };
  expect(refused).toMatchObject({
    status: 409,
    body: {
      code: 'not_executable',
      state: 'awaiting_approval',
      reasons: expect.arrayContaining([
        expect.objectContaining({ ruleId: 'bound-facts-changed', changes: [change] }),
      ]),
    },
  });
  expect(await service.records('payments')).toHaveLength(0);

  const { body: now } = await service.call(`/v1/requests/${request.id}`);
  expect(now.approval.id).not.toBe(request.approval.id);
  expect((await service.approval(request.approval.id)).state).toBe('superseded');
  const renewed = await service.approval(now.approval.id);
  expect(renewed.shown.bound.vendor.name).toBe('Somebody Else');
  const as = await service.person('finance@example.com');
  const page = (await as(`/inbox/${renewed.id}`)).body as string;
  for (const text of ['Approved as', 'Acme Supplies', 'Somebody Else'])
    expect(page).toContain(text);

  // Approved anew with what is there now, it is written once.
  await service.vote('finance@example.com', renewed.id, 'approve');
  expect((await service.execute(request.id)).body.state).toBe('executed');
  const executing = (await service.timeline(request.id)).find(
    ({ type }) => type === 'request.executing',
  );
  expect(executing.data.bound).toEqual(renewed.shown.bound);
  expect(await service.records('payments')).toHaveLength(1);
});

test('a volatile fact does not bind, and the page says so', async () => {
  const request = await approved('inventory.adjust', STOCK, 'operations@example.com');
  const { shown } = await service.approval(request.approval.id);
  expect(shown.bound.stock).toEqual({});
  expect(shown.facts.stock.value).toEqual({ on_hand: 100 });
  const as = await service.person('operations@example.com');
  expect((await as(`/inbox/${request.approval.id}`)).body).toContain('may change');
  erp('UPDATE stock SET on_hand = on_hand + 7');
  expect((await service.execute(request.id)).body.state).toBe('executed');
});

test.each([
  ['another type', "UPDATE items SET name = 42 WHERE sku = 'SKU-1001'"],
  ['another value', "UPDATE warehouses SET name = 'Moved' WHERE warehouse_id = 'WH-01'"],
])('%s of a field is a change', async (_what, sql) => {
  const request = await approved('inventory.adjust', STOCK, 'operations@example.com');
  erp(sql);
  const { body } = await service.execute(request.id);
  expect(body.reasons[0].ruleId).toMatch(/bound-facts-changed|fact-missing/);
  expect(await service.records('movements')).toHaveLength(0);
});

test('what the rules would allow by now still goes back to those who approved something else', async () => {
  const request = await approved('vendor_payment.create', PAYMENT, 'finance@example.com');
  await service.activate(
    service.bundleWith((rules) =>
      rules
        .replaceAll(/decimal\("\d+"\)/g, 'decimal("900000")')
        .replaceAll(/max: "?25000"?/g, 'max: "900000"'),
    ),
  );
  erp("UPDATE vendors SET name = 'Somebody Else' WHERE vendor_id = 'V-1001'");
  expect(await service.execute(request.id)).toMatchObject({
    status: 409,
    body: { state: 'awaiting_approval', reasons: [{ ruleId: 'bound-facts-changed' }] },
  });
  const { body: now } = await service.call(`/v1/requests/${request.id}`);
  expect((await service.approval(now.approval.id)).stages).toEqual([
    { role: 'finance_approver', count: 1 },
  ]);
});

test('an approval from before facts were bound binds what the action binds now', async () => {
  const forget = (id: string): void => {
    const db = new Database(join(service.dataDir, 'execution-layer.sqlite'));
    db.prepare("UPDATE approvals SET doc = json_remove(doc, '$.shown.bound') WHERE id = ?").run(id);
    db.close();
  };
  const stock = await approved('inventory.adjust', STOCK, 'operations@example.com');
  const payment = await approved('vendor_payment.create', PAYMENT, 'finance@example.com');
  [stock, payment].forEach(({ approval }) => forget(approval.id));
  const as = await service.person('finance@example.com');
  expect((await as(`/inbox/${payment.approval.id}`)).status).toBe(200);
  erp('UPDATE stock SET on_hand = on_hand + 7');
  expect((await service.execute(stock.id)).body.state).toBe('executed');
  erp("UPDATE vendors SET name = 'Somebody Else' WHERE vendor_id = 'V-1001'");
  expect((await service.execute(payment.id)).body.reasons[0].ruleId).toBe('bound-facts-changed');
});

test('what was shown as binding binds, even when the action calls it volatile afterwards', async () => {
  const request = await approved('vendor_payment.create', PAYMENT, 'finance@example.com');
  const files = withoutCases(readBundleFolder(service.bundleWith((rules) => rules))).map((file) =>
    file.path === 'catalogue/vendor_payment.create.yaml'
      ? { ...file, text: file.text.replace(/(lookup: vendor\n)/, '$1    volatile: [name]\n') }
      : file,
  );
  const stored = await service.call('/v1/policies', { files });
  await service.call(`/v1/policies/${stored.body.version}/activate`, { reason: 'names change' });
  erp("UPDATE vendors SET name = 'Somebody Else' WHERE vendor_id = 'V-1001'");
  expect((await service.execute(request.id)).body.reasons[0].changes).toEqual([
    { fact: 'vendor.name', approved: 'Acme Supplies', now: 'Somebody Else' },
  ]);
});

test('an undoing binds the records that its approvers were shown', async () => {
  const paid = await service.tool(
    'vendor_payment.create',
    { ...PAYMENT, amount: '10.00' },
    { execute: true },
  );
  expect(paid.body.state).toBe('executed');
  const undo = await service.call(`/v1/requests/${paid.body.id}/compensate`, { reason: 'twice' });
  const { approval } = undo.body;
  const { stages } = await service.approval(approval.id);
  await service.newPerson('undoer@example.com', [stages[0].role]);
  expect((await service.vote('undoer@example.com', approval.id, 'approve')).status).toBe(200);
  erp("UPDATE vendors SET name = 'Somebody Else' WHERE vendor_id = 'V-1001'");
  expect((await service.execute(undo.body.id)).body).toMatchObject({
    state: 'awaiting_approval',
    reasons: expect.arrayContaining([expect.objectContaining({ ruleId: 'bound-facts-changed' })]),
  });
});
