import {
  ConnectorUnavailable,
  type Connector,
} from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { parseHttp } from '../../../policy-service/src/erp/http/parse';
import { createHttpConnector } from '../../../policy-service/src/erp/http/http-connector';
import { answers, CONTEXT, cuts, keepsSilent, perform, ScriptedServer, TRACE_ID } from './harness';

let server: ScriptedServer;
let elsewhere: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
  elsewhere = await ScriptedServer.start();
});
afterAll(() => Promise.all([server.stop(), elsewhere.stop()]));

const operation = {
  method: 'POST',
  path: '/things/{id}',
  idempotencyKeyHeader: 'Idempotency-Key',
  body: { name: '{name?}', email: '{email?}' },
  success: [201],
  refusal: { statuses: [409, 422], message: '/why' },
  reference: '/number',
  result: { number: '/number' },
};

function connectorTo(url: string, overrides: JsonObject = {}, env = {}): Connector {
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: url,
    ping: { path: '/health' },
    timeoutMs: 10_000,
    retry: { attempts: 3, initialDelayMs: 1, maxDelayMs: 5, totalMs: 30_000 },
    lookups: {
      thing: {
        path: '/things/{id}',
        fields: { id: '/id', status: '/state/now', missing: '/nothing' },
      },
    },
    operations: {
      keyed: operation,
      unkeyed: { ...operation, idempotencyKeyHeader: undefined },
      read: { method: 'GET', path: '/things/{id}', success: [200], result: { id: '/id' } },
    },
    ...overrides,
  };
  return createHttpConnector(parseHttp(JSON.parse(JSON.stringify(file)), 'scripted.yaml'), {
    env,
  });
}

const done = answers(201, { number: 'N-1' });

/** Only silence is given up soon: a slow machine is not a silent ERP. */
const connectorFor = (behaviour: unknown): Connector =>
  connectorTo(server.url, behaviour === keepsSilent ? { timeoutMs: 500 } : {});

describe('a write without an idempotency key', () => {
  it.each([
    ['a cut', cuts],
    ['silence', keepsSilent],
    ['a 500', answers(500, {})],
    ['half a JSON text', answers(201, '{"number": "N')],
    ['a 429', answers(429, {})],
  ])('is sent once when the answer is %s', async (_name, behaviour) => {
    server.script(behaviour, done);
    const result = await perform(connectorFor(behaviour), 'unkeyed', { id: '1' });
    expect(result.outcome).not.toBe('done');
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers['idempotency-key']).toBeUndefined();
  });
});

describe('what a single answer proves', () => {
  it.each([
    ['done', answers(201, { number: 'N-1' })],
    ['done', answers(201, { number: 17 })],
    ['refused', answers(422, { why: 'Because.' })],
    ['refused', answers(409, {})],
    ['refused', answers(400, {})],
    ['refused', answers(401, '<html>')],
    ['refused', answers(404, {})],
    ['refused', answers(429, 'later')],
    ['unknown', answers(201, {})],
    ['unknown', answers(201, '')],
    ['unknown', answers(201, { number: null })],
    ['unknown', answers(201, '{"number":"N-1"}{"number":"N-1"}')],
    ['unknown', answers(201, Buffer.from([0x22, 0xff, 0x22]))],
    ['unknown', answers(422, '<html>')],
    ['unknown', answers(200, { number: 'N-1' })],
    ['unknown', answers(202, { number: 'N-1' })],
    ['unknown', answers(408, {})],
    ['unknown', answers(418, {})],
    ['unknown', answers(500, { number: 'N-1' })],
    ['unknown', answers(503, {}, { 'retry-after': '1' })],
    ['unknown', answers(201, { number: 'N-1', padding: 'x'.repeat(1024 * 1024) })],
    ['unknown', cuts],
    ['unknown', keepsSilent],
  ])('%s', async (outcome, behaviour) => {
    server.script(behaviour);
    const result = await perform(connectorFor(behaviour), 'unkeyed', { id: '1' });
    expect(result.outcome).toBe(outcome);
    expect(result.attempts).toHaveLength(1);
    if (result.outcome !== 'done') expect(result.message).toMatch(/\.$/);
  });

  it('is unknown for a redirect, which is never followed', async () => {
    elsewhere.script(done);
    for (const status of [301, 302, 303, 307, 308]) {
      server.script(answers(status, {}, { location: `${elsewhere.url}/things/1` }));
      expect((await perform(connectorTo(server.url), 'unkeyed', { id: '1' })).outcome).toBe(
        'unknown',
      );
    }
    expect(elsewhere.received).toHaveLength(0);
  });
});

