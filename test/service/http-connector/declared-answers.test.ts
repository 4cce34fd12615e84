import type { Connector } from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { answers, perform, ScriptedServer } from './harness';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

const ENV = { COMPANY: 'canary-company', ERP_URL: '' };

function connectorWith(operation: JsonObject, more: JsonObject = {}, env = {}): Connector {
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: server.url,
    ping: { path: '/' },
    retry: { attempts: 1 },
    lookups: {},
    operations: { write: { method: 'POST', path: '/', success: [200], ...operation } },
    ...more,
  };
  return createConnector(parseConnector(file, 'scripted.yaml'), {
    env: { ...ENV, ...env },
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
}

describe('an ERP that says everything with status 200', () => {
  const operation = {
    successWhen: { at: '/ok', is: [true] },
    refusal: { when: { at: '/ok', is: [false] }, message: '/error' },
    reference: '/id',
  };
  it.each<[string, unknown, object]>([
    ['done', { ok: true, id: 1 }, { erpReference: '1' }],
    ['refused', { ok: false, error: 'No such vendor.' }, { message: 'No such vendor.' }],
    ['unknown', { ok: 'true', id: 1 }, { message: expect.stringMatching(/does not say success/) }],
    ['unknown', { id: 1 }, {}],
    ['unknown', '', {}],
    ['unknown', { ok: true }, {}],
  ])('%s for %j', async (outcome, body, more) => {
    server.script(answers(200, body));
    expect(await perform(connectorWith(operation), 'write', {})).toMatchObject({
      outcome,
      ...more,
    });
  });
});

describe('headers', () => {
  it('of the connector and of the operation are sent; those from the environment stay hidden', async () => {
    server.script(answers(200, {}));
    const connector = connectorWith(
      { headers: { 'If-Match': '{etag}', 'X-Note': '{note?}', Prefer: 'id={@request_id}' } },
      { headers: { 'X-Company': '${COMPANY}', Accept: 'application/vnd.erp+json' } },
    );
    const result = await perform(connector, 'write', { etag: '"7"' });
    expect(server.received[0]?.headers).toMatchObject({
      'if-match': '"7"',
      'x-company': 'canary-company',
      accept: 'application/vnd.erp+json',
      prefer: 'id=req_1',
    });
    expect(server.received[0]?.headers).not.toHaveProperty('x-note');
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(result.attempts[0]?.request).toMatchObject({ headers: { 'if-match': '"7"' } });
  });

  it.each(['a\r\nb: c', 'ключ', '\0'])('refuse the value %j, and nothing is sent', async (etag) => {
    server.script(answers(200, {}));
    const connector = connectorWith({ headers: { 'If-Match': '{etag}' } });
    expect(await perform(connector, 'write', { etag })).toMatchObject({
      outcome: 'refused',
      attempts: [],
    });
    expect(server.received).toHaveLength(0);
  });

  it.each(['Authorization', 'host', 'Content-Length', 'Transfer-Encoding', 'Cookie'])(
    'cannot name %s',
    (name) => {
      expect(() => connectorWith({ headers: { [name]: 'x' } })).toThrow(/set by the service/);
      expect(() => connectorWith({}, { headers: { [name]: 'x' } })).toThrow(/set by the service/);
    },
  );
});

describe('what an earlier step brought', () => {
  const operation = {
    path: '/payments/{create-payment.erp_reference}/post',
    body: { version: '{create-payment.version}', note: '{create-payment.note?}' },
  };

  it('fills the placeholders of a later one', async () => {
    server.script(answers(200, {}));
    const done = { 'create-payment': { erpReference: 'PAY-7', result: { version: 3 } } };
    await perform(connectorWith(operation), 'write', {}, { done });
    expect(server.received).toMatchObject([{ url: '/payments/PAY-7/post', body: '{"version":3}' }]);
  });

  it('cannot be given by an argument', async () => {
    server.script(answers(200, {}));
    const connector = connectorWith({ path: '/payments/{create.erp_reference}' });
    const input = { done: { create: { erpReference: 'PAY-7', result: {} } } };
    await perform(connector, 'write', { 'create.erp_reference': 'PAY-1' }, input);
    expect(server.received[0]?.url).toBe('/payments/PAY-7');
    expect((await perform(connectorWith(operation), 'write', {})).outcome).toBe('refused');
  });
});

it('paths may end with a slash', async () => {
  server.script(answers(200, {}));
  await perform(connectorWith({ path: '/api/payments/{id}/' }), 'write', { id: 'a' });
  expect(server.received[0]?.url).toBe('/api/payments/a/');
});

describe('the host', () => {
  const FOREIGN = 'https://erp.example.com/api';
  it.each<[string, JsonObject, object, RegExp]>([
    [
      'of a file alone',
      { baseUrl: FOREIGN },
      {},
      /Confirm it: set EXECUTION_LAYER_ERP_HOSTS to erp\.example\.com/,
    ],
    [
      'of a default alone',
      { baseUrl: `\${ERP_URL:-${FOREIGN}}` },
      {},
      /Confirm it: set ERP_URL to the address/,
    ],
    [
      'that the file does not allow',
      { baseUrl: '${ERP_URL}', allowedHosts: ['erp.example.org'] },
      { ERP_URL: FOREIGN },
      /erp\.example\.com, which is not in its allowedHosts/,
    ],
    [
      'of the metadata service',
      { baseUrl: '${ERP_URL}' },
      { ERP_URL: 'http://169.254.169.254/latest' },
      /no ERP has/,
    ],
    [
      'of the metadata service as IPv6',
      { baseUrl: '${ERP_URL}' },
      { ERP_URL: 'http://[::ffff:169.254.169.254]/' },
      /no ERP has/,
    ],
  ])('%s stops the start', (_name, more, env, message) => {
    expect(() => connectorWith({}, more, env)).toThrow(message);
  });

  it.each<[string, JsonObject, object]>([
    ['of the environment', { baseUrl: '${ERP_URL}' }, { ERP_URL: FOREIGN }],
    [
      'of the environment that the file allows',
      { baseUrl: '${ERP_URL}', allowedHosts: ['erp.example.com'] },
      { ERP_URL: FOREIGN },
    ],
    [
      "of the operator's list",
      { baseUrl: FOREIGN },
      { EXECUTION_LAYER_ERP_HOSTS: 'x, ERP.example.com' },
    ],
    [
      "of the operator's list with its port",
      { baseUrl: 'http://10.0.0.7:8069' },
      { EXECUTION_LAYER_ERP_HOSTS: '10.0.0.7:8069' },
    ],
  ])('%s is called', (_name, more, env) => {
    expect(connectorWith({}, more, env).id).toBe('scripted');
  });
});
