import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import {
  ConnectorUnavailable,
  type Connector,
  type FindResult,
  type PerformInput,
} from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { TestErp } from '../mock-erp/erp-client';
import { answers, CONTEXT, cuts, perform, ScriptedServer, shippedConnector } from './harness';

let erp: TestErp;
let server: ScriptedServer;
beforeAll(async () => {
  erp = await TestErp.start();
  server = await ScriptedServer.start();
});
afterAll(() => Promise.all([erp.stop(), server.stop()]));
beforeEach(() => erp.call('POST', '/reset'));

const PAYMENT = { vendor_id: 'V-1001', amount: '2500.00', currency: 'USD' };
const CLASSES = path.join(__dirname, '../../fixtures/mock-erp-classes.yaml');

function connectorOfClasses(): Connector {
  return createConnector(parseConnector(parse(fs.readFileSync(CLASSES, 'utf8')), CLASSES), {
    env: { EXECUTION_LAYER_MOCK_ERP_URL: erp.url },
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
}

function find(
  connector: Connector,
  operation: string,
  args: JsonObject = {},
  input: Partial<PerformInput> = {},
): Promise<FindResult> {
  const whole = {
    operation,
    step: 'the-step',
    arguments: args,
    requestId: 'req_1',
    idempotencyKey: 'key-1',
    done: {},
    ...input,
  };
  if (!connector.find) throw new Error('The connector has no find.');
  return connector.find(whole, CONTEXT);
}

describe('every write of the shipped connector', () => {
  const WRITES: [operation: string, args: JsonObject][] = [
    ['payment_create', PAYMENT],
    ['stock_adjust', { sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-01' }],
    ['contact_update', { contact_id: 'C-2001', field: 'owner', value: 'support' }],
    ['ticket_route', { ticket_id: 'T-3001', queue: 'billing' }],
    ['notification_send', { customer_id: 'CU-4001', template: 'invoice_due' }],
    [
      'journal_post',
      { debit_account: '6100', credit_account: '2000', amount: '480.00', currency: 'USD' },
    ],
  ];

  it.each(WRITES)('%s is found under its request after a lost answer', async (operation, args) => {
    const connector = shippedConnector(erp.url);
    expect(await find(connector, operation, args)).toEqual({ found: 'none' });
    await erp.fault('drop_after_commit', 100);
    expect((await perform(connector, operation, args)).outcome).toBe('unknown');
    await erp.call('DELETE', '/faults');
    const found = await find(connector, operation, args);
    expect(found).toMatchObject({ found: 'done', result: { number: expect.any(String) } });
    const again = await perform(connector, operation, args);
    expect(again).toMatchObject({
      outcome: 'done',
      erpReference: found.found === 'done' ? found.erpReference : '',
    });
    expect(await find(connector, operation, args, { requestId: 'req_2' })).toEqual({
      found: 'none',
    });
  });

  it.each(WRITES)('what undoes %s is found too', async (operation, args) => {
    const connector = shippedConnector(erp.url);
    const { reverse } = connector.traits.operations[operation]!;
    if (reverse === undefined) return expect(operation).toBe('notification_send');
    const done = await perform(connector, operation, args);
    const undo = { ...args, erp_reference: 'erpReference' in done ? done.erpReference! : '' };
    const input = { requestId: 'req_undo', idempotencyKey: 'undo' };
    expect(await find(connector, reverse, undo, input)).toEqual({ found: 'none' });
    const undone = await perform(connector, reverse, undo, input);
    expect(await find(connector, reverse, undo, input)).toMatchObject({
      found: 'done',
      erpReference: 'erpReference' in undone ? undone.erpReference : '',
    });
  });
});

describe('ERPs of every class', () => {
  it('are told apart by what their files declare', () => {
    const { operations } = connectorOfClasses().traits;
    const write = { reads: false, reverse: 'payment_reverse' };
    expect(operations).toMatchObject({
      payment_a: { ...write, idempotency: 'A', findable: false, keyWindowMs: 7 * 86_400_000 },
      payment_b: { ...write, idempotency: 'B', findable: true, uniqueReference: false },
      payment_b_unique: { ...write, idempotency: 'B', findable: true, uniqueReference: true },
      payment_c: { ...write, idempotency: 'C', findable: false, uniqueReference: false },
    });
  });

  it('without a unique reference hold two documents after two sends, and both are told', async () => {
    const connector = connectorOfClasses();
    await perform(connector, 'payment_b', PAYMENT);
    await perform(connector, 'payment_b', PAYMENT);
    expect(await find(connector, 'payment_b')).toEqual({
      found: 'partial',
      message: 'The ERP holds 2 documents for this request: PAY-000001, PAY-000002.',
    });
    expect((await erp.call('GET', '/records')).body).toMatchObject({ payments: { req_1: 2 } });
  });

  it('with a unique reference refuse the second send', async () => {
    const connector = connectorOfClasses();
    expect(await perform(connector, 'payment_b_unique', PAYMENT)).toMatchObject({
      outcome: 'done',
    });
    expect(await perform(connector, 'payment_b_unique', PAYMENT)).toMatchObject({
      outcome: 'refused',
      message: 'PAY-000001 already carries the external reference req_1.',
    });
    expect((await erp.call('GET', '/records')).body).toMatchObject({ payments: { req_1: 1 } });
  });

  it('that offer no search are not asked', async () => {
    await expect(find(connectorOfClasses(), 'payment_c')).rejects.toThrow(ConnectorUnavailable);
    await expect(find(connectorOfClasses(), 'toString')).rejects.toThrow(ConnectorUnavailable);
  });

  it('are not asked through a connector without any search', () => {
    expect(connectorTo({ find: undefined }).find).toBeUndefined();
  });
});

/** A connector to the scripted server whose one write is found as given. */
function connectorTo(operation: Record<string, unknown>): Connector {
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: server.url,
    ping: { path: '/' },
    retry: { attempts: 2, initialDelayMs: 1, maxDelayMs: 2 },
    lookups: {},
    operations: {
      write: {
        method: 'POST',
        path: '/documents',
        success: [201],
        reference: '/id',
        result: { state: '/state' },
        find: { path: '/documents', match: '/ref' },
        ...operation,
      },
    },
  };
  return createConnector(parseConnector(JSON.parse(JSON.stringify(file)), 'scripted.yaml'), {
    env: {},
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
}

describe('what an answer to a search proves', () => {
  const one = { ref: 'req_1', id: 7, state: 'posted' };
  const list = { find: { path: '/documents', list: '/items', match: '/ref' } };
  const posted = {
    find: { ...list.find, doneWhen: { at: '/state', is: ['posted', 'paid'] } },
  };
  const number = { erpReference: '7', numbers: ['erp_reference'] };
  const found = { found: 'done', ...number, result: { state: 'posted' } };

  it.each<[string, JsonObject, unknown, unknown]>([
    ['one document', {}, one, found],
    ['a list with it', list, { items: [{ ref: null, id: 1 }, one] }, found],
    ['an empty list', list, { items: [] }, { found: 'none' }],
    [
      'an empty list that says that it is all',
      list,
      {
        items: [],
        links: { self: '/documents?page=1', next: null },
        page: { size: 50, totalPages: 1, totalElements: 0, number: 1 },
        has_more: false,
        last: true,
      },
      { found: 'none' },
    ],
    [
      'a document with a number that nobody sees',
      list,
      { items: [{ ...one, id: '7\ufe0f' }] },
      { found: 'partial', message: expect.stringMatching(/no number/) },
    ],
    ['a whole document', posted, { items: [one] }, found],
    [
      'a draft',
      posted,
      { items: [{ ...one, state: 'draft' }] },
      {
        found: 'partial',
        erpReference: '7',
        message: 'The ERP holds a document whose /state is "draft".',
      },
    ],
    [
      'a document without a number',
      list,
      { items: [{ ref: 'req_1' }] },
      { found: 'partial', message: expect.stringMatching(/no number/) },
    ],
    [
      'two documents',
      list,
      { items: [one, { ...one, id: 8 }] },
      { found: 'partial', message: expect.stringMatching(/2 documents.*7, 8/) },
    ],
  ])('%s', async (_name, operation, body, expected) => {
    server.script(answers(200, body));
    expect(await find(connectorTo(operation), 'write')).toEqual(expected);
  });

  const byId = { find: { path: '/documents', match: '/ref', notFound: [404] } };

  it('a declared "not found" is none', async () => {
    server.script(answers(404, {}));
    expect(await find(connectorTo(byId), 'write')).toEqual({ found: 'none' });
  });

  it.each<[string, JsonObject, Parameters<typeof server.script>[0]]>([
    ['a list that is not there', list, answers(200, { rows: [] })],
    ['entries that are no documents', list, answers(200, { items: ['req_1'] })],
    ['documents without the field', list, answers(200, { items: [{ id: 1 }] })],
    ['an answer without the field', {}, answers(200, { id: 1 })],
    ['a document of another request', {}, answers(200, { ...one, ref: 'req_2' })],
    ['a list of documents of others', list, answers(200, { items: [{ ...one, ref: 'req_11' }] })],
    ['a document without a reference', list, answers(200, { items: [{ ...one, ref: null }] })],
    ['a list as the reference', list, answers(200, { items: [{ ...one, ref: ['req_1'] }] })],
    ['an empty page before another', list, answers(200, { items: [], next: '/documents?page=2' })],
    ['an empty page with a cursor', list, answers(200, { items: [], meta: { nextCursor: 'b' } })],
    ['an empty page of more', list, answers(200, { items: [], has_more: true })],
    ['an empty page that is not the last', list, answers(200, { items: [], last: false })],
    ['an empty page of three documents', list, answers(200, { items: [], '@odata.count': 3 })],
    ['an empty page of a total', list, answers(200, { items: [], total_count: '3' })],
    ['no JSON', {}, answers(200, '<html>')],
    ['a server error', {}, answers(500, {})],
    ['a refused credential', {}, answers(401, {})],
    ['a cut', {}, cuts],
    ['a status that is not declared', {}, answers(404, {})],
    ['a page under a declared status', byId, answers(404, '<html>Not Found</html>')],
    ['a list that is not there at all', list, answers(404, {})],
    [
      'a declared status in place of a list',
      { find: { ...list.find, notFound: [404] } },
      answers(404, {}),
    ],
    ['a method that is not allowed', {}, answers(405, {})],
  ])('%s is never "none"', async (_name, operation, behaviour) => {
    server.script(behaviour);
    await expect(find(connectorTo(operation), 'write')).rejects.toThrow(ConnectorUnavailable);
  });

  it('a short failure is repeated', async () => {
    server.script(answers(503, {}), answers(200, one));
    expect(await find(connectorTo({}), 'write')).toEqual(found);
  });

  it('the document of an earlier step is not taken for that of a later one', async () => {
    server.script(answers(200, { items: [one] }));
    const done = { first: { erpReference: '7', result: {} } };
    expect(await find(connectorTo(list), 'write', {}, { done })).toEqual({ found: 'none' });
    server.script(answers(200, { items: [one, { ...one, id: 8 }] }));
    expect(await find(connectorTo(list), 'write', {}, { done })).toMatchObject({
      found: 'done',
      erpReference: '8',
    });
  });
});

it('a search may be a POST whose body holds the id of the request inside a text', async () => {
  server.script(answers(200, { rows: [{ external: 'req_1', id: 'INV-9' }] }));
  const connector = connectorTo({
    find: {
      method: 'POST',
      path: '/query',
      headers: { Prefer: 'transient' },
      body: { q: "SELECT id FROM payments WHERE external = '{@request_id}'" },
      list: '/rows',
      match: '/external',
    },
  });
  expect(await find(connector, 'write')).toMatchObject({ found: 'done', erpReference: 'INV-9' });
  expect(server.received).toMatchObject([
    { method: 'POST', url: '/query', headers: { prefer: 'transient' } },
  ]);
  expect(JSON.parse(server.received[0]!.body)).toEqual({
    q: "SELECT id FROM payments WHERE external = 'req_1'",
  });
});

it('an id that could end the text that it stands in is not sent', async () => {
  server.script(answers(200, { rows: [] }));
  const connector = connectorTo({
    find: { path: '/q', query: { q: "ref='{@request_id}'" }, list: '/rows', match: '/ref' },
  });
  await expect(find(connector, 'write', {}, { requestId: "x' OR '1'='1" })).rejects.toThrow(
    ConnectorUnavailable,
  );
  expect(server.received).toHaveLength(0);
});
