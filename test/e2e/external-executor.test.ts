import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from '../../scripts/stack/child';
import { REPO_ROOT } from '../../scripts/stack/paths';
import { runCli } from '../../scripts/stack/service-cli';
import {
  approver,
  faults,
  records,
  runningStack,
  send,
  service,
  waitForState,
} from './harness/stack';
import { nodeNamed, publishVariant, type PublishedVariant } from './harness/variants';

jest.setTimeout(300_000);

let external: PublishedVariant;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'execution-layer-external-'));
  cpSync(join(REPO_ROOT, 'policy-service'), folder, {
    recursive: true,
    filter: (source) => !/policy-service\/(?!catalogue|policies|connectors|tests)/.test(source),
  });
  const example = readFileSync(
    join(REPO_ROOT, 'examples/actions/customer.message.send.yaml'),
    'utf8',
  );
  writeFileSync(join(folder, 'catalogue/customer.message.send.yaml'), example);
  writeFileSync(
    join(folder, 'catalogue/customer.message.auto.yaml'),
    example
      .replace('id: customer.message.send', 'id: customer.message.auto')
      .replace('stage: approve', 'stage: auto')
      .replace('compensation: irreversible', 'compensation: none')
      .replace(
        'commands: [send the message, send the prepared message]',
        'commands: [message now]',
      ),
  );
  await runCli(
    ['policy', 'activate', folder, '--reason', 'an action that n8n executes'],
    runningStack().service.settings,
  );
  await takenUp('customer.message.auto');
  external = await publishVariant(
    'external executor',
    (workflow) => {
      for (const name of ['Your System Writes', 'Write after Approval']) {
        const node = nodeNamed(workflow, name);
        node.parameters['url'] = `${runningStack().erp.url}/notifications`;
      }
    },
    'external-executor',
  );
});
afterAll(async () => {
  await external?.remove();
  await runCli(
    ['policy', 'rollback', '--reason', 'the test is over'],
    runningStack().service.settings,
  );
});

/** A running service takes a new policy up by itself, within a second. */
async function takenUp(action: string): Promise<void> {
  const { service: running, token } = runningStack();
  const giveUpAt = Date.now() + 100_000;
  for (;;) {
    const { status } = await fetch(`${running.url}/v1/actions/${action}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (status === 200) return;
    if (Date.now() > giveUpAt) throw new Error(`GET /v1/actions/${action} still answers ${status}`);
    await pause(100);
  }
}

async function order(action: string, key = randomUUID()) {
  const body = {
    request_text: 'Tell customer CU-4001 that the invoice is due',
    intent: {
      action,
      arguments: { customer_id: 'CU-4001', template: 'invoice_due' },
      confidence: 0.95,
    },
    source: 'test',
    requested_by: 'ana@example.com',
  };
  return send(body, { 'idempotency-key': `external-${key}` }, external.webhookUrl);
}

test('an allowed action is written by a node of n8n under a permit, and reported', async () => {
  const answer = await order('customer.message.auto');
  expect(answer).toMatchObject({ status: 200, body: { state: 'executed' } });
  const sent = await records('notifications', answer.body.id);
  expect(sent).toEqual([expect.objectContaining({ number: answer.body.erpReference })]);
});

test('the same call again is written once', async () => {
  const key = randomUUID();
  const first = await order('customer.message.auto', key);
  await order('customer.message.auto', key);
  expect(await records('notifications', first.body.id)).toHaveLength(1);
});

test('after an approval it is written once', async () => {
  const { status, body } = await order('customer.message.send');
  expect(status).toBe(202);
  const id = body.id ?? '';
  const request = await service().request(id);
  await (await approver()).vote(request.approval?.id ?? '', 'approve', { comment: 'Send it.' });
  await waitForState(id, ['executed']);
  expect(await records('notifications', id)).toHaveLength(1);
});

test('a write without a readable answer is unknown, never failed and never sent again', async () => {
  await faults('drop_after_commit', 1);
  const { status, body } = await order('customer.message.auto');
  expect({ status, state: body.state }).toEqual({ status: 202, state: 'outcome_unknown' });
  expect(await records('notifications', body.id)).toHaveLength(1);
  expect(await service().request(body.id ?? '')).toMatchObject({ needsPerson: true });
});
