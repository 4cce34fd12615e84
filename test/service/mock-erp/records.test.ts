import { startMockErp } from '../../../policy-service/src/mock-erp/server';
import { TestErp } from './erp-client';

let erp: TestErp;
beforeAll(async () => {
  erp = await TestErp.start();
});
afterAll(() => erp.stop());
beforeEach(() => erp.call('POST', '/reset'));

const DOCUMENT_KINDS = [
  'movements',
  'payments',
  'notifications',
  'journal',
  'contact_changes',
  'ticket_routings',
];

describe('what a new mock ERP holds', () => {
  it('has exactly the vendors, items and warehouses of the seed', async () => {
    expect(await erp.records('vendors')).toEqual([
      { vendor_id: 'V-1001', name: 'Acme Supplies', status: 'active' },
      { vendor_id: 'V-1002', name: 'Dormant Vendor', status: 'inactive' },
      { vendor_id: 'V-1003', name: 'Globex Parts', status: 'active' },
    ]);
    expect(await erp.records('items')).toEqual([
      { sku: 'SKU-1001', name: 'Widget', active: true },
      { sku: 'SKU-1002', name: 'Gadget', active: true },
    ]);
    expect((await erp.records('warehouses')).map((row) => row.warehouse_id)).toEqual([
      'WH-01',
      'WH-02',
    ]);
  });

  it('has 100 of each item in WH-01 and none in WH-02', async () => {
    expect(await erp.records('stock')).toEqual([
      { sku: 'SKU-1001', warehouse_id: 'WH-01', on_hand: 100 },
      { sku: 'SKU-1001', warehouse_id: 'WH-02', on_hand: 0 },
      { sku: 'SKU-1002', warehouse_id: 'WH-01', on_hand: 100 },
      { sku: 'SKU-1002', warehouse_id: 'WH-02', on_hand: 0 },
    ]);
    expect((await erp.call('GET', '/stock?sku=SKU-1001')).body.on_hand).toBe(100);
    expect((await erp.call('GET', '/stock/SKU-1001/WH-02')).body.on_hand).toBe(0);
  });

  it.each(DOCUMENT_KINDS)('has no %s yet', async (kind) => {
    expect(await erp.records(kind)).toEqual([]);
  });

  it.each([
    ['customers', 'customer_id', 'CU-4001'],
    ['contacts', 'contact_id', 'C-2001'],
    ['tickets', 'ticket_id', 'T-3001'],
    ['invoices', 'invoice_ref', 'INV-5001'],
    ['accounts', 'account', '6100'],
    ['vendors', 'vendor_id', 'V-1003'],
    ['items', 'sku', 'SKU-1002'],
    ['warehouses', 'warehouse_id', 'WH-02'],
  ])('answers one of the %s as in the list, and 404 for another id', async (kind, key, id) => {
    const listed = (await erp.records(kind)).find((row) => row[key] === id);
    expect(listed).toBeDefined();
    expect((await erp.call('GET', `/${kind}/${id}`)).body).toEqual(listed);
    const missing = await erp.call('GET', `/${kind}/nobody`);
    expect(missing.status).toBe(404);
    expect(missing.body.error.message).toContain('nobody');
  });

  it('answers 404 with a structured error for kinds and paths that it does not have', async () => {
    for (const target of [
      '/records/unknown',
      '/records/toString',
      '/stock/SKU-1001/WH-99',
      '/nothing',
    ]) {
      const reply = await erp.call('GET', target);
      expect(reply.status).toBe(404);
      expect(reply.body.error.code).toMatch(/^unknown_/);
    }
  });
});

describe('who may reach it', () => {
  it('does not listen on an address that other machines can reach', async () => {
    await expect(startMockErp({ dataDir: erp.dataDir, host: '0.0.0.0', port: 0 })).rejects.toThrow(
      '127.0.0.1',
    );
  });

  it('does not answer under another name, and takes no body that a web form can send', async () => {
    const http = await import('node:http');
    const status = await new Promise((resolve) => {
      http.get(`${erp.url}/records/vendors`, { headers: { host: 'evil.example' } }, (res) => {
        res.resume();
        resolve(res.statusCode);
      });
    });
    expect(status).toBe(403);
    const form = await fetch(`${erp.url}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ vendor_id: 'V-1001', amount: '1.00', currency: 'USD' }),
    });
    expect(form.status).toBe(422);
    expect(await erp.records('payments')).toEqual([]);
  });
});

describe('a restart', () => {
  it('keeps documents, numbers and remembered keys', async () => {
    const payment = { vendor_id: 'V-1001', amount: '10.00', currency: 'USD' };
    const first = await erp.call('POST', '/payments', payment, 'kept');
    await erp.restart();
    expect(await erp.records('payments')).toEqual([first.body]);
    const again = await erp.call('POST', '/payments', payment, 'kept');
    expect(again.body).toEqual(first.body);
    const next = await erp.call('POST', '/payments', payment, 'other');
    expect([first.body.number, next.body.number]).toEqual(['PAY-000001', 'PAY-000002']);
  });

  it('does not bring back what a reset removed', async () => {
    await erp.call(
      'POST',
      '/stock-movements',
      { sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-02' },
      'k',
    );
    await erp.call('POST', '/reset');
    await erp.restart();
    expect(await erp.records('movements')).toEqual([]);
    expect((await erp.call('GET', '/stock/SKU-1001/WH-02')).body.on_hand).toBe(0);
  });
});
