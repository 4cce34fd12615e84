import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Body } from '../support/served';
import { ScriptedServer } from './support/stand-in';
import { Target } from './support/target';

/** Callers, and those who are called back, that take or give without end. */
let target: Target;
let called: ScriptedServer;
/** Signed in before strangers from the same address try it too often. */
let headers: Record<string, string>;
beforeAll(async () => {
  called = await ScriptedServer.start();
  target = await Target.start({ EXECUTION_LAYER_CALLBACK_HOSTS: new URL(called.url).host });
  target.newPerson('ana@example.com', 'finance_approver');
  headers = await target.signIn('ana@example.com');
});
afterAll(async () => {
  await target?.stop();
  await called?.stop();
});

async function until(holds: () => boolean | Promise<boolean>, within = 110_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const memory = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${target.child.pid}/status`, 'utf8'))?.[1]) *
  1024;

/** A connection that sends its text and then one byte at a time, until it is closed. */
function dripping(text: string, drip: string): Socket {
  const { hostname, port } = new URL(target.url);
  const socket = connect(Number(port), hostname, () => socket.write(text));
  const timer = setInterval(() => socket.write(drip), 200);
  socket.resume().on('error', () => undefined);
  socket.on('close', () => clearInterval(timer));
  return socket;
}

test('calls that come in byte by byte are given up, and others are answered meanwhile', async () => {
  const auth = `Authorization: Bearer ${target.token}\r\nIdempotency-Key: slow\r\n`;
  const head = `POST /v1/requests HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\n`;
  const sockets = Array.from({ length: 40 }, () => [
    dripping('GET /v1/actions HTTP/1.1\r\nHost: x\r\n', 'X-A: a\r\n'),
    dripping(`${head}Content-Length: 60000\r\n\r\n{"source":"`, 'x'),
    dripping(`${head}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n{\r\n'),
    dripping('POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n', ' '),
    dripping('', 'G'),
  ]).flat();
  try {
    const { answers, stalled } = await target.during(async () => {
      for (let n = 0; n < 5; n += 1) {
        expect((await target.propose('Pay vendor V-1001 500 USD')).status).toBe(201);
      }
    });
    expect(answers).toBeGreaterThan(3);
    expect(stalled).toBe(false);
    await until(() => sockets.every(({ closed }) => closed));
  } finally {
    sockets.forEach((socket) => socket.destroy());
  }
});

test('a body that unpacks to much more than it is, or is no gzip, is refused', async () => {
  const packed = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '));
  const before = memory();
  const attack = async (): Promise<number[]> => {
    const statuses = [];
    for (const raw of [packed, packed.subarray(0, 50_000), Buffer.from('no gzip')]) {
      const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
      statuses.push((await target.call('/v1/requests', undefined, { raw, headers })).status);
    }
    return statuses;
  };
  const { result, stalled } = await target.during(attack);
  for (const status of result) expect([400, 413, 415]).toContain(status);
  expect(stalled).toBe(false);
  expect(memory() - before).toBeLessThan(150 * 1024 * 1024);
});

test('sixty strangers who sign in at once hold up neither texts, nor ERP lookups, nor pages', async () => {
  const attack = async () => {
    const flood = Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        target.anonymous('/v1/session', { email: `x${n}@example.com`, password: 'wrong' }),
      ),
    );
    const others = [];
    for (let n = 0; n < 5; n += 1) {
      others.push(await target.tool('vendor.read', { vendor_id: 'V-1001' }, { execute: true }));
      others.push(await target.propose('Pay vendor V-1001 500 USD'));
    }
    return { others, flood: await flood };
  };
  const { result, stalled } = await target.during(attack);
  expect(stalled).toBe(false);
  expect(result.others.map(({ status }) => status)).toEqual(
    Array.from({ length: 5 }, () => [200, 201]).flat(),
  );
  for (const { status, headers } of result.flood) {
    expect([401, 429]).toContain(status);
    if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
});

test('a callback whose answer has no end is left, and fills no memory', async () => {
  let closed = 0;
  called.script((res) => {
    res.writeHead(200);
    const write = (): void => {
      while (!res.destroyed && res.write(Buffer.alloc(256 * 1024)));
    };
    res.on('drain', write).on('close', () => (closed += 1));
    write();
  });
  const before = memory();
  for (let n = 0; n < 3; n += 1) {
    const args = { vendor_id: 'V-1001', amount: `${12_600 + n}.00`, currency: 'USD' };
    const { body } = await target.tool('vendor_payment.create', args);
    const resumeUrl = `${called.url}/webhook-waiting/${n}`;
    expect((await target.call(`/v1/requests/${body.id}/callbacks`, { resumeUrl })).status).toBe(
      200,
    );
    expect((await target.call(`/v1/requests/${body.id}/cancel`, {})).status).toBe(200);
  }
  await until(() => called.received.length >= 3 && closed >= 3);
  expect(memory() - before).toBeLessThan(150 * 1024 * 1024);
});

test('a timeline of large events comes by page, and stops nobody', async () => {
  const { body: request } = await target.propose('Pay vendor V-1001 500 USD');
  const events = `/v1/requests/${request.id}/events`;
  const data = { text: '<b>&\u202e'.repeat(7_000) };
  // One after the other: twins at the same moment are told to try again.
  const LARGE = 80;
  for (let n = 0; n < LARGE; n += 1) {
    const event = { type: 'large', message: 'Large.', data };
    expect((await target.call(events, event)).status).toBe(201);
  }
  const attack = async (): Promise<Body[]> => {
    const paths = [`/v1/requests/${request.id}/timeline`, `/requests/${request.id}`];
    const calls = [...paths, ...paths, ...paths].map((path) =>
      path.startsWith('/v1/') ? target.call(path) : target.anonymous(path, undefined, { headers }),
    );
    return Promise.all(calls);
  };
  const { result, stalled } = await target.during(attack);
  expect(stalled).toBe(false);
  for (const { status, body } of result) {
    expect(status).toBe(200);
    const size = typeof body === 'string' ? body.length : JSON.stringify(body).length;
    expect(size).toBeLessThan(5 * 1024 * 1024);
  }
  let seen = 0;
  for (let from: number | undefined = 0; from !== undefined;) {
    const { body }: Body = await target.call(`/v1/requests/${request.id}/timeline?from=${from}`);
    seen += body.items.filter(({ type }: Body) => /large/.test(type)).length;
    from = body.nextFrom;
  }
  expect(seen).toBe(LARGE);
});
