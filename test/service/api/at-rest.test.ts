import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSealer } from '../../../policy-service/src/system/sealer';
import { deliverCallbacks } from '../../../policy-service/src/application/notices/deliver-callbacks';
import { PASSWORD, TestService, type Body } from '../harness';

let n8n: Server;
let called: string[];
let service: TestService;
let host: string;
beforeEach(async () => {
  called = [];
  n8n = createServer((req, res) => {
    called.push(req.url ?? '');
    res.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => n8n.once('listening', resolve));
  host = `127.0.0.1:${(n8n.address() as AddressInfo).port}`;
  service = await TestService.start({ EXECUTION_LAYER_CALLBACK_HOSTS: host });
  await service.newPerson('finance@example.com', ['finance_approver', 'reviewer']);
});
afterEach(async () => {
  await service.stop();
  await new Promise((resolve) => n8n.close(resolve));
});

/** Every byte that the database's files hold. */
function database(): string {
  return readdirSync(service.dataDir)
    .filter((name) => name.startsWith('execution-layer.sqlite'))
    .map((name) => readFileSync(join(service.dataDir, name), 'latin1'))
    .join('');
}

test('the database holds no resume URL and no CSRF token, and n8n is called all the same', async () => {
  const { body } = await service.tool('vendor_payment.create', {
    vendor_id: 'V-1001',
    amount: '12000.00',
    currency: 'USD',
  });
  const path = '/webhook-waiting/7?signature=a-canary-that-nobody-may-see';
  const resumeUrl = `http://${host}${path}`;
  const registered = await service.call(`/v1/requests/${body.id}/callbacks`, { resumeUrl });
  expect(registered.status).toBe(200);
  const session = await service.call(
    '/v1/session',
    { email: 'finance@example.com', password: PASSWORD },
    { token: null, key: null },
  );
  await service.vote('finance@example.com', body.approval.id, 'approve');
  for (const secret of ['a-canary-that-nobody-may-see', session.body.csrfToken]) {
    expect(database()).not.toContain(secret);
  }
  await deliverCallbacks(service.service.deps);
  expect(called).toEqual([path]);
});

test('without the key nobody is called, it is told in the log, and the request goes on', async () => {
  const { body } = await service.tool('vendor_payment.create', {
    vendor_id: 'V-1001',
    amount: '12000.00',
    currency: 'USD',
  });
  await service.call(`/v1/requests/${body.id}/callbacks`, {
    resumeUrl: `http://${host}/webhook-waiting/7?signature=x`,
  });
  await service.vote('finance@example.com', body.approval.id, 'approve');
  const told: string[] = [];
  const { deps } = service.service;
  deps.sealer = { seal: (text) => text, open: () => undefined };
  deps.log = { ...deps.log, error: (_fields, message) => void told.push(message) };
  await deliverCallbacks(deps);
  expect(called).toEqual([]);
  expect(told).toEqual([expect.stringContaining('key')]);
  const types = (await service.timeline(body.id)).map(({ type }) => type);
  expect(types).toContain('callback.abandoned');
  expect((await service.execute(body.id)).body.state).toBe('executed');
});

const PAYMENT = { vendor_id: 'V-1001', amount: '12000.00', currency: 'USD' };
const KEY = (): string => join(service.dataDir, 'sealing-key');
/** What makes a status link unguessable. */
const secretOf = (answer: { links: { status: string } }): string =>
  answer.links.status.split('.').at(-1) ?? '';
const page = async (link: string): Promise<number> =>
  (await fetch(`${service.url}${new URL(link).pathname}`)).status;

test('the secret of a status link is nowhere in the database, a repeat answers with it, and it opens', async () => {
  const call = { requestedBy: 'ana@example.com', arguments: PAYMENT };
  const path = '/v1/tools/vendor_payment.create';
  const first = await service.call(path, call, { key: 'the same' });
  const proposed = await service.propose('Pay vendor V-1001 100 USD');
  const undo = await executedAndUndone();
  for (const { body } of [first, proposed, undo]) {
    expect(secretOf(body).length).toBeGreaterThan(20);
    expect(database()).not.toContain(secretOf(body));
    expect(await page(body.links.status)).toBe(200);
  }
  const repeated = await service.call(path, call, { key: 'the same' });
  expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  expect(repeated.body).toEqual(first.body);
  const read = await service.call(`/v1/requests/${first.body.id}`);
  expect(read.body.links).toEqual(first.body.links);
});

async function executedAndUndone(): Promise<{ body: Body }> {
  const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '90.00' });
  await service.execute(body.id);
  return service.call(`/v1/requests/${body.id}/compensate`, { reason: 'Paid twice' });
}

