import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallbackSender } from '../../../policy-service/src/system/callbacks';

/** Whoever is called back may answer whatever it likes, for as long as it likes. */
let answer: (response: ServerResponse) => void;
let left: Promise<void>;
const server = createServer((request, response) => {
  left = new Promise((resolve) => response.once('close', resolve));
  request.resume().once('end', () => answer(response));
});
let host: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const send = () =>
  createCallbackSender([host]).send(`http://${host}/resume`, { state: 'approved' });

it.each([
  ['as fast as it can', 65_536],
  ['byte by byte', 1],
])('an answer without end, %s, is not read: its status says all', async (_how, bytes) => {
  let written = 0;
  answer = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => {
      written += bytes;
      response.write(Buffer.alloc(bytes));
    }, 1);
    response.once('close', () => clearInterval(timer));
  };
  expect(await send()).toBe('delivered');
  // The connection is closed by us: nothing more comes in.
  await left;
  expect(written).toBeLessThan(64 * 1024 * 1024);
});

it('headers without end are given up', async () => {
  answer = (response) => {
    const timer = setInterval(() => response.socket?.write(`X-A: ${'a'.repeat(1000)}\r\n`), 1);
    response.socket?.write('HTTP/1.1 200 OK\r\n');
    response.socket?.once('close', () => clearInterval(timer));
  };
  expect(await send()).toBe('retry');
});
