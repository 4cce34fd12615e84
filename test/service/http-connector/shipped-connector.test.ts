import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Connector } from '../../../policy-service/src/application/ports';
import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { TestErp } from '../mock-erp/erp-client';
import { CONTEXT, perform, shippedConnector } from './harness';

const CATALOGUE = path.join(__dirname, '../../../policy-service/catalogue');
const ACTIONS: Action[] = fs
  .readdirSync(CATALOGUE)
  .map((file) => parse(fs.readFileSync(path.join(CATALOGUE, file), 'utf8')));

/** Valid arguments for every shipped action, and where its effect can be seen. */
const ARGUMENTS: Record<string, JsonObject> = {
  'inventory.read': { sku: 'SKU-1001', warehouse_id: 'WH-01' },
  'vendor.read': { vendor_id: 'V-1001' },
  'inventory.adjust': { sku: 'SKU-1001', quantity: -40, warehouse_id: 'WH-01', reason: 'broken' },
  'vendor_payment.create': {
    vendor_id: 'V-1001',
    amount: '2500.00',
    currency: 'USD',
    invoice_ref: 'INV-5001',
    memo: 'half',
  },
  'crm.contact.update': { contact_id: 'C-2001', field: 'email', value: 'new@contact.example' },
  'ticket.route': { ticket_id: 'T-3001', queue: 'billing', priority: 'high' },
  'customer.notify': { customer_id: 'CU-4001', template: 'order_delayed', channel: 'sms' },
  'journal_entry.post': {
    debit_account: '6100',
    credit_account: '2000',
    amount: '480.00',
    currency: 'USD',
    memo: 'chairs',
  },
};

let erp: TestErp;
let connector: Connector;
beforeAll(async () => {
  erp = await TestErp.start();
  connector = shippedConnector(erp.url);
});
afterAll(() => erp.stop());
beforeEach(() => erp.call('POST', '/reset'));

describe.each(ACTIONS.map((action) => [action.id, action] as const))('%s', (id, action) => {
  const args = ARGUMENTS[id] ?? {};

  it('finds every entity with exactly the fields and types that the catalogue declares', async () => {
    for (const entity of action.entities) {
      const parameters = Object.fromEntries(
        Object.entries(entity.with).map(([name, argument]) => [name, args[argument] ?? null]),
      );
      const result = await connector.lookup(entity.lookup, parameters, CONTEXT);
      if (!result.found) throw new Error(`${entity.name} was not found`);
      expect(result.fact.connectorId).toBe('mock-erp');
      const types = Object.fromEntries(
        Object.entries(result.fact.value).map(([name, value]) => [
          name,
          Number.isInteger(value) ? 'integer' : typeof value,
        ]),
      );
      expect(types).toEqual(entity.fields);
    }
  });

  it('does not find an entity under another id', async () => {
    for (const entity of action.entities) {
      const parameters = Object.fromEntries(Object.keys(entity.with).map((name) => [name, 'X-0']));
      expect(await connector.lookup(entity.lookup, parameters, CONTEXT)).toEqual({ found: false });
    }
  });

  it('performs its steps', async () => {
    for (const step of action.steps) {
      const result = await perform(connector, step.operation, args);
      expect(result).toMatchObject({ outcome: 'done' });
      if (action.class === 'read') continue;
      expect('erpReference' in result && result.erpReference).toMatch(/^[A-Z]+-000001$/);
    }
  });

  const { compensation } = action;
  if (typeof compensation === 'object' && 'operation' in compensation) {
    it('can be undone by the number of its document', async () => {
      const everything = async (): Promise<unknown> => {
        const kinds = ['stock', 'contacts', 'tickets', 'invoices'];
        return Promise.all(kinds.map((kind) => erp.records(kind)));
      };
      const before = await everything();
      const done = await perform(connector, action.steps[0]!.operation, args);
      const reference = 'erpReference' in done ? done.erpReference! : '';
      const undone = await perform(
        connector,
        compensation.operation,
        { erp_reference: reference },
        { idempotencyKey: 'undo-1' },
      );
      expect(undone).toMatchObject({ outcome: 'done', result: { reverses: reference } });
      expect(await everything()).toEqual(before);
      const twice = await perform(
        connector,
        compensation.operation,
        { erp_reference: reference },
        { idempotencyKey: 'undo-2' },
      );
      expect(twice).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('already undone'),
      });
    });
  }
});

