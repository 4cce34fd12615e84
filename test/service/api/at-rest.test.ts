import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { deliverCallbacks } from '../../../policy-service/src/application/deliver-callbacks';
import { PASSWORD, TestService } from '../harness';

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
