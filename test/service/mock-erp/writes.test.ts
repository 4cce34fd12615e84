import { TestErp } from './erp-client';

let erp: TestErp;
beforeAll(async () => {
  erp = await TestErp.start();
});
afterAll(() => erp.stop());
beforeEach(() => erp.call('POST', '/reset'));

const payment = { vendor_id: 'V-1001', amount: '2500.00', currency: 'USD' };
const movement = { sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-01' };
const entry = {
  currency: 'USD',
  lines: [
    { account: '6100', debit: '480.00' },
    { account: '2000', credit: '480.00' },
  ],
};

describe('accepted writes', () => {
  it('books a payment and lowers what is open on its invoice', async () => {
    const reply = await erp.call('POST', '/payments', {
      ...payment,
      invoice_ref: 'INV-5001',
      memo: 'first part',
      external_reference: 'req_1',
    });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      number: 'PAY-000001',
      vendor_id: 'V-1001',
      amount: '2500.00',
      currency: 'USD',
      invoice_ref: 'INV-5001',
      memo: 'first part',
      status: 'posted',
      external_reference: 'req_1',
    });
    const invoice = async () => (await erp.call('GET', '/invoices/INV-5001')).body;
    expect(await invoice()).toMatchObject({ open_amount: '10000.00', status: 'open' });
    await erp.call('POST', '/payments', {
      ...payment,
      amount: '10000.00',
      invoice_ref: 'INV-5001',
    });
    expect(await invoice()).toMatchObject({ open_amount: '0.00', status: 'paid' });
  });

  it('books a stock movement and changes the stock by it', async () => {
    const reply = await erp.call('POST', '/stock-movements', { ...movement, quantity: -100 });
    expect(reply.body).toMatchObject({ number: 'MOV-000001', quantity: -100, on_hand: 0 });
    expect((await erp.call('GET', '/stock/SKU-1001/WH-01')).body.on_hand).toBe(0);
  });

  it('changes a contact, routes a ticket, notifies a customer and posts an entry', async () => {
    await erp.call('PATCH', '/contacts/C-2001', { field: 'email', value: 'new@contact.example' });
    expect((await erp.call('GET', '/contacts/C-2001')).body.email).toBe('new@contact.example');
    await erp.call('POST', '/tickets/T-3001/route', { queue: 'billing' });
    expect((await erp.call('GET', '/tickets/T-3001')).body).toMatchObject({
      queue: 'billing',
      priority: 'normal',
    });
    await erp.call('POST', '/notifications', { customer_id: 'CU-4001', template: 'order_delayed' });
    expect(await erp.records('notifications')).toMatchObject([
      { number: 'NTF-000001', channel: 'email' },
    ]);
    await erp.call('POST', '/journal-entries', entry);
    expect(await erp.records('journal')).toMatchObject([
      {
        number: 'JE-000001',
        lines: [
          { account: '6100', debit: '480.00', credit: '0.00' },
          { account: '2000', debit: '0.00', credit: '480.00' },
        ],
      },
    ]);
  });

  it.each([
    ['JPY', '1500.00', '1500.00'],
    ['KWD', '412.375', '412.375'],
    ['EUR', '7', '7.00'],
  ])('keeps an amount in %s as it is', async (currency, amount, stored) => {
    expect(
      (await erp.call('POST', '/payments', { ...payment, currency, amount })).body.amount,
    ).toBe(stored);
  });
});

