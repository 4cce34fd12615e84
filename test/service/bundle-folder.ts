import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SHIPPED = resolve(__dirname, '../../policy-service');
const PARTS = ['catalogue', 'policies', 'connectors', 'tests'];

/** What a bundle has more than the shipped one, or otherwise. */
export interface BundleChanges {
  /** Path in the bundle -> its text. */
  files?: Record<string, string>;
  /** Path in the bundle -> how its text is changed. */
  edit?: Record<string, (text: string) => string>;
}

const made: string[] = [];
const remove = (): void =>
  made.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
// The fault harness runs without jest.
if (typeof afterAll === 'function') afterAll(remove);
else process.once('exit', remove);

/** A folder with the shipped bundle, changed, until the test file or the process ends; set EXECUTION_LAYER_BUNDLE_DIR to it. */
export function bundleFolder({ files = {}, edit = {} }: BundleChanges): string {
  const folder = mkdtempSync(join(tmpdir(), 'execution-layer-bundle-'));
  made.push(folder);
  for (const part of PARTS) cpSync(join(SHIPPED, part), join(folder, part), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  for (const [path, change] of Object.entries(edit)) {
    const file = join(folder, path);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }
  return folder;
}

/** The shipped bundle with every write of another idempotency class, on a connector to fit. */
export function bundleOfClass(
  letter: 'B' | 'C',
  connector: (text: string) => string,
  files: Record<string, string> = {},
): string {
  const lower = (text: string): string => text.replace('idempotency: A', `idempotency: ${letter}`);
  const writes = [
    'vendor_payment.create',
    'inventory.adjust',
    'crm.contact.update',
    'ticket.route',
    'customer.notify',
    'journal_entry.post',
  ];
  return bundleFolder({
    files,
    edit: {
      ...Object.fromEntries(writes.map((id) => [`catalogue/${id}.yaml`, lower])),
      'connectors/mock-erp.yaml': connector,
    },
  });
}

/** Books goods and pays for them: two steps, so that the second may fail after the first. */
export const RECEIVE_GOODS = `
id: goods.receive
version: 1
title: Receive and pay goods
description: Books goods into a warehouse and pays the vendor.
owner: operations
class: write
risk: medium
stage: auto
connector: mock-erp
steps:
  - { name: book, operation: stock_adjust }
  - { name: pay, operation: payment_create }
idempotency: A
compensation: { steps: { book: stock_adjust_reverse, pay: payment_reverse }, stage: auto }
schema:
  type: object
  additionalProperties: false
  required: [sku, quantity, warehouse_id, vendor_id, amount, currency]
  properties:
    sku: { type: string, maxLength: 8 }
    quantity: { type: integer, minimum: -1000, maximum: 1000 }
    warehouse_id: { type: string, maxLength: 5 }
    vendor_id: { type: string, maxLength: 6 }
    amount: { type: string, maxLength: 20 }
    currency: { type: string, maxLength: 3 }
money: { amount: amount, currency: currency }
extraction: { commands: [receive goods], arguments: {} }
`;

/** Arguments of it that the ERP takes. */
export const GOODS = {
  sku: 'SKU-1001',
  quantity: 5,
  warehouse_id: 'WH-01',
  vendor_id: 'V-1001',
  amount: '50.00',
  currency: 'USD',
};

/** A write that a node outside of the service does under a permit. */
export const EXTERNAL_WRITE = `
id: portal.order
version: 1
title: Order in the supplier portal
description: Places an order in a portal that only n8n can reach.
owner: operations
class: workflow
risk: medium
stage: auto
executor: external
idempotency: C
compensation: none
schema:
  type: object
  additionalProperties: false
  required: [item, pieces]
  properties:
    item: { type: string, maxLength: 20 }
    pieces: { type: integer, minimum: 1, maximum: 100 }
extraction: { commands: [order in the portal], arguments: {} }
`;

/** The mock ERP without keys: class B where it can be searched. */
export function withoutKeys(connector: string): string {
  return connector
    .replaceAll(/^ +idempotencyKeyHeader:.*\n/gm, '')
    .replaceAll(/^ +keyWindow:.*\n/gm, '');
}

/** The mock ERP without keys and without a search: class C. */
export function withoutKeysAndSearch(connector: string): string {
  return withoutKeys(connector).replaceAll(
    /^ {4}find:\n {6}\{[^}]*('\{@request_id\}')[^}]*\}[^}]*\}\n/gm,
    '',
  );
}
