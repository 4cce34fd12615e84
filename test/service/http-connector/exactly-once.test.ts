import { FAULT_KINDS } from '../../../policy-service/src/mock-erp/faults';
import type { Connector } from '../../../policy-service/src/application/ports';
import { TestErp } from '../mock-erp/erp-client';
import { perform, shippedConnector } from './harness';

let erp: TestErp;
let connector: Connector;
beforeAll(async () => {
  erp = await TestErp.start();
  connector = shippedConnector(erp.url);
});
afterAll(() => erp.stop());
beforeEach(() => erp.call('POST', '/reset'));

const PAYMENT = { vendor_id: 'V-1001', amount: '2500.00', currency: 'USD' };

/** The first call is given up; the second has its time, however busy the machine is. */
const GIVE_UP_MS = 3_000;

const WRITES: [operation: string, args: Record<string, string | number>, kind: string][] = [
  ['payment_create', PAYMENT, 'payments'],
  ['stock_adjust', { sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-01' }, 'movements'],
  ['contact_update', { contact_id: 'C-2001', field: 'owner', value: 'support' }, 'contact_changes'],
  ['ticket_route', { ticket_id: 'T-3001', queue: 'billing' }, 'ticket_routings'],
  ['notification_send', { customer_id: 'CU-4001', template: 'invoice_due' }, 'notifications'],
  [
    'journal_post',
    { debit_account: '6100', credit_account: '2000', amount: '480.00', currency: 'USD' },
    'journal',
  ],
];

/** Every fault kind: what the first call proves. */
const FIRST_CALL: Record<(typeof FAULT_KINDS)[number], string> = {
  delay: 'unknown',
  drop_before_commit: 'unknown',
  drop_after_commit: 'unknown',
  duplicate_answer: 'unknown',
  truncated_answer: 'unknown',
  poisonous_answer: 'done',
  status_429: 'transient',
  status_500_committed: 'unknown',
};

describe.each(WRITES)('%s', (operation, args, kind) => {
  it.each(FAULT_KINDS)('is done, with one document, after one %s', async (fault) => {
    await erp.fault(fault, 1, fault === 'delay' ? 60_000 : undefined);
    const impatient = shippedConnector(erp.url, { timeoutMs: GIVE_UP_MS });
    const result = await perform(fault === 'delay' ? impatient : connector, operation, args);
    expect(result).toMatchObject({
      outcome: 'done',
      attempts: [
        { number: 1, step: 'the-step', outcome: FIRST_CALL[fault] },
        ...(FIRST_CALL[fault] === 'done' ? [] : [{ number: 2, step: 'the-step', outcome: 'done' }]),
      ],
    });
    // The delayed first call reaches the books after the second: it must find the key.
    await erp.call('DELETE', '/faults');
    const documents = await erp.records(kind);
    expect(documents).toHaveLength(1);
    expect(result).toMatchObject({ erpReference: documents[0]?.number });
  });
});

describe('when the fault does not go away', () => {
  it.each(['drop_after_commit', 'status_500_committed', 'truncated_answer', 'duplicate_answer'])(
    '%s leaves the outcome unknown, with one document',
    async (fault) => {
      await erp.fault(fault, 100);
      const result = await perform(connector, 'payment_create', PAYMENT);
      expect(result.outcome).toBe('unknown');
      expect(result.attempts.map((attempt) => attempt.outcome)).toEqual(Array(4).fill('unknown'));
      expect(await erp.records('payments')).toHaveLength(1);
    },
  );

  it('drop_before_commit leaves it unknown too: the caller cannot see that nothing was booked', async () => {
    await erp.fault('drop_before_commit', 100);
    expect((await perform(connector, 'payment_create', PAYMENT)).outcome).toBe('unknown');
    expect(await erp.records('payments')).toHaveLength(0);
  });

  it('status_429 is a refusal that says that nothing was written', async () => {
    await erp.fault('status_429', 100);
    const result = await perform(connector, 'payment_create', PAYMENT);
    expect(result).toMatchObject({ outcome: 'refused' });
    expect('message' in result && result.message).toMatch(/^Nothing was written: .*4 calls.*429/);
    expect(await erp.records('payments')).toHaveLength(0);
  });

  it('one unknown call among refusals keeps the outcome unknown', async () => {
    await erp.fault('drop_after_commit');
    await erp.fault('status_429', 100);
    const result = await perform(connector, 'payment_create', PAYMENT);
    expect(result.outcome).toBe('unknown');
    expect(result.attempts.map((attempt) => attempt.outcome)).toEqual([
      'unknown',
      'transient',
      'transient',
      'transient',
    ]);
  });

  it('delays end within the total time of the operation', async () => {
    const hurried = shippedConnector(erp.url, {
      timeoutMs: 300,
      retry: { attempts: 10, initialDelayMs: 1, maxDelayMs: 5, totalMs: 400 },
    });
    await erp.fault('delay', 100, 60_000);
    const result = await perform(hurried, 'payment_create', PAYMENT);
    expect(result.outcome).toBe('unknown');
    expect(result.attempts.length).toBeLessThan(10);
  });
});

it('repeats the write of an earlier process without a second document', async () => {
  const first = await perform(connector, 'payment_create', PAYMENT);
  const second = await perform(shippedConnector(erp.url), 'payment_create', PAYMENT);
  expect(second).toMatchObject({ outcome: 'done' });
  expect('erpReference' in second && second.erpReference).toBe(
    'erpReference' in first && first.erpReference,
  );
  expect(await erp.records('payments')).toHaveLength(1);
});

it('books one document for many performances of one request at once', async () => {
  await erp.fault('drop_after_commit', 3);
  await erp.fault('status_429', 3);
  const results = await Promise.all(
    Array.from({ length: 10 }, () => perform(connector, 'payment_create', PAYMENT)),
  );
  expect(new Set(results.map((result) => result.outcome))).toEqual(new Set(['done']));
  expect(await erp.records('payments')).toHaveLength(1);
});
