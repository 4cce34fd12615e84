/** A row to insert: column name -> value. */
export type SeedRow = Record<string, string | number | null>;

const invoice = (
  invoice_ref: string,
  vendor_id: string,
  amount: string,
  paid = false,
): SeedRow => ({
  invoice_ref,
  vendor_id,
  amount,
  open_amount: paid ? '0.00' : amount,
  currency: 'USD',
  status: paid ? 'paid' : 'open',
});

const customer = (
  customer_id: string,
  name: string,
  phone: string | null,
  status = 'active',
): SeedRow => ({
  customer_id,
  name,
  status,
  email: `${customer_id.toLowerCase()}@customer.example`,
  phone,
});

const contact = (contact_id: string, name: string, customer_id: string): SeedRow => ({
  contact_id,
  name,
  status: 'active',
  customer_id,
  email: `${contact_id.toLowerCase()}@contact.example`,
  phone: '+1 202 555 0100',
  address: '1 Example Street, Springfield',
  owner: 'sales',
});

const ticket = (
  ticket_id: string,
  subject: string,
  customer_id: string,
  queue: string,
  status = 'open',
): SeedRow => ({
  ticket_id,
  subject,
  customer_id,
  queue,
  priority: 'normal',
  status,
});

const account = (number: string, name: string, type: string, status = 'active'): SeedRow => ({
  account: number,
  name,
  type,
  status,
});

/** What a new or reset mock ERP holds, parents before children. */
export const SEED: readonly [table: string, rows: SeedRow[]][] = [
  [
    'vendors',
    [
      { vendor_id: 'V-1001', name: 'Acme Supplies', status: 'active' },
      { vendor_id: 'V-1002', name: 'Dormant Vendor', status: 'inactive' },
      { vendor_id: 'V-1003', name: 'Globex Parts', status: 'active' },
    ],
  ],
  [
    'items',
    [
      { sku: 'SKU-1001', name: 'Widget', active: 1 },
      { sku: 'SKU-1002', name: 'Gadget', active: 1 },
    ],
  ],
  [
    'warehouses',
    [
      { warehouse_id: 'WH-01', name: 'Main warehouse' },
      { warehouse_id: 'WH-02', name: 'Second warehouse' },
    ],
  ],
  [
    'stock',
    [
      { sku: 'SKU-1001', warehouse_id: 'WH-01', on_hand: 100 },
      { sku: 'SKU-1002', warehouse_id: 'WH-01', on_hand: 100 },
    ],
  ],
  [
    'customers',
    [
      customer('CU-4001', 'First Customer', '+1 202 555 0141'),
      customer('CU-4002', 'Second Customer', '+1 202 555 0142'),
      customer('CU-4003', 'Third Customer', null),
      customer('CU-4004', 'Former Customer', null, 'inactive'),
    ],
  ],
  [
    'contacts',
    [
      contact('C-2001', 'Alex Example', 'CU-4001'),
      contact('C-2002', 'Robin Example', 'CU-4002'),
      contact('C-2003', 'Sam Example', 'CU-4003'),
    ],
  ],
  [
    'tickets',
    [
      ticket('T-3001', 'Invoice shows the wrong address', 'CU-4001', 'sales'),
      ticket('T-3002', 'Device does not start', 'CU-4002', 'sales'),
      ticket('T-3003', 'Parcel has not arrived', 'CU-4003', 'technical'),
      ticket('T-3004', 'Question that was answered', 'CU-4001', 'sales', 'closed'),
    ],
  ],
  [
    'invoices',
    [
      invoice('INV-5001', 'V-1001', '12500.00'),
      invoice('INV-5002', 'V-1003', '4800.00'),
      invoice('INV-5003', 'V-1001', '990.00', true),
      invoice('INV-5004', 'V-1002', '1250.00'),
    ],
  ],
  [
    'accounts',
    [
      account('1000', 'Cash', 'asset'),
      account('1200', 'Accounts receivable', 'asset'),
      account('1400', 'Inventory', 'asset'),
      account('1900', 'Old suspense account', 'asset', 'inactive'),
      account('2000', 'Accounts payable', 'liability'),
      account('2100', 'Accrued expenses', 'liability'),
      account('4000', 'Sales', 'income'),
      account('5000', 'Cost of goods sold', 'expense'),
      account('6100', 'Office expenses', 'expense'),
      account('6200', 'Travel expenses', 'expense'),
    ],
  ],
];
