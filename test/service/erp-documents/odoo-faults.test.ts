import type { Connector, PerformResult } from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { answers, cuts, ScriptedServer } from '../http-connector/harness';
import { connectorTo, CONTEXT, inputOf, SECRET } from './connectors';
import { undoOf } from '../../support/undo-of';

type Reply = { status?: number; json?: unknown; text?: string } | 'cut';
const TRACEBACK = 'Traceback (most recent call last): File "/usr/lib/secret.py"';
const odooError = (name: string, message: string, status = 422): Reply => ({
  status,
  json: { name, message, arguments: [message], context: {}, debug: TRACEBACK },
});

let server: ScriptedServer;
let connector: Connector;
let logged: unknown[];
let state: string;
let reserved: number;
const called: string[] = [];
/** Replies that a test puts before the usual ones; undefined lets the usual one through. */
const faults = new Map<string, (times: number) => Reply | undefined>();

beforeEach(async () => {
  state = '';
  reserved = 0;
  called.length = 0;
  faults.clear();
  server = await ScriptedServer.start();
  server.script((res, call, socket) => {
    const method = call.url.replace('/json/2/', '');
    called.push(method);
    const reply = faults.get(method)?.(count(method)) ?? { json: usual(method) };
    if (reply === 'cut') return cuts(res, call, socket);
    answers(reply.status ?? 200, reply.text ?? JSON.stringify(reply.json ?? null))(
      res,
      call,
      socket,
    );
  });
  ({ connector, logged } = connectorTo('odoo', server.url));
});
afterEach(() => server.stop());

const count = (method: string): number => called.filter((name) => name === method).length;

const ACME = { id: 3, ref: 'V-1001', name: 'Acme', active: true };
const USD = { id: 2, name: 'USD', decimal_places: 2 };

/** As much of Odoo as taking 10 units out needs. */
function usual(method: string): unknown {
  switch (method) {
    case 'product.product/search_read':
      return [
        {
          id: 1,
          default_code: 'SKU-1001',
          name: 'Widget',
          active: true,
          uom_id: [1, 'Units'],
          property_stock_inventory: [11, 'Loss'],
          qty_available: 90,
        },
      ];
    case 'stock.warehouse/search_read':
      return [
        {
          id: 1,
          code: 'WH-01',
          name: 'Warehouse 1',
          lot_stock_id: [5, 'Stock'],
          int_type_id: [7, 'Internal'],
        },
      ];
    case 'stock.move/fields_get':
      return { quantity: {} };
    case 'stock.move/search_read':
      return [{ id: 1, product_id: [1, 'Widget'], product_uom_qty: 10, quantity: reserved }];
    case 'stock.picking/search_read':
      return state === ''
        ? []
        : [
            {
              id: 1,
              name: 'WH/INT/1',
              state,
              origin: 'req_1/step',
              location_id: [5, 'Stock'],
              location_dest_id: [11, 'Loss'],
            },
          ];
    case 'stock.picking/load':
      state = state || 'draft';
      return { ids: [1], messages: [], nextrow: 0 };
    case 'stock.picking/action_confirm':
      reserved = 10;
      if (state === 'draft') state = 'assigned';
      return true;
    case 'stock.picking/button_validate':
      if (state === 'assigned') state = 'done';
      return true;
    case 'stock.picking/action_cancel':
      if (state !== 'done') state = 'cancel';
      return true;
    default:
      return null;
  }
}

const take = inputOf('stock_adjust', { sku: 'SKU-1001', quantity: -10, warehouse_id: 'WH-01' });
const perform = (): Promise<PerformResult> => connector.perform(take, CONTEXT);

test('the whole way, by an external id and with the context that never overwrites', async () => {
  expect(await perform()).toMatchObject({ outcome: 'done', erpReference: 'WH/INT/1' });
  const load = server.received.find(({ url }) => url.endsWith('/load'));
  const { fields, data, context } = JSON.parse(load?.body ?? '{}');
  expect(data[0][fields.indexOf('id')]).toBe('execution_layer.req_1.step');
  expect(context).toEqual({ mode: 'update', noupdate: true });
  expect(load?.headers['authorization']).toBe(`bearer ${SECRET}`);
});

