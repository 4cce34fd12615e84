import {
  ConnectorUnavailable,
  type Connector,
} from '../../../policy-service/src/application/ports';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { Resilience } from '../../../policy-service/src/erp/resilience/resilience';
import { answers, CONTEXT, cuts, perform, ScriptedServer } from './harness';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

function connector(notFound: number[] = []): Connector {
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: server.url,
    ping: { path: '/' },
    retry: { attempts: 2, initialDelayMs: 1, maxDelayMs: 2 },
    lookups: {
      thing: { path: '/things/{id}', fields: { id: '/id' }, notFound },
      listed: { path: '/things', query: { id: '{id}' }, fields: { id: '/0/id' }, notFound: [404] },
    },
    operations: { write: { method: 'POST', path: '/things', success: [201] } },
  };
  return createConnector(parseConnector(file, 'scripted.yaml'), {
    env: {},
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
}
/** Written as it stands, without the help of a server. */
const raw =
  (text: string): Parameters<ScriptedServer['script']>[0] =>
  (_res, _call, socket) =>
    socket.end(text);
const ask = (one: Connector, id = 'T-1') => one.lookup('thing', { id }, CONTEXT);

it.each<[number, RegExp, object?]>([
  [401, /does not accept the credential/],
  [403, /may not do this.*account the right/],
  [301, /moved to erp\.example\.com\./, { location: 'https://erp.example.com/secret-path' }],
  [302, /has moved\./, { location: '/login' }],
  [404, /nothing that can be asked is at this path.*declare it as notFound/],
  [405, /nothing that can be asked is at this path/],
  [422, /does not accept what was asked/],
])(
  'the status %d is told as what an operator must mend',
  async (status, sentence, headers = {}) => {
    server.script(answers(status, {}, { ...headers }));
    const error = await ask(connector()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ remedy: 'mend', message: expect.stringMatching(sentence) });
    expect(String(error)).not.toMatch(/right now|secret-path/);
    expect(server.received).toHaveLength(1);
    expect(await perform(connector(), 'write', {})).toMatchObject({
      outcome: status < 400 ? 'unknown' : 'refused',
    });
  },
);

it.each([500, 503, 429])('the status %d passes by itself', async (status) => {
  server.script(answers(status, {}));
  await expect(ask(connector())).rejects.toMatchObject({ remedy: 'silent' });
});

it('"not found" is said only where it is declared, and never by a page', async () => {
  server.script(answers(404, { detail: 'Not Found' }));
  await expect(ask(connector())).rejects.toBeInstanceOf(ConnectorUnavailable);
  expect(await ask(connector([404]))).toEqual({ found: false });
  server.script(answers(404, '<html>Cannot GET /things/T-1</html>'));
  await expect(ask(connector([404]))).rejects.toMatchObject({ remedy: 'mend' });
});

it('a missing page says nothing of a record that is asked for by a query', async () => {
  server.script(answers(404, { detail: 'Not Found' }));
  const asked = connector().lookup('listed', { id: 'T-1' }, CONTEXT);
  await expect(asked).rejects.toMatchObject({ remedy: 'mend' });
});

describe('a circuit', () => {
  const memory = { connectorHealth: async () => undefined, commit: async () => ({}) as never };
  const wrapped = (): [Resilience, Connector] => {
    const resilience = new Resilience(memory, { warn: () => undefined });
    return [resilience, resilience.wrap(connector())];
  };

  it.each([400, 401, 403, 404, 422])('is not opened by the status %d', async (status) => {
    const [resilience, one] = wrapped();
    server.script(answers(status, {}));
    for (let i = 0; i < 8; i += 1) {
      await expect(ask(one)).rejects.toThrow(ConnectorUnavailable);
      await perform(one, 'write', {});
    }
    expect(resilience.health()).toMatchObject([{ reads: 'closed', writes: 'closed' }]);
    expect(server.received.length).toBe(16);
  });

  it.each(['..', 'a/b', '%2e'])('is not opened by the value %j, which is not sent', async (id) => {
    const [resilience, one] = wrapped();
    server.script(answers(200, { id: 1 }));
    for (let i = 0; i < 8; i += 1) await expect(ask(one, id)).rejects.toThrow(/part of a path/);
    expect(resilience.health()).toMatchObject([{ reads: 'closed' }]);
    expect(server.received).toHaveLength(0);
  });

  it('is not opened by answers that cannot be read', async () => {
    const [resilience, one] = wrapped();
    server.script(answers(201, '<html>'));
    for (let i = 0; i < 8; i += 1) await perform(one, 'write', {});
    expect(resilience.health()).toMatchObject([{ writes: 'closed' }]);
  });

  it.each<[string, Parameters<ScriptedServer['script']>[0]]>([
    ['a record above the size', answers(200, { name: 'x'.repeat(1_100_000) })],
    ['a large page', answers(404, `<html>${'x'.repeat(1_100_000)}`)],
    ['long headers', raw(`HTTP/1.1 302 Found\r\nLocation: /${'x'.repeat(20_000)}\r\n\r\n`)],
    ['a length that is none', raw('HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}')],
    ['a broken chunk', raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n')],
  ])('is not opened by %s, an answer that cannot be used', async (_name, behaviour) => {
    const [resilience, one] = wrapped();
    server.script(behaviour);
    for (let i = 0; i < 8; i += 1) {
      await expect(ask(one)).rejects.toMatchObject({ remedy: 'mend' });
      expect(await perform(one, 'write', {})).toMatchObject({ outcome: 'unknown' });
    }
    expect(resilience.health()).toMatchObject([{ reads: 'closed', writes: 'closed' }]);
  });

  it.each<[string, Parameters<ScriptedServer['script']>[0]]>([
    ['no answer', cuts],
    ['what is no HTTP', raw('what is this?\r\n\r\n')],
    ['a large page of a failure', answers(503, `<html>${'x'.repeat(1_100_000)}`)],
    ['a failure', answers(500, {})],
    ['a plea for fewer calls', answers(429, {})],
  ])('is opened by %s', async (_name, behaviour) => {
    const [resilience, one] = wrapped();
    server.script(behaviour);
    for (let i = 0; i < 5; i += 1) {
      await expect(ask(one)).rejects.toThrow(ConnectorUnavailable);
      await perform(one, 'write', {});
    }
    expect(resilience.health()).toMatchObject([{ reads: 'open', writes: 'open' }]);
  });
});