test.each([
  ['another secret', (link: string) => `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`],
  ['no secret', (link: string) => link.replace(/\.[^.]*$/, '.')],
  ['the request alone', (link: string) => link.replace(/\.[^.]*$/, '')],
  [
    'what is stored',
    (link: string) => link.replace(/\.[^.]*$/, `.${encodeURIComponent('sealed:1:')}`),
  ],
])('a status link with %s opens nothing', async (_, change) => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  const { pathname } = new URL(body.links.status.replace(/\?.*$/, ''));
  expect(pathname).toContain(body.id);
  expect(await page(change(body.links.status))).toBe(404);
});

test('what an earlier version stored as it was is sealed at the start, to the last byte', async () => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT, {});
  const url = `http://${host}/webhook-waiting/7?signature=an-old-canary`;
  const asBefore = (): void => {
    const db = new Sqlite(join(service.dataDir, 'execution-layer.sqlite'));
    db.exec('DELETE FROM sealing');
    db.prepare(
      `UPDATE requests SET doc = json_set(doc, '$.resumeUrl', ?, '$.statusToken', id || '.an-old-secret-canary')`,
    ).run(url);
    db.prepare(
      `UPDATE idempotency SET body = json_set(body, '$.links.status', 'http://x/status/an-old-secret-canary')`,
    ).run();
    db.prepare(
      `INSERT INTO outbox (id, request_id, url, body, attempts, next_attempt_at, expires_at)
       VALUES ('out_old', ?, ?, '{}', 0, '2020-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z')`,
    ).run(body.id, url);
    db.close();
  };
  asBefore();
  expect(database()).toContain('canary');
  await service.restart({ EXECUTION_LAYER_CALLBACK_HOSTS: host });
  expect(service.service.sealingNote).toBeUndefined();
  expect(database()).not.toContain('canary');
  const { links } = (await service.call(`/v1/requests/${body.id}`)).body;
  expect(links.status).toMatch(/\.an-old-secret-canary$/);
  expect(await page(links.status)).toBe(200);
  await deliverCallbacks(service.service.deps);
  await service.vote('finance@example.com', body.approval.id, 'approve');
  await deliverCallbacks(service.service.deps);
  expect(called).toEqual(Array(2).fill('/webhook-waiting/7?signature=an-old-canary'));
});

test.each([
  ['empty', ''],
  ['cut', 'AAAA'],
  ['no key', 'this is not a key at all, although it has some forty letters'],
  ['too long', Buffer.alloc(33).toString('base64')],
])('a sealing key that is %s stops the start with a sentence', (_, text) => {
  const good = readFileSync(KEY());
  writeFileSync(KEY(), text);
  expect(() => createSealer(service.dataDir)).toThrow(/sealing-key is damaged.*backup/);
  writeFileSync(KEY(), good);
  expect(() => createSealer(service.dataDir)).not.toThrow();
});

test('with another key nothing opens, it is told once and entered, and the service works on', async () => {
  const call = { requestedBy: 'ana@example.com', arguments: PAYMENT };
  const path = '/v1/tools/vendor_payment.create';
  const { body } = await service.call(path, call, { key: 'before' });
  const resumeUrl = `http://${host}/webhook-waiting/7?signature=x`;
  await service.call(`/v1/requests/${body.id}/callbacks`, { resumeUrl });
  const kept = readFileSync(KEY());
  rmSync(KEY());
  await service.restart({ EXECUTION_LAYER_CALLBACK_HOSTS: host });
  expect(service.service.sealingNote).toMatch(/not called back.*put it back/);
  expect(await page(body.links.status)).toBe(404);
  const { links } = (await service.call(`/v1/requests/${body.id}`)).body;
  expect(links.status).toBeUndefined();
  expect(links.self).toContain(body.id);
  // A repeat is still one, whatever can be read of its first answer.
  const repeated = await service.call(path, call, { key: 'before' });
  expect(repeated).toMatchObject({ status: 200, body: { id: body.id } });
  await service.vote('finance@example.com', body.approval.id, 'approve');
  await deliverCallbacks(service.service.deps);
  expect(called).toEqual([]);
  expect((await service.execute(body.id)).body.state).toBe('executed');
  const entries = (await service.call('/v1/audit/entries?type=sealing_key.replaced')).body;
  expect(JSON.stringify(entries)).toContain('sealing_key.replaced');
  await service.restart();
  expect(service.service.sealingNote).toBeUndefined();
  writeFileSync(KEY(), kept);
  await service.restart();
  expect(service.service.sealingNote).toMatch(/sealing-key/);
  expect(await page(body.links.status)).toBe(200);
});
