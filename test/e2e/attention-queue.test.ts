import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runningStack, send, service } from './harness/stack';
import {
  nodeNamed,
  publishVariant,
  waitForExecution,
  type PublishedVariant,
} from './harness/variants';

jest.setTimeout(300_000);

interface Message {
  text: string;
  requestId?: string;
}

const told: Message[] = [];
let channel: Server;
let queue: PublishedVariant;

beforeAll(async () => {
  channel = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      told.push(JSON.parse(Buffer.concat(chunks).toString()) as Message);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
  });
  await new Promise<void>((ready) => channel.listen(0, '127.0.0.1', ready));
});
afterAll(async () => {
  await queue?.remove();
  await new Promise((closed) => channel.close(closed));
});

/** The workflow with a webhook in place of its clock, so that the test says when it looks. */
async function publish(): Promise<PublishedVariant> {
  const { port } = channel.address() as AddressInfo;
  return publishVariant(
    'attention queue',
    (workflow) => {
      const clock = nodeNamed(workflow, 'Every 5 Minutes');
      Object.assign(clock, {
        type: 'n8n-nodes-base.webhook',
        typeVersion: 2.1,
        webhookId: '6f2f3c3a-6c35-4f5c-9f0e-2c9b1f2e6f10',
        parameters: {
          httpMethod: 'POST',
          path: 'attention-queue-under-test',
          responseMode: 'lastNode',
          options: {},
        },
      });
      const assignments = nodeNamed(workflow, 'Channel').parameters['assignments'] as {
        assignments: { value: string }[];
      };
      assignments.assignments[0]!.value = `http://127.0.0.1:${port}/`;
    },
    'attention-queue',
  );
}

async function look(): Promise<void> {
  const url = `${runningStack().n8n.url}/webhook/attention-queue-under-test`;
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await waitForExecution(queue.id, ['success']);
}

test('each request that needs a person is told once, with a link, and the log says so', async () => {
  const { body } = await send(
    { request_text: 'Pay the usual vendor', source: 'test', requested_by: 'ana@example.com' },
    { 'idempotency-key': 'attention-1' },
  );
  expect(body.state).toBe('invalid');
  queue = await publish();
  await look();
  await look();
  const about = told.filter(({ requestId }) => requestId === body.id);
  expect(about).toHaveLength(1);
  expect(about[0]?.text).toContain(`/requests/${body.id}`);
  const timeline = await service().timeline(body.id ?? '');
  expect(timeline.map(({ type }) => type)).toContain('custom.attention_told');
});