describe('refused writes', () => {
  const refusals: [code: string, method: string, target: string, body: unknown, status?: number][] =
    [
      ['unknown_vendor', 'POST', '/payments', { ...payment, vendor_id: 'V-9999' }],
      ['inactive_vendor', 'POST', '/payments', { ...payment, vendor_id: 'V-1002' }],
      ['bad_amount', 'POST', '/payments', { ...payment, amount: '0.00' }],
      ['bad_amount', 'POST', '/payments', { ...payment, amount: '-5.00' }],
      ['bad_amount', 'POST', '/payments', { ...payment, amount: 2500 }],
      ['bad_amount', 'POST', '/payments', { ...payment, amount: '1e3' }],
      ['bad_amount', 'POST', '/payments', { ...payment, amount: '1.005' }],
      ['bad_amount', 'POST', '/payments', { ...payment, currency: 'JPY', amount: '1.50' }],
      ['unknown_currency', 'POST', '/payments', { ...payment, currency: 'XXX' }],
      ['unknown_currency', 'POST', '/payments', { ...payment, currency: 'toString' }],
      ['unknown_invoice', 'POST', '/payments', { ...payment, invoice_ref: 'INV-9999' }],
      ['invoice_of_other_vendor', 'POST', '/payments', { ...payment, invoice_ref: 'INV-5002' }],
      ['invoice_already_paid', 'POST', '/payments', { ...payment, invoice_ref: 'INV-5003' }],
      [
        'wrong_currency',
        'POST',
        '/payments',
        { ...payment, currency: 'EUR', invoice_ref: 'INV-5001' },
      ],
      ['unknown_field', 'POST', '/payments', { ...payment, approved: true }],
      ['bad_field', 'POST', '/payments', {}],
      ['bad_body', 'POST', '/payments', [payment], 400],
      ['bad_path', 'GET', '/vendors/%E0%A4%A', undefined, 400],
      ['unknown_item', 'POST', '/stock-movements', { ...movement, sku: 'SKU-9999' }],
      ['unknown_warehouse', 'POST', '/stock-movements', { ...movement, warehouse_id: 'WH-99' }],
      ['negative_stock', 'POST', '/stock-movements', { ...movement, quantity: -101 }],
      ['bad_quantity', 'POST', '/stock-movements', { ...movement, quantity: 0 }],
      ['bad_quantity', 'POST', '/stock-movements', { ...movement, quantity: 1.5 }],
      ['unknown_contact', 'PATCH', '/contacts/C-9999', { field: 'owner', value: 'x' }, 404],
      ['bad_field', 'PATCH', '/contacts/C-2001', { field: 'name', value: 'x' }],
      ['bad_field', 'PATCH', '/contacts/C-2001', { field: 'status', value: 'gone' }],
      ['bad_email', 'PATCH', '/contacts/C-2001', { field: 'email', value: 'nobody' }],
      ['unknown_ticket', 'POST', '/tickets/T-9999/route', { queue: 'hr' }, 404],
      ['ticket_closed', 'POST', '/tickets/T-3004/route', { queue: 'hr' }],
      ['bad_field', 'POST', '/tickets/T-3001/route', { queue: 'legal' }],
      [
        'unknown_customer',
        'POST',
        '/notifications',
        { customer_id: 'CU-9999', template: 'invoice_due' },
      ],
      [
        'inactive_customer',
        'POST',
        '/notifications',
        { customer_id: 'CU-4004', template: 'invoice_due' },
      ],
      [
        'no_address',
        'POST',
        '/notifications',
        { customer_id: 'CU-4003', template: 'invoice_due', channel: 'sms' },
      ],
      ['bad_field', 'POST', '/notifications', { customer_id: 'CU-4001', template: 'hello' }],
      [
        'unbalanced',
        'POST',
        '/journal-entries',
        { ...entry, lines: [entry.lines[0], { account: '2000', credit: '1.00' }] },
      ],
      [
        'unknown_account',
        'POST',
        '/journal-entries',
        { ...entry, lines: [entry.lines[0], { account: '9999', credit: '480.00' }] },
      ],
      [
        'inactive_account',
        'POST',
        '/journal-entries',
        { ...entry, lines: [entry.lines[0], { account: '1900', credit: '480.00' }] },
      ],
      [
        'same_account',
        'POST',
        '/journal-entries',
        { ...entry, lines: [entry.lines[0], { account: '6100', credit: '480.00' }] },
      ],
      [
        'bad_line',
        'POST',
        '/journal-entries',
        { ...entry, lines: [entry.lines[0], { account: '2000' }] },
      ],
      ['unknown_payment', 'POST', '/payments/PAY-000009/reverse', {}, 404],
    ];

  it.each(refusals)(
    'answers %s to %s %s %j and books nothing',
    async (code, method, target, body, status = 422) => {
      const reply = await erp.call(method, target, body, 'refused');
      expect(reply.status).toBe(status);
      expect(reply.body.error.code).toBe(code);
      expect(reply.body.error.message).toMatch(/\.$/);
      for (const kind of [
        'payments',
        'movements',
        'contact_changes',
        'ticket_routings',
        'notifications',
        'journal',
      ]) {
        expect(await erp.records(kind)).toEqual([]);
      }
      expect((await erp.call('GET', '/stock/SKU-1001/WH-01')).body.on_hand).toBe(100);
    },
  );
});

