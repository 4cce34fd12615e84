import Database from 'better-sqlite3';
import { join } from 'node:path';
import { TestService, type Answer } from '../harness';
import { ownBundle } from './own-bundle';

const RULES = `
rules:
  - id: vendor-inactive
    actions: [vendor_payment.create]
    when: facts.vendor.status != "active"
    effect: block
    message: The vendor is not active.
`;
const VENDOR = 'with: { vendor_id: vendor_id }';
const cachedFor = (time: string): string =>
  ownBundle(RULES, {
    'vendor_payment.create.yaml': (text) =>
      text.replace(VENDOR, `${VENDOR}\n    cacheFor: ${time}`),
  });

let service: TestService;
afterEach(() => service.stop());

const start = async (time: string): Promise<void> => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: cachedFor(time) });
};
const pay = (): Promise<Answer> =>
  service.tool('vendor_payment.create', { vendor_id: 'V-1001', amount: '5.00', currency: 'USD' });
const decided = async (id: string) =>
  (await service.timeline(id)).find(({ type }) => type === 'request.decided').data.decision;

function activateVendor(): void {
  const db = new Database(join(service.dataDir, 'mock-erp', 'mock-erp.sqlite'));
  db.prepare("UPDATE vendors SET status = 'active' WHERE vendor_id = 'V-1001'").run();
  db.close();
}

test('a record is used again for the stated time, and asked anew before execution', async () => {
  await start('1h');
  const first = await pay();
  await service.deactivateVendor('V-1001');
  const second = await pay();
  expect(second.body.decision.effect).toBe('allow');
  const [old, reused] = [await decided(first.body.id), await decided(second.body.id)];
  expect(reused.facts.vendor.fetchedAt).toBe(old.facts.vendor.fetchedAt);
  const age = Date.parse(reused.at) - Date.parse(reused.facts.vendor.fetchedAt);
  expect(reused.facts.vendor.ageMs).toBe(age);
  expect(reused.facts.vendor.value.status).toBe('active');

  const executed = await service.execute(second.body.id);
  expect(executed.status).toBe(409);
  expect((await service.call(`/v1/requests/${second.body.id}`)).body).toMatchObject({
    state: 'blocked',
    decision: { reasons: [{ ruleId: 'vendor-inactive' }] },
  });
  expect(await service.records('payments')).toEqual([]);
});

test('cacheFor 0 asks the ERP for every decision', async () => {
  await start('0');
  expect((await pay()).body.decision.effect).toBe('allow');
  await service.deactivateVendor('V-1001');
  expect((await pay()).body.decision.effect).toBe('block');
  activateVendor();
  expect((await pay()).body.decision.effect).toBe('allow');
});
