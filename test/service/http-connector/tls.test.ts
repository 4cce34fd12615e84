import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { Connector } from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { perform } from './harness';

const file = (name: string): string => path.join(__dirname, '../../fixtures/tls', name);
const pem = (name: string): Buffer => fs.readFileSync(file(name));

let server: https.Server;
let url: string;
const clients: (string | undefined)[] = [];
beforeAll(async () => {
  server = https.createServer(
    {
      cert: pem('server.pem'),
      key: pem('server.key'),
      ca: pem('ca.pem'),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (req, res) => {
      const socket = req.socket as TLSSocket;
      clients.push(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined);
      res.writeHead(201).end('{"number":"N-1"}');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => clients.splice(0));

const ENV = { CA: file('ca.pem'), PASSPHRASE: 'client-passphrase', NAME: 'erp.test' };

function connectorWith(tls: JsonObject, baseUrl = url): Connector {
  const definition = {
    id: 'tls',
    title: 'ERP over TLS',
    type: 'http',
    baseUrl,
    tls,
    ping: { path: '/' },
    timeoutMs: 20_000,
    retry: { attempts: 1 },
    lookups: {},
    operations: { write: { method: 'POST', path: '/w', success: [201], reference: '/number' } },
  };
  return createConnector(parseConnector(definition, 'tls.yaml'), {
    env: ENV,
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
}

const TRUSTED = { caFile: '${CA}', serverName: '${NAME}' };

it('trusts the named authority for the named server, without a client certificate', async () => {
  expect(await perform(connectorWith(TRUSTED), 'write', {})).toMatchObject({ outcome: 'done' });
  expect(clients).toEqual([undefined]);
});

it('shows its certificate', async () => {
  const tls = {
    ...TRUSTED,
    certFile: file('client.pem'),
    keyFile: file('client.key'),
    passphrase: '${PASSPHRASE}',
  };
  expect(await perform(connectorWith(tls), 'write', {})).toMatchObject({ outcome: 'done' });
  expect(clients).toEqual(['execution-layer']);
});

it.each<[string, JsonObject, RegExp]>([
  ['an authority that nobody named', { serverName: 'erp.test' }, /not trusted.*tls\.caFile/],
  ['another name', { caFile: '${CA}' }, /another name.*tls\.serverName/],
])('sends nothing to a server with %s', async (_name, tls, message) => {
  const result = await perform(connectorWith(tls), 'write', {});
  expect(result.outcome).toBe('refused');
  expect('message' in result && result.message).toMatch(message);
  expect(clients).toEqual([]);
});

it.each<[string, JsonObject, RegExp]>([
  ['a file that is not there', { caFile: '/nowhere/ca.pem' }, /nowhere.*cannot be read/],
  ['a setting that is not there', { caFile: '${OTHER}' }, /Set the environment variable OTHER/],
  ['a key without a certificate', { keyFile: '${CA}' }, /certFile and keyFile together/],
  [
    'a file that is no PEM',
    { caFile: __filename, certFile: __filename, keyFile: __filename },
    /do not fit/,
  ],
  [
    'a wrong passphrase',
    { certFile: file('client.pem'), keyFile: file('client.key'), passphrase: '${NAME}' },
    /do not fit/,
  ],
  ['a passphrase in the file', { passphrase: 'client-passphrase' }, /environment only/],
  ['a switch that turns verification off', { rejectUnauthorized: false }, /rejectUnauthorized/],
])('%s stops the start', (_name, tls, message) => {
  expect(() => connectorWith(tls)).toThrow(message);
});

it('an http address with tls stops the start', () => {
  expect(() => connectorWith(TRUSTED, 'http://127.0.0.1:1')).toThrow(/tls has no effect/);
});
