import { randomUUID } from 'node:crypto';
import type { WorkflowFile } from '../../scripts/stack/n8n-client';
import { AgentLab, call, published, requestsFrom, runOnce, type Read } from './harness/agent-lab';
import { entry, node, ours, proposal, to } from './harness/agent-workflow';
import { approver, records, runningStack, service, waitForState } from './harness/stack';
import { nodeNamed, waitForExecution } from './harness/variants';

jest.setTimeout(300_000);

/** Different calls are different requests and true repeats are one, in workflows without an agent. */
let lab: AgentLab;
beforeAll(async () => {
  lab = await AgentLab.start();
});
afterAll(() => lab?.stop());

const OURS = 'n8n-nodes-execution-layer.';

test('Retry On Fail with several items, when the first answer is lost: each item is one request', async () => {
  lab.proxy.lose(1);
  const path = `retry-${randomUUID()}`;
  const given = proposal(path, (name) => `$json.${name}`);
  const nodes = [
    ...entry(path),
    node('Propose', 'n8n-nodes-execution-layer.extractIntent', 1, given, {
      ...ours(lab.throughProxy),
      retryOnFail: true,
      maxTries: 3,
      waitBetweenTries: 200,
    }),
  ];
  const connections = { Receive: { main: to('Items') }, Items: { main: to('Propose') } };
  const workflow = { name: path, nodes, connections, settings: { executionOrder: 'v1' } };
  const item = { sku: 'SKU-1002', quantity: 9 };
  const answers = (await runOnce(path, workflow, [item, item])) as Read[];
  expect(answers.map(({ repeated }) => repeated)).toEqual([true, undefined]);
  expect(await requestsFrom(path)).toHaveLength(2);
});

test('each pass of Loop Over Items is a request of its own, and each is written once', async () => {
  const path = `loop-${randomUUID()}`;
  const type = (name: string): string => `n8n-nodes-execution-layer.${name}`;
  const credentials = ours(runningStack().credentialId);
  const nodes = [
    ...entry(path),
    node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1, options: {} }),
    node(
      'Propose',
      type('extractIntent'),
      1,
      proposal(path, (name) => `$json.${name}`),
      credentials,
    ),
    node('Validate', type('validate'), 1, { requestId: '={{ $json.id }}' }, credentials),
    node('Decide', type('guardrailDecide'), 1, { requestId: '={{ $json.id }}' }, credentials),
    node(
      'Execute',
      type('erpExecute'),
      1,
      { operation: 'execute', requestId: '={{ $json.id }}' },
      credentials,
    ),
  ];
  const next = (name: string) => to(name)[0];
  const connections = {
    Receive: { main: to('Items') },
    Items: { main: to('Loop') },
    Loop: { main: [[], next('Propose')] },
    Propose: { main: to('Validate') },
    Validate: { main: [[], next('Decide')] },
    Decide: { main: [[], [], next('Execute')] },
    Execute: { main: [next('Loop'), next('Loop'), next('Loop')] },
  };
  const workflow = { name: path, nodes, connections, settings: { executionOrder: 'v1' } };
  const item = { sku: 'SKU-1002', quantity: 2 };
  await runOnce(path, workflow, [item, item, item]);
  const made = await requestsFrom(path);
  expect(made).toHaveLength(3);
  for (const { id } of made) expect(await records('movements', id)).toHaveLength(1);
});

test('an execution that is retried from the list makes new requests', async () => {
  const path = `again-${randomUUID()}`;
  const given = proposal(path, (name) => `$json.${name}`);
  const workflow: WorkflowFile = {
    name: path,
    nodes: [
      ...entry(path),
      node('Propose', `${OURS}extractIntent`, 1, given, ours(lab.throughProxy)),
    ],
    connections: { Receive: { main: to('Items') }, Items: { main: to('Propose') } },
    settings: { executionOrder: 'v1' },
  };
  await published(workflow, async (id) => {
    const { client } = runningStack().n8n;
    lab.proxy.lose(1);
    await expect(call(path, [{ sku: 'SKU-1002', quantity: 1 }])).rejects.toThrow('500');
    const failed = await waitForExecution(id, ['error']);
    expect(await requestsFrom(path)).toHaveLength(1);
    await client.call('POST', `/rest/executions/${failed.id}/retry`, { loadWorkflow: false });
    expect(await requestsFrom(path)).toHaveLength(2);
  });
});

test('a loop that waits for people in each pass: each pass is a request, written once', async () => {
  const path = `waiting-${randomUUID()}`;
  const credentials = ours(runningStack().credentialId);
  const byId = { requestId: '={{ $json.id }}' };
  const next = (name: string) => to(name)[0];
  const workflow: WorkflowFile = {
    name: path,
    nodes: [
      ...entry(path),
      node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1, options: {} }),
      node(
        'Propose',
        `${OURS}extractIntent`,
        1,
        proposal(path, (name) => `$json.${name}`),
        credentials,
      ),
      node('Validate', `${OURS}validate`, 1, byId, credentials),
      node('Decide', `${OURS}guardrailDecide`, 1, byId, credentials),
      node(
        'Wait',
        `${OURS}humanApproval`,
        1,
        { operation: 'sendAndWait', ...byId },
        {
          ...credentials,
          webhookId: randomUUID(),
        },
      ),
      node('Execute', `${OURS}erpExecute`, 1, { operation: 'execute', ...byId }, credentials),
    ],
    connections: {
      Receive: { main: to('Items') },
      Items: { main: to('Loop') },
      Loop: { main: [[], next('Propose')] },
      Propose: { main: to('Validate') },
      Validate: { main: [[], next('Decide')] },
      Decide: { main: [[], next('Wait'), []] },
      Wait: { main: to('Execute') },
      Execute: { main: [next('Loop'), next('Loop'), next('Loop')] },
    },
    settings: { executionOrder: 'v1' },
  };
  nodeNamed(workflow, 'Receive').parameters['responseMode'] = 'onReceived';
  await published(workflow, async (id) => {
    const item = { sku: 'SKU-1002', quantity: 501 };
    await call(path, [item, item]);
    const person = await approver();
    for (const pass of [1, 2]) {
      const waiting = await newRequest(path, pass);
      await waitForState(waiting, ['awaiting_approval']);
      await waitForExecution(id, ['waiting']);
      const { approval } = await service().request(waiting);
      await person.vote(approval?.id ?? '', 'approve');
      await waitForState(waiting, ['executed']);
    }
    await waitForExecution(id, ['success']);
  });
  const made = await requestsFrom(path);
  expect(made).toHaveLength(2);
  for (const { id } of made) expect(await records('movements', id)).toHaveLength(1);
});

/** The newest request of a source, once there are so many. */
async function newRequest(source: string, count: number): Promise<string> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const made = await requestsFrom(source);
    if (made.length >= count) return made[0]?.id ?? '';
    if (Date.now() > giveUpAt) throw new Error(`There are ${made.length} requests, not ${count}.`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