describe('a payment that is taken back', () => {
  const posted = (more: object = {}) => ({
    id: 1,
    name: 'PBNK1/1',
    state: payment,
    amount: 12.5,
    partner_id: [3, 'Acme'],
    currency_id: [2, 'USD'],
    memo: 'req_0/step',
    ...more,
  });
  let payment: string;
  const undo = (name: string) =>
    connector.perform(
      undoOf(
        {
          ...inputOf('payment_create', { vendor_id: 'V-1001', amount: '12.50', currency: 'USD' }),
          requestId: 'req_0',
        },
        'payment_reverse',
        name,
      ),
      CONTEXT,
    );

  beforeEach(() => {
    payment = 'paid';
    faults.set('account.payment/fields_get', () => ({ json: { memo: {} } }));
    faults.set('res.currency/search_read', () => ({ json: [USD] }));
    faults.set('res.partner/search_read', () => ({ json: [{ ...ACME, active: false }] }));
    faults.set('account.payment/search_read', () => ({ json: [posted()] }));
    faults.set('account.payment/action_cancel', () => {
      payment = 'canceled';
      return { json: true };
    });
  });

  test('it is cancelled', async () => {
    expect(await undo('PBNK1/1')).toMatchObject({ outcome: 'done', erpReference: 'PBNK1/1' });
    expect(payment).toBe('canceled');
  });

  test.each([
    ['another amount', [{ amount: 99 }]],
    ['another vendor', [{ partner_id: [4, 'Other'] }]],
    ['another request', [{ memo: 'req_9/step' }]],
    ['two with one reference', [{}, { id: 2 }]],
    ['none', []],
  ])('%s: nothing is cancelled', async (_name, rows) => {
    faults.set('account.payment/search_read', () => ({ json: rows.map(posted) }));
    expect(await undo('PBNK1/1')).toMatchObject({ outcome: 'refused' });
    expect(count('account.payment/action_cancel')).toBe(0);
  });
});

test('cancelled without an answer, and down since: unknown, never "nothing was written"', async () => {
  // As above, but the answer of the write and everything after it is lost.
  faults.set('account.payment/fields_get', () => ({ json: { memo: {} } }));
  faults.set('res.currency/search_read', () => ({ json: [USD] }));
  faults.set('res.partner/search_read', () => ({ json: [ACME] }));
  faults.set('account.payment/search_read', () =>
    count('account.payment/action_cancel') > 0
      ? 'cut'
      : {
          json: [
            {
              id: 1,
              name: 'PBNK1/1',
              state: 'paid',
              amount: 12.5,
              partner_id: [3, 'Acme'],
              currency_id: [2, 'USD'],
              memo: 'req_1/step',
            },
          ],
        },
  );
  faults.set('account.payment/action_cancel', () => 'cut');
  const paid = inputOf('payment_create', { vendor_id: 'V-1001', amount: '12.50', currency: 'USD' });
  const result = await connector.perform(undoOf(paid, 'payment_reverse', 'PBNK1/1'), CONTEXT);
  expect(result).toMatchObject({ outcome: 'unknown' });
  expect(result).toHaveProperty('message', expect.not.stringContaining('Nothing was written'));
});

describe('an Odoo that ignores what it is asked for, and answers another record', () => {
  test.each<[string, JsonObject, string, object]>([
    ['vendor', { vendor_id: 'V-1002' }, 'res.partner', ACME],
    ['contact', { contact_id: 'V-1002' }, 'res.partner', { ...ACME, ref: false }],
    ['item', { sku: 'SKU-1002' }, 'product.product', { id: 1, default_code: 'SKU-1001' }],
    ['warehouse', { warehouse_id: 'WH-02' }, 'stock.warehouse', { id: 1, code: 'WH-01' }],
    ['stock', { sku: 'SKU-1001', warehouse_id: 'WH-02' }, 'stock.warehouse', { id: 1, code: 'WH' }],
  ])('%s: no fact', async (lookup, parameters, model, row) => {
    faults.set(`${model}/search_read`, () => ({ json: [row] }));
    await expect(connector.lookup(lookup, parameters, CONTEXT)).rejects.toMatchObject({
      remedy: 'mend',
      message: expect.stringMatching(/answered another record/),
    });
  });

  test('nothing is written to it', async () => {
    faults.set('product.product/search_read', () => ({
      json: [{ id: 9, default_code: 'SKU-9999', name: 'Other', active: true }],
    }));
    expect(await perform()).toMatchObject({ outcome: 'refused' });
    expect(count('stock.picking/load')).toBe(0);
  });
});

describe('traps', () => {
  test('loads that race are made again until one is through', async () => {
    const message = 'could not serialize access due to concurrent update';
    faults.set('stock.picking/load', (times) =>
      times < 4 ? { json: { ids: false, messages: [{ type: 'error', message }] } } : undefined,
    );
    expect(await perform()).toMatchObject({ outcome: 'done' });
    expect(count('stock.picking/load')).toBe(4);
  });

  test('a load that is refused with status 200 is refused', async () => {
    const message = 'No matching record found';
    faults.set('stock.picking/load', () => ({ json: { ids: false, messages: [{ message }] } }));
    const result = await perform();
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(result).toHaveProperty('message', expect.stringContaining(message));
  });

  test('a question instead of a transfer: cancelled and refused', async () => {
    faults.set('stock.picking/button_validate', () => ({
      json: { type: 'ir.actions.act_window', res_model: 'stock.backorder.confirmation' },
    }));
    const result = await perform();
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(result).toHaveProperty('message', expect.stringContaining('asked a question'));
    expect(state).toBe('cancel');
  });

  test('less reserved than asked for: cancelled before Odoo asks', async () => {
    faults.set('stock.picking/action_confirm', () => {
      state = 'assigned';
      reserved = 4;
      return { json: true };
    });
    const result = await perform();
    expect(result).toHaveProperty('message', expect.stringContaining('not enough stock'));
    expect(count('stock.picking/button_validate')).toBe(0);
    expect(state).toBe('cancel');
  });

  test('a button that does nothing: cancelled and refused; unknown when that does nothing either', async () => {
    faults.set('stock.picking/button_validate', () => ({ json: true }));
    expect(await perform()).toMatchObject({ outcome: 'refused' });
    expect(state).toBe('cancel');
    state = '';
    faults.set('stock.picking/action_cancel', () => ({ json: true }));
    expect(await perform()).toMatchObject({ outcome: 'unknown' });
  });
});