describe('what the ERP is told', () => {
  it('is every argument, and the id of the request as external reference', async () => {
    await perform(connector, 'payment_create', ARGUMENTS['vendor_payment.create']!);
    expect(await erp.records('payments')).toMatchObject([
      { ...ARGUMENTS['vendor_payment.create'], external_reference: 'req_1' },
    ]);
  });

  it('leaves optional arguments out when they are absent', async () => {
    await perform(connector, 'payment_create', {
      vendor_id: 'V-1001',
      amount: '1.00',
      currency: 'USD',
    });
    expect(await erp.records('payments')).toMatchObject([{ memo: null, invoice_ref: null }]);
  });
});

describe('reads', () => {
  it('answer the stock of one warehouse or of all', async () => {
    await perform(connector, 'stock_adjust', {
      sku: 'SKU-1001',
      quantity: 7,
      warehouse_id: 'WH-02',
    });
    const onHand = async (args: JsonObject): Promise<unknown> => {
      const result = await perform(connector, 'stock_read', args);
      return result.outcome === 'done' ? result.result.on_hand : result;
    };
    expect(await onHand({ sku: 'SKU-1001' })).toBe(107);
    expect(await onHand({ sku: 'SKU-1001', warehouse_id: 'WH-02' })).toBe(7);
  });

  it('are refused with a sentence for an unknown record', async () => {
    expect(await perform(connector, 'vendor_read', { vendor_id: 'V-9999' })).toMatchObject({
      outcome: 'refused',
      message: 'There is no vendor V-9999.',
    });
  });
});

describe('refusals', () => {
  it.each([
    ['payment_create', { vendor_id: 'V-1002', amount: '1.00', currency: 'USD' }, /inactive/],
    ['payment_create', { vendor_id: 'V-9999', amount: '1.00', currency: 'USD' }, /no vendor/],
    [
      'stock_adjust',
      { sku: 'SKU-1001', quantity: -101, warehouse_id: 'WH-01' },
      /cannot be removed/,
    ],
    ['contact_update', { contact_id: 'C-9999', field: 'owner', value: 'x' }, /no contact/],
    ['ticket_route', { ticket_id: 'T-3004', queue: 'hr' }, /closed/],
    ['notification_send', { customer_id: 'CU-4004', template: 'invoice_due' }, /inactive/],
    [
      'journal_post',
      { debit_account: '6100', credit_account: '1900', amount: '1.00', currency: 'USD' },
      /inactive/,
    ],
    ['payment_reverse', { erp_reference: 'PAY-000077' }, /no payment/],
  ])(
    'of %s %j are told in the words of the ERP, after one call',
    async (operation, args, message) => {
      const result = await perform(connector, operation, args);
      expect(result.outcome).toBe('refused');
      expect('message' in result && result.message).toMatch(message);
      expect(result.attempts).toMatchObject([{ number: 1, outcome: 'refused' }]);
    },
  );

  it('of a call that the connector cannot build send nothing', async () => {
    for (const [operation, args] of [
      ['no_such_operation', {}],
      ['toString', {}],
      ['payment_create', { vendor_id: 'V-1001', currency: 'USD' }],
      ['payment_reverse', { erp_reference: '..' }],
    ] as const) {
      const result = await perform(connector, operation, args);
      expect(result).toMatchObject({ outcome: 'refused', attempts: [] });
    }
    expect(await erp.records('payments')).toEqual([]);
  });
});

it('pings the ERP', async () => {
  expect(await connector.ping()).toBe(true);
  expect(await shippedConnector('http://127.0.0.1:9').ping()).toBe(false);
});
