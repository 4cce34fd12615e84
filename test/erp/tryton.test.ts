import type { Connector, PerformInput } from '../../policy-service/src/application/ports';
import type { JsonObject } from '../../policy-service/src/domain/request/request';
import { CONTEXT, doneOf, exampleConnector, find, inputOf, perform } from './support/connector';
import { undoOf } from '../support/undo-of';
import { CuttingProxy } from './support/cutting-proxy';
import { describeErp } from './support/erps';
import { TrytonDirect } from './support/tryton-direct';

const SHIPMENT = 'stock.shipment.internal';

describeErp('tryton', 'Tryton connector against a real Tryton', (erp) => {
  let connector: Connector;
  let tryton: TrytonDirect;
  const warehouses = erp.ids['warehouses'] as Record<string, { id: number }>;
  const onHand = (sku = 'SKU-1001', code = 'WH-01'): Promise<number> =>
    tryton.onHand(sku, warehouses[code]?.id ?? 0);
  const shipments = (requestId: string) =>
    tryton.search(SHIPMENT, [['reference', 'like', `${requestId}/%`]], ['state', 'number']);
  const payments = (requestId: string) =>
    tryton.search(
      'account.payment',
      [['description', 'like', `${requestId}/%`]],
      ['state', 'amount', 'party', 'group', 'clearing_move'],
    );

  beforeAll(async () => {
    connector = exampleConnector(erp);
    tryton = await TrytonDirect.signIn(erp);
  });

  describe('lookups', () => {
    const look = (name: string, values: JsonObject) => connector.lookup(name, values, CONTEXT);

    test('records are found by their codes, inactive vendors included', async () => {
      expect(await look('vendor', { vendor_id: 'V-1001' })).toMatchObject({
        found: true,
        fact: {
          connectorId: 'tryton',
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
    });

    test('stock is told for each warehouse', async () => {
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

    test('with a wrong password nothing is known, rather than nothing there', async () => {
      const stranger = exampleConnector({ ...erp, login: 'reader', password: 'wrong' });
      const look = () => stranger.lookup('vendor', { vendor_id: 'V-1001' }, CONTEXT);
      await expect(look()).rejects.toThrow('does not accept the login');
      expect(await stranger.ping()).toBe(false);
      expect(await connector.ping()).toBe(true);
    });
  });

  describe('stock', () => {
    const change = (quantity: number, requestId?: string, warehouse = 'WH-01') =>
      inputOf('stock_adjust', { sku: 'SKU-1001', quantity, warehouse_id: warehouse }, requestId);

    test('+25 and -10 are booked as done shipments', async () => {
      const before = await onHand();
      const more = change(25);
      const booked = doneOf(await perform(connector, more));
      expect(booked.result).toMatchObject({ quantity: 25, on_hand: before + 25 });
      expect(await onHand()).toBe(before + 25);
      expect(await shipments(more.requestId)).toMatchObject([
        { state: 'done', number: booked.erpReference },
      ]);
      doneOf(await perform(connector, change(-10)));
      expect(await onHand()).toBe(before + 15);
    });

    test('a second perform of one request, and eight at once, make one shipment', async () => {
      const before = await onHand();
      const input = change(3);
      const first = doneOf(await perform(connector, input));
      expect(doneOf(await perform(connector, input)).erpReference).toBe(first.erpReference);
      const raced = change(4);
      const all = await Promise.all(Array.from({ length: 8 }, () => perform(connector, raced)));
      expect(new Set(all.map((one) => doneOf(one).erpReference)).size).toBe(1);
      expect(await shipments(raced.requestId)).toHaveLength(1);
      expect(await onHand()).toBe(before + 7);
    });

    test('more than there is is refused, and nothing stays reserved', async () => {
      const before = await onHand('SKU-1002');
      const input = inputOf('stock_adjust', {
        sku: 'SKU-1002',
        quantity: -1000,
        warehouse_id: 'WH-01',
      });
      const result = await perform(connector, input);
      expect(result).toMatchObject({ outcome: 'refused' });
      expect(result).toHaveProperty('message', expect.stringContaining('not enough stock'));
      expect((await shipments(input.requestId)).map(({ state }) => state)).toEqual(['cancelled']);
      expect(await find(connector, input)).toEqual({ found: 'none' });
      expect(await onHand('SKU-1002')).toBe(before);
      // All that is there can still be taken, so nothing of it is reserved.
      const all = inputOf('stock_adjust', {
        sku: 'SKU-1002',
        quantity: -before,
        warehouse_id: 'WH-01',
      });
      doneOf(await perform(connector, all));
      doneOf(
        await perform(connector, inputOf('stock_adjust', { ...all.arguments, quantity: before })),
      );
    });

    test('a shipment that somebody left half way is led to its end, not created again', async () => {
      const before = await onHand();
      const input = change(6);
      doneOf(await perform(connector, change(1)));
      await leaveDraft(tryton, `${input.requestId}/the-step`, erp.ids, 6);
      expect(await find(connector, input)).toMatchObject({ found: 'partial' });
      doneOf(await perform(connector, input));
      expect(await shipments(input.requestId)).toHaveLength(1);
      expect(await onHand()).toBe(before + 7);
    });

    test('another content under the same reference is not taken for ours', async () => {
      const input = change(6);
      await leaveDraft(tryton, `${input.requestId}/the-step`, erp.ids, 9);
      const result = await perform(connector, input);
      expect(result).toMatchObject({ outcome: 'unknown' });
      expect(result).toHaveProperty('message', expect.stringContaining('moves something else'));
      expect((await shipments(input.requestId)).map(({ state }) => state)).toEqual(['draft']);
    });

    test('the reverse books the opposite shipment, once', async () => {
      const before = await onHand();
      const values = { sku: 'SKU-1001', quantity: 12, warehouse_id: 'WH-01' };
      const input = inputOf('stock_adjust', values);
      const { erpReference } = doneOf(await perform(connector, input));
      expect(await onHand()).toBe(before + 12);
      const undo = undoOf(input, 'stock_adjust_reverse', erpReference);
      doneOf(await perform(connector, undo));
      doneOf(await perform(connector, undo));
      expect(await onHand()).toBe(before);
      expect(await find(connector, undo)).toMatchObject({ found: 'done' });
    });

    test('the reverse leaves a shipment alone that moves something else', async () => {
      const before = await onHand();
      const values = { sku: 'SKU-1001', quantity: 12, warehouse_id: 'WH-01' };
      const input = inputOf('stock_adjust', values);
      const { erpReference } = doneOf(await perform(connector, input));
      const wrong = undoOf(input, 'stock_adjust_reverse', erpReference, { quantity: 11 });
      expect(await perform(connector, wrong)).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('not the one that is to be undone'),
      });
      expect(await onHand()).toBe(before + 12);

      const open = inputOf('stock_adjust', values);
      await leaveDraft(tryton, `${open.requestId}/the-step`, erp.ids, 9);
      const [draft] = await shipments(open.requestId);
      const undo = undoOf(open, 'stock_adjust_reverse', String(draft?.['number']));
      expect(await perform(connector, undo)).toMatchObject({
        outcome: 'refused',
      });
      expect((await shipments(open.requestId)).map(({ state }) => state)).toEqual(['draft']);
    });

    test.each([
      ['an unknown item', { sku: 'SKU-9999', quantity: 1, warehouse_id: 'WH-01' }],
      ['an unknown warehouse', { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-99' }],
      ['no quantity', { sku: 'SKU-1001', quantity: 0, warehouse_id: 'WH-01' }],
      ['a part of a unit', { sku: 'SKU-1001', quantity: 1.5, warehouse_id: 'WH-01' }],
    ])('%s is refused and nothing is sent', async (_what, values) => {
      const input = inputOf('stock_adjust', values);
      expect(await perform(connector, input)).toMatchObject({ outcome: 'refused' });
      expect(await shipments(input.requestId)).toEqual([]);
    });
  });

  describe('payments', () => {
    const pay = (values: JsonObject = {}, requestId?: string) =>
      inputOf(
        'payment_create',
        { vendor_id: 'V-1001', amount: '125.50', currency: 'USD', ...values },
        requestId,
      );

    test('a payment is created, approved, processed and booked', async () => {
      const input = pay({ memo: 'Retainer', invoice_ref: 'INV-5001' });
      const { erpReference, result } = doneOf(await perform(connector, input));
      expect(result).toMatchObject({ vendor_id: 'V-1001', amount: '125.50', state: 'succeeded' });
      const [payment, ...others] = await payments(input.requestId);
      expect(others).toEqual([]);
      expect(payment).toMatchObject({
        id: Number(erpReference),
        state: 'succeeded',
        amount: { decimal: '125.50' },
        clearing_move: expect.any(Number),
      });
    });

    test('six at once make one payment in one group', async () => {
      const groups = await tryton.search('account.payment.group', [], ['payments']);
      const input = pay();
      const all = await Promise.all(Array.from({ length: 6 }, () => perform(connector, input)));
      expect(new Set(all.map((one) => doneOf(one).erpReference)).size).toBe(1);
      expect(await payments(input.requestId)).toHaveLength(1);
      const after = await tryton.search('account.payment.group', [], ['payments']);
      expect(after).toHaveLength(groups.length + 1);
    });

    test('many payments at once: each has a group of its own', async () => {
      const groups = await tryton.search('account.payment.group', [], ['payments']);
      const all = await Promise.all(Array.from({ length: 4 }, () => perform(connector, pay())));
      expect(new Set(all.map((one) => doneOf(one).erpReference)).size).toBe(4);
      const after = await tryton.search('account.payment.group', [], ['payments']);
      expect(after).toHaveLength(groups.length + 4);
    });

    test.each([
      ['an inactive vendor', { vendor_id: 'V-1002' }, 'not active'],
      ['an unknown vendor', { vendor_id: 'V-9999' }, 'no vendor'],
      ['a negative amount', { amount: '-5.00' }, 'above 0'],
      ['nothing', { amount: '0.00' }, 'above 0'],
      ['too precise an amount', { amount: '10.999' }, 'decimal places'],
      ['a number with an exponent', { amount: '1e3' }, 'above 0'],
      ['a currency without a journal', { currency: 'EUR' }, 'no payment journal'],
    ])('%s is refused and nothing is sent', async (_what, values, sentence) => {
      const input = pay(values);
      const result = await perform(connector, input);
      expect(result).toMatchObject({ outcome: 'refused' });
      expect(result).toHaveProperty('message', expect.stringContaining(sentence));
      expect(await payments(input.requestId)).toEqual([]);
    });

    test('a login without rights is refused', async () => {
      const reader = exampleConnector({ ...erp, ...erp.reader });
      const result = await perform(reader, pay());
      expect(result).toMatchObject({ outcome: 'refused' });
      expect(result).toHaveProperty('message', expect.stringContaining('not allowed'));
    });

    test('it stops where the connector says, and that one is deleted by the reverse', async () => {
      const careful = exampleConnector(erp, erp.url, {
        payment: { journal: 'Vendor payments', until: 'approved' },
      });
      const input = pay();
      const { erpReference } = doneOf(await perform(careful, input));
      expect(await payments(input.requestId)).toMatchObject([{ state: 'approved' }]);
      const undo = undoOf(input, 'payment_reverse', erpReference);
      expect(doneOf(await perform(careful, undo)).result).toMatchObject({ state: 'deleted' });
      expect(await payments(input.requestId)).toEqual([]);
      doneOf(await perform(careful, undo));
    });

    test('a paid one fails by the reverse, and its entry goes with it', async () => {
      const input = pay();
      const { erpReference } = doneOf(await perform(connector, input));
      const undo = undoOf(input, 'payment_reverse', erpReference);
      expect(doneOf(await perform(connector, undo)).result).toMatchObject({ state: 'failed' });
      expect(await payments(input.requestId)).toMatchObject([
        { state: 'failed', clearing_move: null },
      ]);
      doneOf(await perform(connector, undo));
    });
  });

  describe('contacts', () => {
    const details = () =>
      tryton.search(
        'party.contact_mechanism',
        [
          ['party.code', '=', 'C-2001'],
          ['type', '=', 'email'],
        ],
        ['value', 'active'],
      );
    const current = async () =>
      (await details()).filter(({ active }) => active).map(({ value }) => value);

    test('a new address takes the place of the old one, and the reverse brings that back', async () => {
      const before = await current();
      const values = { contact_id: 'C-2001', field: 'email', value: 'new@example.com' };
      const input = inputOf('contact_update', values);
      const written = await perform(connector, input);
      const { erpReference } = doneOf(written);
      doneOf(await perform(connector, input));
      expect(await current()).toEqual(['new@example.com']);
      expect(await find(connector, input)).toMatchObject({ found: 'done', erpReference });
      expect(JSON.stringify(written)).not.toContain('new@example.com');
      const undo = undoOf(input, 'contact_restore', erpReference);
      doneOf(await perform(connector, undo));
      doneOf(await perform(connector, undo));
      expect(await current()).toEqual(before);
    });

    test('a field that Tryton does not have is refused', async () => {
      const values = { contact_id: 'C-2001', field: 'owner', value: 'Ana' };
      expect(await perform(connector, inputOf('contact_update', values))).toMatchObject({
        outcome: 'refused',
      });
    });
  });

  describe('lost answers and stale sessions', () => {
    let proxy: CuttingProxy;
    let shaky: Connector;

    beforeEach(async () => {
      proxy = await CuttingProxy.start(erp.url);
      shaky = exampleConnector(erp, proxy.url, { settleMs: 300 });
    });
    afterEach(() => proxy.stop());

    describe('and nobody answers any more', () => {
      let addresses = 0;
      const email = (): PerformInput =>
        inputOf('contact_update', {
          contact_id: 'C-2001',
          field: 'email',
          value: `down-${(addresses += 1)}@example.com`,
        });
      const change = (quantity: number): PerformInput =>
        inputOf('stock_adjust', { sku: 'SKU-1001', quantity, warehouse_id: 'WH-01' });
      const pay = (): PerformInput =>
        inputOf('payment_create', { vendor_id: 'V-1001', amount: '125.50', currency: 'USD' });
      const written = async (input: PerformInput, operation: string): Promise<PerformInput> =>
        undoOf(input, operation, doneOf(await perform(connector, input)).erpReference);

      test.each<[string, string, () => Promise<PerformInput>]>([
        ['model.stock.shipment.internal.create', 'a stock change', async () => change(-1)],
        ['model.stock.shipment.internal.done', 'a stock change', async () => change(-1)],
        ['model.account.payment.create', 'a payment', async () => pay()],
        ['model.account.payment.succeed', 'a payment', async () => pay()],
        ['model.party.party.write', 'a contact', async () => email()],
        [
          'model.party.party.write',
          'a contact that is restored',
          () => written(email(), 'contact_restore'),
        ],
        [
          'model.account.payment.fail',
          'a payment that is taken back',
          () => written(pay(), 'payment_reverse'),
        ],
        [
          'model.stock.shipment.internal.create',
          'a stock change that is taken back',
          () => written(change(-1), 'stock_adjust_reverse'),
        ],
      ])('after %s of %s: unknown, and it is found later', async (call, _, make) => {
        const input = await make();
        proxy.cutAfter(`"${call}"`, 'down');
        expect(await perform(shaky, input)).toMatchObject({
          outcome: 'unknown',
          message: expect.not.stringContaining('Nothing was written'),
        });
        expect(proxy.cuts).toBe(1);
        proxy.up();
        expect(['done', 'partial']).toContain((await find(shaky, input)).found);
        doneOf(await perform(shaky, input));
      });
    });

    const values = { sku: 'SKU-1001', quantity: 2, warehouse_id: 'WH-01' };
    const payment = { vendor_id: 'V-1003', amount: '77.00', currency: 'USD' };

    test.each([
      ['create', `model.${SHIPMENT}.create"`],
      ['wait', `model.${SHIPMENT}.wait"`],
      ['assign_try', `model.${SHIPMENT}.assign_try"`],
      ['done', `model.${SHIPMENT}.done"`],
    ])('a shipment whose %s lost its answer is one shipment', async (_name, marker) => {
      const before = await onHand();
      const input = inputOf('stock_adjust', values);
      proxy.cutAfter(marker);
      doneOf(await perform(shaky, input));
      expect(proxy.cuts).toBe(1);
      expect(await shipments(input.requestId)).toMatchObject([{ state: 'done' }]);
      expect(await onHand()).toBe(before + 2);
    });

    test.each([
      ['create', 'model.account.payment.create"'],
      ['approve', 'model.account.payment.approve"'],
      ['process', 'wizard.account.payment.process.execute"'],
      ['succeed', 'model.account.payment.succeed"'],
    ])('a payment whose %s lost its answer is one payment', async (_name, marker) => {
      const input = inputOf('payment_create', payment);
      proxy.cutAfter(marker);
      doneOf(await perform(shaky, input));
      expect(proxy.cuts).toBe(1);
      expect(await payments(input.requestId)).toMatchObject([{ state: 'succeeded' }]);
    });

    test('an execution that died after sending is found by a later one: look, settle, look again', async () => {
      const input = inputOf('payment_create', payment);
      proxy.cutAfter('model.account.payment.create"');
      const dying = new AbortController();
      const cut = setInterval(() => proxy.cuts > 0 && dying.abort(), 1);
      const died = await shaky.perform(input, { ...CONTEXT, signal: dying.signal });
      clearInterval(cut);
      expect(died.outcome).toBe('unknown');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(await find(connector, input)).toMatchObject({ found: 'partial' });
      doneOf(await perform(connector, input));
      expect(await find(connector, input)).toMatchObject({ found: 'done' });
      expect(await payments(input.requestId)).toHaveLength(1);
    });

    test('a session that ended is begun anew, and the call goes on', async () => {
      doneOf(await perform(connector, inputOf('stock_adjust', values)));
      await endAllSessions(erp.dir);
      doneOf(await perform(connector, inputOf('stock_adjust', values)));
      tryton = await TrytonDirect.signIn(erp);
    });
  });
});

/** A draft shipment as a process that died would leave it. */
async function leaveDraft(
  tryton: TrytonDirect,
  reference: string,
  ids: Record<string, unknown>,
  quantity: number,
): Promise<void> {
  const [lost] = await tryton.search('stock.location', [['type', '=', 'lost_found']], ['name']);
  const { storage } = (ids['warehouses'] as Record<string, { storage: number }>)['WH-01'] ?? {};
  const product = (ids['products'] as Record<string, number>)['SKU-1001'];
  const places = { from_location: lost?.id, to_location: storage };
  const move = { product, uom: 1, quantity, company: 1, ...places };
  await tryton.call(
    `model.${SHIPMENT}.create`,
    [{ reference, company: 1, ...places, moves: [['create', [move]]] }],
    { company: 1 },
  );
}

/** Sessions end in the database that all of the server's processes share. */
async function endAllSessions(dir: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(`${dir}/db/tryton.sqlite`);
  database.exec('delete from ir_session');
  database.close();
}