describe('a host that cannot be reached', () => {
  it.each(['http://127.0.0.1:9', 'http://nowhere.invalid', 'https://127.0.0.1:9'])(
    '%s: nothing was written, and the sentence says so',
    async (url) => {
      const connector = connectorTo(url, {}, { EXECUTION_LAYER_ERP_HOSTS: 'nowhere.invalid' });
      const result = await perform(connector, 'keyed', { id: '1' });
      expect(result.outcome).toBe('refused');
      expect('message' in result && result.message).toMatch(/^Nothing was written: /);
      expect(result.attempts.map((attempt) => attempt.outcome)).toEqual(Array(3).fill('transient'));
    },
  );

  it('is not a reason to call a write refused that an earlier call may have made', async () => {
    const leaving = await ScriptedServer.start();
    const connector = connectorTo(leaving.url);
    leaving.script((_res, _call, socket) => {
      socket.destroy();
      void leaving.stop();
    });
    const result = await perform(connector, 'keyed', { id: '1' });
    expect(result.outcome).toBe('unknown');
    expect(result.attempts.map((attempt) => attempt.outcome)).toEqual([
      'unknown',
      'transient',
      'transient',
    ]);
  });

  it('is told apart from a TLS peer that breaks off: no byte of the call was readable to it', async () => {
    const url = server.url.replace('http:', 'https:');
    server.script(done);
    const result = await perform(connectorTo(url), 'keyed', { id: '1' });
    expect(result.outcome).toBe('refused');
    expect(server.received).toHaveLength(0);
  });
});

describe('repeats of a keyed write', () => {
  it('carry the same key and the same bytes, and end at the first clear answer', async () => {
    server.script(cuts, answers(500, {}), done);
    const result = await perform(connectorTo(server.url), 'keyed', { id: '1', name: 'Ann' });
    expect(result).toMatchObject({
      outcome: 'done',
      erpReference: 'N-1',
      result: { number: 'N-1' },
    });
    const sent = server.received.map(({ method, url, body, headers }) => [
      method,
      url,
      body,
      headers['idempotency-key'],
    ]);
    expect(sent).toEqual(Array(3).fill(['POST', '/things/1', '{"name":"Ann"}', 'key-1']));
  });

  it('that are refused after an unknown call leave the outcome unknown', async () => {
    server.script(cuts, answers(422, { why: 'Stock is short.' }));
    const result = await perform(connectorTo(server.url), 'keyed', { id: '1' });
    expect(result.outcome).toBe('unknown');
    expect('message' in result && result.message).toContain('Stock is short.');
    expect(server.received).toHaveLength(2);
  });

  it('stop when the caller gives up', async () => {
    const controller = new AbortController();
    server.script(() => controller.abort());
    const input = {
      operation: 'keyed',
      step: 's',
      arguments: { id: '1' },
      requestId: 'req_1',
      idempotencyKey: 'key-1',
      done: {},
    };
    const connector = connectorTo(server.url, { timeoutMs: 60_000 });
    const result = await connector.perform(input, { ...CONTEXT, signal: controller.signal });
    expect(result.outcome).toBe('unknown');
    expect(server.received).toHaveLength(1);
    const never = await connector.perform(input, { ...CONTEXT, signal: controller.signal });
    expect(never.outcome).toBe('refused');
    expect(server.received).toHaveLength(1);
  });
});

describe('reads', () => {
  it('are repeated, and never leave an unknown outcome', async () => {
    server.script(cuts, answers(500, {}), answers(200, { id: '1' }));
    expect(await perform(connectorTo(server.url), 'read', { id: '1' })).toMatchObject({
      outcome: 'done',
      result: { id: '1' },
    });
    server.script(cuts);
    expect((await perform(connectorTo(server.url), 'read', { id: '1' })).outcome).toBe('refused');
    expect(server.received).toHaveLength(3);
  });
});

describe('lookups', () => {
  const look = (connector = connectorTo(server.url)) =>
    connector.lookup('thing', { id: '1' }, CONTEXT);

  it('map the declared fields, and leave out what the answer does not have', async () => {
    server.script(answers(200, { id: '1', state: { now: null }, other: 1 }));
    expect(await look()).toMatchObject({ found: true, fact: { value: { id: '1', status: null } } });
    server.script(answers(200, { state: 'x' }));
    const result = await look();
    expect(result.found && result.fact.value).toEqual({});
  });

  it('say "not found" only for the declared statuses', async () => {
    server.script(answers(404, {}));
    expect(await look()).toEqual({ found: false });
    const strict = connectorTo(server.url, {
      lookups: { thing: { path: '/things/{id}', notFound: [410], fields: { id: '/id' } } },
    });
    await expect(look(strict)).rejects.toThrow(ConnectorUnavailable);
  });

  it.each([
    ['a 500', answers(500, {})],
    ['a 403', answers(403, {})],
    ['a 429', answers(429, {})],
    ['a redirect', answers(302, {}, { location: '/' })],
    ['an empty answer', answers(200, '')],
    ['an unreadable answer', answers(200, '{"id": ')],
    ['a bare value', answers(200, 'null')],
    ['a cut', cuts],
    ['silence', keepsSilent],
    ['too much', answers(200, { id: 'x'.repeat(1024 * 1024) })],
  ])('are unavailable for %s', async (_name, behaviour) => {
    server.script(behaviour);
    await expect(look(connectorFor(behaviour))).rejects.toThrow(ConnectorUnavailable);
  });

  it('are unavailable for an unreachable host, an unknown name and unusable parameters', async () => {
    await expect(look(connectorTo('http://127.0.0.1:9'))).rejects.toThrow(ConnectorUnavailable);
    server.script(answers(200, { id: '1' }));
    const connector = connectorTo(server.url);
    await expect(connector.lookup('other', {}, CONTEXT)).rejects.toThrow(ConnectorUnavailable);
    for (const id of [null, '', '.', '..', {}, 1.5, '\ud800']) {
      await expect(connector.lookup('thing', { id }, CONTEXT)).rejects.toThrow(
        ConnectorUnavailable,
      );
    }
    expect(server.received).toHaveLength(0);
  });

  it('get over a short failure', async () => {
    server.script(cuts, answers(503, {}), answers(200, { id: '1' }));
    expect(await look()).toMatchObject({ found: true });
  });
});