describe('reversals', () => {
  const writes: [
    name: string,
    method: string,
    target: string,
    body: unknown,
    reverse: string,
    kind: string,
  ][] = [
    [
      'a payment',
      'POST',
      '/payments',
      { ...payment, invoice_ref: 'INV-5001' },
      '/payments',
      'invoices',
    ],
    ['a movement', 'POST', '/stock-movements', movement, '/stock-movements', 'stock'],
    [
      'a contact change',
      'PATCH',
      '/contacts/C-2001',
      { field: 'owner', value: 'support' },
      '/contact-changes',
      'contacts',
    ],
    [
      'a ticket routing',
      'POST',
      '/tickets/T-3001/route',
      { queue: 'hr', priority: 'high' },
      '/ticket-routings',
      'tickets',
    ],
  ];

  it.each(writes)(
    'of %s restores the record, once',
    async (_name, method, target, body, reverse, kind) => {
      const before = await erp.records(kind);
      const { number } = (await erp.call(method, target, body)).body;
      expect(await erp.records(kind)).not.toEqual(before);
      const reversal = await erp.call('POST', `${reverse}/${number}/reverse`, {});
      expect(reversal.status).toBe(201);
      expect(reversal.body.reverses).toBe(number);
      expect(await erp.records(kind)).toEqual(before);
      const again = await erp.call('POST', `${reverse}/${number}/reverse`, {});
      expect(again.body.error.code).toBe('already_reversed');
      const undo = await erp.call('POST', `${reverse}/${reversal.body.number}/reverse`, {});
      expect(undo.body.error.code).toBe('is_reversal');
    },
  );

  it('of an entry exchanges its sides', async () => {
    const { number } = (await erp.call('POST', '/journal-entries', entry)).body;
    const reversal = await erp.call('POST', `/journal-entries/${number}/reverse`, {});
    expect(reversal.body.lines).toEqual([
      { account: '6100', debit: '0.00', credit: '480.00' },
      { account: '2000', debit: '480.00', credit: '0.00' },
    ]);
  });

  it('of a payment books the opposite amount and marks the first', async () => {
    await erp.call('POST', '/payments', payment);
    await erp.call('POST', '/payments/PAY-000001/reverse', {});
    expect(await erp.records('payments')).toMatchObject([
      { number: 'PAY-000001', amount: '2500.00', status: 'reversed', reverses: null },
      { number: 'PAY-000002', amount: '-2500.00', reverses: 'PAY-000001' },
    ]);
  });

  it.each([
    [
      'PATCH',
      '/contacts/C-2001',
      { field: 'owner', value: 'support' },
      { field: 'owner', value: 'finance' },
      '/contact-changes',
    ],
    ['POST', '/tickets/T-3001/route', { queue: 'hr' }, { queue: 'billing' }, '/ticket-routings'],
  ])(
    'is refused when %s %s was done again since',
    async (method, target, first, second, reverse) => {
      const { number } = (await erp.call(method, target, first)).body;
      await erp.call(method, target, second);
      const reply = await erp.call('POST', `${reverse}/${number}/reverse`, {});
      expect(reply.body.error.code).toBe('changed_since');
    },
  );
});