describe('answers', () => {
  test.each<[string, Reply, PerformResult['outcome']]>([
    ['a rule of Odoo', odooError('odoo.exceptions.UserError', 'No.'), 'refused'],
    ['no rights', odooError('odoo.exceptions.AccessError', 'No.', 403), 'refused'],
    ['a wrong call', odooError('builtins.ValueError', 'Invalid field', 500), 'refused'],
    [
      'a wrong key',
      odooError('werkzeug.exceptions.Unauthorized', 'Invalid apikey', 401),
      'refused',
    ],
    ['no such database', { status: 404, text: '<html>' }, 'refused'],
    ['a proxy that gave up', { status: 502, text: '<html>' }, 'unknown'],
    ['half an answer', { status: 200, text: '{"ids": [1' }, 'unknown'],
    ['a cut connection', 'cut', 'unknown'],
  ])('%s', async (_what, reply, outcome) => {
    faults.set('stock.picking/load', () => reply);
    expect(await perform()).toMatchObject({ outcome });
  });

  test('the traceback of the server is neither recorded nor logged nor told', async () => {
    faults.set('stock.picking/load', () => odooError('odoo.exceptions.UserError', 'No.'));
    const result = await perform();
    for (const text of [JSON.stringify(result), JSON.stringify(logged)]) {
      expect(text).not.toContain('Traceback');
      expect(text).not.toContain('secret.py');
      expect(text).not.toContain(SECRET);
    }
  });

  test('an error of the database that rolled back is transient', async () => {
    faults.set('stock.picking/action_confirm', (times) =>
      times === 1
        ? odooError('psycopg2.errors.SerializationFailure', 'could not serialize access', 500)
        : undefined,
    );
    expect(await perform()).toMatchObject({ outcome: 'done' });
  });

  test('a load whose answer was lost is sent again, with the same external id', async () => {
    faults.set('stock.picking/load', (times) => (times === 1 ? 'cut' : undefined));
    expect(await perform()).toMatchObject({ outcome: 'done' });
    const ids = server.received
      .filter(({ url }) => url.endsWith('/load'))
      .map(({ body }) => (JSON.parse(body) as { data: string[][] }).data[0]?.[0]);
    expect(ids).toEqual(['execution_layer.req_1.step', 'execution_layer.req_1.step']);
  });
});

describe('JSON-RPC of older versions', () => {
  const rpc = { protocol: 'jsonrpc', login: '${ODOO_LOGIN}' };
  const vendor = { id: 6, ref: 'V-1001', name: 'Acme Supplies', active: true };
  const reply = (body: string, answer: (method: string) => unknown): unknown => {
    const { params } = JSON.parse(body) as { params: { service: string; args: unknown[] } };
    return answer(params.service === 'common' ? 'authenticate' : String(params.args[4]));
  };
  const serve = (answer: (method: string) => object): void =>
    server.script((res, call, socket) =>
      answers(200, { jsonrpc: '2.0', id: 1, ...(reply(call.body, answer) as object) })(
        res,
        call,
        socket,
      ),
    );
  const look = () =>
    connectorTo('odoo', server.url, rpc).connector.lookup(
      'vendor',
      { vendor_id: 'V-1001' },
      CONTEXT,
    );

  test('it signs in once, and names models and methods in execute_kw', async () => {
    serve((method) => ({ result: method === 'authenticate' ? 5 : [vendor] }));
    expect(await look()).toMatchObject({ found: true });
    const args = server.received.map(
      ({ body }) => (JSON.parse(body) as { params: { args: unknown[] } }).params.args,
    );
    expect(args[1]?.slice(1, 5)).toEqual([5, SECRET, 'res.partner', 'search_read']);
  });

  test('a wrong key, and an error with a traceback', async () => {
    serve(() => ({ result: false }));
    await expect(look()).rejects.toThrow('does not accept the login');
    const data = { name: 'odoo.exceptions.AccessError', message: 'No.', debug: TRACEBACK };
    serve((method) =>
      method === 'authenticate' ? { result: 5 } : { error: { code: 200, message: 'Odoo', data } },
    );
    await expect(look()).rejects.toThrow('No.');
    await expect(look()).rejects.not.toThrow('Traceback');
  });
});

it.each([200, 404])('an answer (status %d) that is too large must be mended', async (status) => {
  server.script(answers(status, JSON.stringify('x'.repeat(1_100_000))));
  const lookup = connector.lookup('vendor', { vendor_id: 'V-1001' }, CONTEXT);
  await expect(lookup).rejects.toMatchObject({
    remedy: 'mend',
    message: expect.stringContaining('larger than'),
  });
  expect(server.received).toHaveLength(1);
});