describe('what is sent and what is recorded', () => {
  const secret = 'canary-secret-4711';

  it.each([
    [{ type: 'bearer', token: '${ERP_KEY}' }, 'authorization', `Bearer ${secret}`],
    [{ type: 'header', header: 'X-Erp-Access', value: '${ERP_KEY}' }, 'x-erp-access', secret],
    [
      { type: 'basic', username: 'service', password: '${ERP_KEY}' },
      'authorization',
      `Basic ${Buffer.from(`service:${secret}`).toString('base64')}`,
    ],
  ])('authenticates by %j without the secret in the record', async (auth, header, value) => {
    server.script(done);
    const connector = connectorTo(server.url, { auth }, { ERP_KEY: secret });
    const result = await perform(connector, 'keyed', { id: '1' });
    expect(server.received[0]?.headers[header]).toBe(value);
    const record = JSON.stringify(result);
    expect(record).not.toContain(secret);
    expect(record).not.toContain(Buffer.from(`service:${secret}`).toString('base64'));
    expect(result.attempts[0]?.request).toMatchObject({ headers: { [header]: '[redacted]' } });
  });

  it('records personal and secret members of both bodies as redacted, at any depth', async () => {
    const answer = {
      number: 'N-1',
      owner: { Email: 'canary@x.example', phone_number: '+49 canary', list: [{ iban: 'canary' }] },
      accessToken: 'canary',
      note: 'visible',
    };
    server.script(answers(201, answer));
    const result = await perform(connectorTo(server.url), 'keyed', {
      id: '1',
      name: 'Ann',
      email: 'canary@y',
    });
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(result.attempts).toMatchObject([
      {
        outcome: 'done',
        request: {
          method: 'POST',
          url: `${server.url}/things/1`,
          headers: { 'idempotency-key': 'key-1' },
          body: { name: 'Ann', email: '[redacted]' },
        },
        response: { status: 201, body: { number: 'N-1', note: 'visible' } },
      },
    ]);
  });

  it('records nothing of a body whose fields cannot be told apart', async () => {
    server.script(answers(201, '{"email":"canary@x.example"}{'));
    const result = await perform(connectorTo(server.url), 'unkeyed', { id: '1' });
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(result.attempts[0]?.response).toMatchObject({ status: 201, bytes: 29 });
  });

  it('hides e-mail addresses in the path', async () => {
    server.script(done);
    const result = await perform(connectorTo(server.url), 'keyed', { id: 'canary@x.example' });
    expect(server.received[0]?.url).toBe('/things/canary%40x.example');
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(result.attempts[0]?.request).toMatchObject({ url: `${server.url}/things/[redacted]` });
  });

  it('hides e-mail addresses in the sentences of the ERP', async () => {
    const sentence = 'The address canary@x.example belongs to <canary@y.example>.';
    server.script(answers(422, { why: sentence }));
    const result = await perform(connectorTo(server.url), 'keyed', { id: '1' });
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(result).toHaveProperty('message', 'The address [redacted] belongs to <[redacted]>.');
  });

  it('bounds what is recorded of a large answer', async () => {
    server.script(answers(201, { number: 'N-1', text: 'x'.repeat(500_000) }));
    const result = await perform(connectorTo(server.url), 'keyed', { id: '1' });
    expect(result.outcome).toBe('done');
    expect(JSON.stringify(result.attempts).length).toBeLessThan(12_000);
  });

  it('carries the trace on with a new span for every call', async () => {
    server.script(cuts, done);
    await perform(connectorTo(server.url), 'keyed', { id: '1' });
    const spans = server.received.map(({ headers }) => String(headers.traceparent));
    for (const span of spans) expect(span).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(new Set(spans).size).toBe(2);
  });

  it('keeps the path of the base URL', async () => {
    server.script(done);
    await perform(connectorTo(`${server.url}/erp/v2/`), 'keyed', { id: '1' });
    expect(server.received[0]?.url).toBe('/erp/v2/things/1');
  });
});
