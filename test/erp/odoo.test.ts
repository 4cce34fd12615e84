import type { Connector, PerformInput } from '../../policy-service/src/application/ports';
import type { JsonObject } from '../../policy-service/src/domain/request/request';
import { CONTEXT, doneOf, exampleConnector, find, inputOf, perform } from './support/connector';
import { undoOf } from '../support/undo-of';
import { CuttingProxy } from './support/cutting-proxy';
import { describeErp } from './support/erps';
import { OdooDirect } from './support/odoo-direct';

/** Both doors of the same server: the one of Odoo 19 and the one that older versions have. */
const PROTOCOLS = {
  json2: {},
  jsonrpc: { protocol: 'jsonrpc', login: '${ODOO_LOGIN}' },
};

describeErp('odoo', 'Odoo connector against a real Odoo', (erp) => {
  const odoo = new OdooDirect(erp);
  const warehouses = erp.ids['warehouses'] as Record<string, { id: number }>;
  const stockOf = (sku = 'SKU-1001', code = 'WH-01') => odoo.onHand(sku, warehouses[code]?.id ?? 0);
  const onHand = async (sku?: string): Promise<number> => (await stockOf(sku)).onHand;
  const pickings = (requestId: string) =>
    odoo.search('stock.picking', [['origin', '=like', `${requestId}/%`]], ['state', 'name']);
  const payments = (requestId: string) =>
    odoo.search(
      'account.payment',
      [['memo', '=like', `${requestId}/%`]],
      ['state', 'name', 'amount', 'move_id', 'partner_id'],
    );

  describe.each(Object.entries(PROTOCOLS))('by %s', (_name, protocol) => {
    const connector = exampleConnector(erp, erp.url, protocol);
    const look = (name: string, values: JsonObject) => connector.lookup(name, values, CONTEXT);

    test('records are found by their codes, inactive vendors included', async () => {
      expect(await look('vendor', { vendor_id: 'V-1001' })).toMatchObject({
        found: true,
        fact: {
          connectorId: 'odoo',
          value: { vendor_id: 'V-1001', name: 'Acme Supplies', status: 'active' },
        },
      });
      expect(await look('vendor', { vendor_id: 'V-1002' })).toMatchObject({
        fact: { value: { status: 'inactive' } },
      });
      expect(await look('item', { sku: 'SKU-1002' })).toMatchObject({
        fact: { value: { sku: 'SKU-1002', name: 'Gadget', active: true } },
      });
      expect(await look('warehouse', { warehouse_id: 'WH-02' })).toMatchObject({
        fact: { value: { warehouse_id: 'WH-02', name: 'Warehouse 2' } },
      });
      const stock = (warehouse: string) =>
        look('stock', { sku: 'SKU-1002', warehouse_id: warehouse });
      expect(await stock('WH-01')).toMatchObject({ fact: { value: { on_hand: 100 } } });
      expect(await stock('WH-02')).toMatchObject({ fact: { value: { on_hand: 0 } } });
    });

    test.each([
      ['vendor', { vendor_id: 'V-9999' }],
      ['item', { sku: 'SKU-9999' }],
      ['warehouse', { warehouse_id: 'WH-99' }],
      ['stock', { sku: 'SKU-1001', warehouse_id: 'WH-99' }],
    ])('there is no such %s', async (name, values) => {
      expect(await look(name, values)).toEqual({ found: false });
    });

    test('with a wrong key nothing is known, rather than nothing there', async () => {
      const stranger = exampleConnector({ ...erp, apiKey: 'wrong' }, erp.url, protocol);
      const asked = stranger.lookup('vendor', { vendor_id: 'V-1001' }, CONTEXT);
      await expect(asked).rejects.toThrow('Odoo cannot be asked');
      expect(await stranger.ping()).toBe(false);
      expect(await connector.ping()).toBe(true);
    });

    test('+25, -10 and a payment, read back in Odoo, and each undone', async () => {
      const before = await onHand();
      const values = { sku: 'SKU-1001', quantity: 25, warehouse_id: 'WH-01' };
      const more = inputOf('stock_adjust', values);
      const booked = doneOf(await perform(connector, more));
      expect(booked.result).toMatchObject({ quantity: 25, on_hand: before + 25 });
      expect(await onHand()).toBe(before + 25);
      expect(await pickings(more.requestId)).toMatchObject([
        { state: 'done', name: booked.erpReference },
      ]);
      const less = { ...values, quantity: -10 };
      doneOf(await perform(connector, inputOf('stock_adjust', less)));
      expect(await onHand()).toBe(before + 15);

      const wrong = undoOf(more, 'stock_adjust_reverse', booked.erpReference, { quantity: 24 });
      expect(await perform(connector, wrong)).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('not the one that is to be undone'),
      });
      expect(await onHand()).toBe(before + 15);
      const undo = undoOf(more, 'stock_adjust_reverse', booked.erpReference);
      doneOf(await perform(connector, undo));
      doneOf(await perform(connector, undo));
      expect(await onHand()).toBe(before - 10);
      doneOf(await perform(connector, inputOf('stock_adjust', { ...values, quantity: 10 })));

      const pay = inputOf('payment_create', {
        vendor_id: 'V-1001',
        amount: '125.50',
        currency: 'USD',
        memo: 'Retainer',
      });
      const paid = doneOf(await perform(connector, pay));
      expect(await payments(pay.requestId)).toMatchObject([
        {
          state: 'in_process',
          amount: 125.5,
          name: paid.erpReference,
          move_id: [expect.any(Number), expect.any(String)],
        },
      ]);
      const cancel = undoOf(pay, 'payment_reverse', paid.erpReference);
      doneOf(await perform(connector, cancel));
      doneOf(await perform(connector, cancel));
      expect(await payments(pay.requestId)).toMatchObject([{ state: 'canceled' }]);
      expect(await find(connector, pay)).toEqual({ found: 'none' });
    });
  });

  const connector: Connector = exampleConnector(erp);
  const change = (quantity: number, sku = 'SKU-1001') =>
    inputOf('stock_adjust', { sku, quantity, warehouse_id: 'WH-01' });
  const pay = (values: JsonObject = {}) =>
    inputOf('payment_create', {
      vendor_id: 'V-1001',
      amount: '60.00',
      currency: 'USD',
      ...values,
    });

  describe('stock', () => {
    test('eight performs of one request at once make one transfer', async () => {
      const before = await onHand();
      const input = change(4);
      const all = await Promise.all(Array.from({ length: 8 }, () => perform(connector, input)));
      expect(new Set(all.map((one) => doneOf(one).erpReference)).size).toBe(1);
      expect(await pickings(input.requestId)).toHaveLength(1);
      expect(await onHand()).toBe(before + 4);
    });

    test('six processes at once make one transfer', async () => {
      const before = await onHand();
      const input = change(5);
      const processes = Array.from({ length: 6 }, () => exampleConnector(erp));
      const all = await Promise.all(processes.map((one) => perform(one, input)));
      expect(new Set(all.map((one) => doneOf(one).erpReference)).size).toBe(1);
      expect(await pickings(input.requestId)).toHaveLength(1);
      expect(await onHand()).toBe(before + 5);
    });

    test.each([
      ['more than there is', -1000],
      ['far more than there is', -100_000],
    ])('%s is refused, and nothing stays reserved', async (_what, quantity) => {
      const before = await stockOf('SKU-1002');
      const input = change(quantity, 'SKU-1002');
      const result = await perform(connector, input);
      expect(result).toMatchObject({ outcome: 'refused' });
      expect(result).toHaveProperty('message', expect.stringContaining('not enough stock'));
      expect((await pickings(input.requestId)).map(({ state }) => state)).toEqual(['cancel']);
      expect(await find(connector, input)).toEqual({ found: 'none' });
      expect(await stockOf('SKU-1002')).toEqual(before);
      // What was refused stays refused: the cancelled transfer is not revived.
      expect(await perform(connector, input)).toMatchObject({ outcome: 'refused' });
    });

    test.each([
      ['an unknown item', { sku: 'SKU-9999', quantity: 1, warehouse_id: 'WH-01' }],
      ['an unknown warehouse', { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-99' }],
      ['no quantity', { sku: 'SKU-1001', quantity: 0, warehouse_id: 'WH-01' }],
    ])('%s is refused and nothing is sent', async (_what, values) => {
      const input = inputOf('stock_adjust', values);
      expect(await perform(connector, input)).toMatchObject({ outcome: 'refused' });
      expect(await pickings(input.requestId)).toEqual([]);
    });
  });

  describe('payments', () => {
    test('a repeated perform never changes a posted payment or its entry', async () => {
      const input = pay();
      const first = doneOf(await perform(connector, input));
      const posted = await payments(input.requestId);
      expect(doneOf(await perform(connector, input)).erpReference).toBe(first.erpReference);
      expect(await payments(input.requestId)).toEqual(posted);
      const other = { ...input, arguments: { ...input.arguments, amount: '61.00' } };
      expect(await perform(connector, other)).toMatchObject({ outcome: 'unknown' });
      expect(await payments(input.requestId)).toEqual(posted);
    });

    test('six processes at once make one payment', async () => {
      const input = pay();
      const processes = Array.from({ length: 6 }, () => exampleConnector(erp));
      const all = await Promise.all(processes.map((one) => perform(one, input)));
      expect(new Set(all.map((one) => doneOf(one).erpReference)).size).toBe(1);
      expect(await payments(input.requestId)).toHaveLength(1);
    });

    test.each([
      ['an inactive vendor', { vendor_id: 'V-1002' }, 'not active'],
      ['an unknown vendor', { vendor_id: 'V-9999' }, 'no vendor'],
      ['a negative amount', { amount: '-5.00' }, 'above 0'],
      ['too precise an amount', { amount: '10.999' }, 'decimal places'],
      ['more digits than Odoo keeps', { amount: '99999999999999.99' }, 'exactly'],
      ['a currency that is not in use', { currency: 'EUR' }, 'not active'],
    ])('%s is refused and nothing is sent', async (_what, values, sentence) => {
      const input = pay(values);
      const result = await perform(connector, input);
      expect(result).toMatchObject({ outcome: 'refused' });
      expect(result).toHaveProperty('message', expect.stringContaining(sentence));
      expect(await payments(input.requestId)).toEqual([]);
    });

    test('a login without rights is refused, and the traceback of the server goes nowhere', async () => {
      const reader = exampleConnector({ ...erp, ...erp.reader });
      const result = await perform(reader, pay());
      expect(result).toMatchObject({ outcome: 'refused' });
      expect(JSON.stringify(result)).not.toContain('Traceback');
      expect(JSON.stringify(result)).not.toContain('.py');
    });
  });

  describe('contacts', () => {
    const details = async () =>
      (await odoo.search('res.partner', [['ref', '=', 'C-2001']], ['email', 'phone', 'street']))[0];

    test.each([
      ['email', 'new@example.com'],
      ['phone', '+1 555 010 9999'],
      ['address', 'Elm <Street> 5 & "6"'],
    ])(
      'a new %s is written once, and the reverse brings the old one back',
      async (field, value) => {
        const before = await details();
        const values = { contact_id: 'C-2001', field, value };
        const input = inputOf('contact_update', values);
        const written = await perform(connector, input);
        const { erpReference } = doneOf(written);
        const after = await details();
        expect(Object.values(after ?? {})).toContain(value);
        doneOf(await perform(connector, input));
        expect(await details()).toEqual(after);
        expect(await find(connector, input)).toMatchObject({ found: 'done', erpReference });
        expect(JSON.stringify(written)).not.toContain(value);
        expect(JSON.stringify(written)).not.toContain('maria.lopez');
        // A second change and its way back, so that markup in the old value is kept too.
        const second = inputOf('contact_update', { ...values, value: `${value}x` });
        const { erpReference: note } = doneOf(await perform(connector, second));
        doneOf(await perform(connector, undoOf(second, 'contact_restore', note)));
        expect(await details()).toEqual(after);
        const undo = undoOf(input, 'contact_restore', erpReference);
        doneOf(await perform(connector, undo));
        doneOf(await perform(connector, undo));
        expect(await details()).toEqual(before);
      },
    );

    test('what somebody changed since is left alone', async () => {
      const values = { contact_id: 'C-2001', field: 'phone', value: '+1 555 010 1111' };
      const input = inputOf('contact_update', values);
      const { erpReference } = doneOf(await perform(connector, input));
      const [partner] = await odoo.search('res.partner', [['ref', '=', 'C-2001']], ['ref']);
      const vals = { phone: '+1 555 010 2222' };
      await odoo.call('res.partner', 'write', { ids: [partner?.id], vals });
      const undo = undoOf(input, 'contact_restore', erpReference);
      expect((await perform(connector, undo)).outcome).not.toBe('done');
      expect(await details()).toMatchObject({ phone: '+1 555 010 2222' });
    });
  });

  describe('a payment whose number went to another one', () => {
    const byHand = async (payment: { id?: unknown }, button: string) =>
      odoo.call('account.payment', button, { ids: [payment.id] });

    test('deleted by a person: the payment that has its number now is left alone', async () => {
      const ours = pay();
      const { erpReference } = doneOf(await perform(connector, ours));
      const [payment] = await payments(ours.requestId);
      await byHand(payment ?? {}, 'action_draft');
      await byHand(payment ?? {}, 'unlink');
      // Somebody else pays the same vendor the same amount.
      const theirs = pay();
      const { erpReference: reused } = doneOf(await perform(connector, theirs));
      expect(reused).toBe(erpReference);
      expect(await perform(connector, undoOf(ours, 'payment_reverse', erpReference))).toMatchObject(
        { outcome: 'refused', message: expect.stringContaining('holds no payment') },
      );
      expect(await payments(theirs.requestId)).toMatchObject([{ state: 'in_process' }]);
    });

    test('reset and posted again by a person: it is still ours, and is taken back', async () => {
      const ours = pay();
      const { erpReference } = doneOf(await perform(connector, ours));
      const [payment] = await payments(ours.requestId);
      await byHand(payment ?? {}, 'action_draft');
      await byHand(payment ?? {}, 'action_post');
      doneOf(await perform(connector, undoOf(ours, 'payment_reverse', erpReference)));
      expect(await payments(ours.requestId)).toMatchObject([{ state: 'canceled' }]);
    });

    test('changed by a person: it is left alone, and the sentence says why', async () => {
      const ours = pay();
      const { erpReference } = doneOf(await perform(connector, ours));
      const [payment] = await payments(ours.requestId);
      await byHand(payment ?? {}, 'action_draft');
      await odoo.call('account.payment', 'write', { ids: [payment?.['id']], vals: { amount: 61 } });
      await byHand(payment ?? {}, 'action_post');
      expect(await perform(connector, undoOf(ours, 'payment_reverse', erpReference))).toMatchObject(
        { outcome: 'refused', message: expect.stringContaining('was changed in Odoo') },
      );
      expect(await payments(ours.requestId)).toMatchObject([{ state: 'in_process', amount: 61 }]);
    });
  });

  describe('lost answers', () => {
    let proxy: CuttingProxy;
    let shaky: Connector;

    beforeEach(async () => {
      proxy = await CuttingProxy.start(erp.url);
      shaky = exampleConnector(erp, proxy.url, { settleMs: 300 });
    });
    afterEach(() => proxy.stop());

    test.each(['load', 'action_confirm', 'button_validate'])(
      'a transfer whose %s lost its answer is one transfer',
      async (method) => {
        const before = await onHand();
        const input = change(-2);
        proxy.cutAfter(`/json/2/stock.picking/${method} `);
        doneOf(await perform(shaky, input));
        expect(proxy.cuts).toBe(1);
        expect(await pickings(input.requestId)).toMatchObject([{ state: 'done' }]);
        expect(await onHand()).toBe(before - 2);
      },
    );

    test.each(['load', 'action_post'])(
      'a payment whose %s lost its answer is one payment',
      async (method) => {
        const input = pay();
        proxy.cutAfter(`/json/2/account.payment/${method} `);
        doneOf(await perform(shaky, input));
        expect(proxy.cuts).toBe(1);
        expect(await payments(input.requestId)).toMatchObject([
          { state: 'in_process', amount: 60, move_id: expect.anything() },
        ]);
      },
    );

    describe('and nobody answers any more', () => {
      let addresses = 0;
      const email = (): PerformInput =>
        inputOf('contact_update', {
          contact_id: 'C-2001',
          field: 'email',
          value: `down-${(addresses += 1)}@example.com`,
        });
      const written = async (input: PerformInput, operation: string): Promise<PerformInput> =>
        undoOf(input, operation, doneOf(await perform(connector, input)).erpReference);

      test.each<[string, string, () => Promise<PerformInput>]>([
        ['stock.picking/load', 'a stock change', async () => change(-1)],
        ['stock.picking/button_validate', 'a stock change', async () => change(-1)],
        ['account.payment/load', 'a payment', async () => pay()],
        ['account.payment/action_post', 'a payment', async () => pay()],
        ['mail.message/load', 'a contact', async () => email()],
        ['res.partner/write', 'a contact', async () => email()],
        [
          'res.partner/write',
          'a contact that is restored',
          () => written(email(), 'contact_restore'),
        ],
        [
          'account.payment/action_cancel',
          'a payment that is taken back',
          () => written(pay(), 'payment_reverse'),
        ],
        [
          'stock.picking/load',
          'a stock change that is taken back',
          () => written(change(-1), 'stock_adjust_reverse'),
        ],
      ])('after %s of %s: unknown, and the same call later is done once', async (call, _, make) => {
        const input = await make();
        proxy.cutAfter(`/json/2/${call} `, 'down');
        expect(await perform(shaky, input)).toMatchObject({
          outcome: 'unknown',
          message: expect.not.stringContaining('Nothing was written'),
        });
        expect(proxy.cuts).toBe(1);
        proxy.up();
        doneOf(await perform(shaky, input));
      });
    });

    test('an execution that died after sending is sent again, at once, and makes one payment', async () => {
      const input = pay();
      proxy.cutAfter('/json/2/account.payment/load ');
      const dying = new AbortController();
      const cut = setInterval(() => proxy.cuts > 0 && dying.abort(), 1);
      const died = await shaky.perform(input, { ...CONTEXT, signal: dying.signal });
      clearInterval(cut);
      expect(died.outcome).toBe('unknown');
      doneOf(await perform(connector, input));
      expect(await find(connector, input)).toMatchObject({ found: 'done' });
      expect(await payments(input.requestId)).toHaveLength(1);
    });
  });
});
