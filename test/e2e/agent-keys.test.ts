import { randomUUID } from 'node:crypto';
import type { WorkflowFile } from '../../scripts/stack/n8n-client';
import { agentWorkflow, entry, node, ours, proposal, to } from './harness/agent-workflow';
import { ForgetfulProxy } from './harness/forgetful-proxy';
import { ScriptedModel, type Script, type ScriptedCall } from './harness/scripted-model';
import { records, runningStack, service } from './harness/stack';

jest.setTimeout(180_000);

/** Different calls are different requests and true repeats are one, as n8n really calls the nodes. */
let model: ScriptedModel;
let proxy: ForgetfulProxy;
let modelCredential: string;
let throughProxy: string;
beforeAll(async () => {
  const { n8n, service: policyService, token } = runningStack();
  model = await ScriptedModel.start();
  proxy = await ForgetfulProxy.start(policyService.url);
  const openAi = { apiKey: 'none', url: model.url };
  modelCredential = (await n8n.client.createCredential('Scripted', 'openAiApi', openAi)).id;
  const forgetful = { baseUrl: proxy.url, token };
  throughProxy = (await n8n.client.createCredential('Forgetful', 'executionLayerApi', forgetful))
    .id;
});
afterAll(() => Promise.all([model?.stop(), proxy?.stop()]));

interface Read {
  id?: string;
  state?: string;
  repeated?: boolean;
  problem?: { code: string; title: string; detail: string; errors?: { pointer: string }[] };
}

const propose = (quantity: number | string): ScriptedCall => ({
  tool: 'Propose',
  args: { sku: 'SKU-1002', quantity: String(quantity) },
});
const each = (tool: string, places: number[]): ScriptedCall[] =>
  places.map((place) => ({ tool, args: { id: `@${place}` } }));

/** Publishes a workflow, calls it once with the items, and removes it. */
async function runOnce(path: string, workflow: WorkflowFile, items: object[]): Promise<unknown[]> {
  const { n8n } = runningStack();
  const id = await n8n.client.publish(workflow);
  try {
    const response = await fetch(`${n8n.url}/webhook/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as unknown[];
  } finally {
    await n8n.client.remove(id);
  }
}

/** What the model read of each tool call, for each item. */
async function askAgent(
  agent: number,
  scripts: Script[],
  more: { batchSize?: number; credential?: string; propose?: Record<string, unknown> } = {},
): Promise<{ read: Read[][]; source: string }> {
  const path = `agent-${randomUUID()}`;
  const workflow = agentWorkflow({
    path,
    agent,
    batchSize: more.batchSize,
    source: path,
    serviceCredential: more.credential ?? runningStack().credentialId,
    modelCredential,
    propose: more.propose,
  });
  const items = scripts.map((script) => ({ script: JSON.stringify(script) }));
  const answers = (await runOnce(path, workflow, items)) as { output: string }[];
  const read = answers.map(({ output }) =>
    (JSON.parse(output) as string[]).flatMap((result) => JSON.parse(result) as Read | Read[]),
  );
  return { read, source: path };
}

/** All requests of one source that the service holds. */
async function requestsFrom(source: string): Promise<{ id: string }[]> {
  const { body } = await service().call('GET', '/v1/requests?limit=200');
  const { items } = body as unknown as { items: { id: string; source?: string }[] };
  return items.filter((item) => item.source === source);
}

describe.each([2.2, 3.1])('AI Agent %d', (agent) => {
  test('calls of one turn, and the same call in a later turn, are requests of their own', async () => {
    const script: Script = [
      [propose(3), propose(4)],
      [propose(3)],
      each('Validate', [0, 1, 2]),
      each('Decide', [0, 1, 2]),
      each('Execute', [0, 1, 2]),
      each('Execute', [0]),
    ];
    const { read } = await askAgent(agent, [script]);
    const [steps = []] = read;
    const ids = steps.slice(0, 3).map(({ id }) => id ?? '');
    expect(new Set(ids).size).toBe(3);
    expect(steps.slice(9)).toMatchObject([
      { id: ids[0], state: 'executed' },
      { id: ids[1], state: 'executed' },
      { id: ids[2], state: 'executed' },
      { id: ids[0], state: 'executed', repeated: true },
    ]);
    for (const [index, quantity] of [3, 4, 3].entries()) {
      expect(await records('movements', ids[index])).toMatchObject([{ quantity }]);
    }
  });

  test.each([1, 3])('several items, %d at a time, are requests of their own', async (batchSize) => {
    // In one turn, and counted at the service: which results a model reads later is up to n8n.
    const script: Script = [[propose(6), propose(6)]];
    const { read, source } = await askAgent(agent, [script, script, script], { batchSize });
    expect(read.flat()).toHaveLength(6);
    expect(read.flat().filter(({ repeated }) => repeated)).toEqual([]);
    expect(await requestsFrom(source)).toHaveLength(6);
  });

  test('the model reads the whole of a refusal and goes on', async () => {
    const { read } = await askAgent(agent, [
      [[propose('many')], [propose(7)], each('Validate', [1]), each('Execute', [1])],
    ]);
    const [steps = []] = read;
    expect(steps[1]).toMatchObject({ state: 'extracted' });
    expect(steps[3]).toMatchObject({
      state: 'validated',
      problem: { code: 'not_executable', detail: expect.stringMatching(/./) },
    });
  });
});

describe('Retry On Fail, when the answer to the first try is lost', () => {
  const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 200 };

  test('AI Agent 3.1: one request, and the model reads that it is a repeat', async () => {
    proxy.lose(1);
    const { read, source } = await askAgent(3.1, [[[propose(8)]]], {
      credential: throughProxy,
      propose: retry,
    });
    expect(read[0]).toMatchObject([{ state: 'extracted', repeated: true }]);
    expect(await requestsFrom(source)).toHaveLength(1);
  });

  test('AI Agent 2.2: the model reads the outage; what it calls again is a new request', async () => {
    proxy.lose(1);
    const { read, source } = await askAgent(2.2, [[[propose(8)], [propose(8)]]], {
      credential: throughProxy,
      propose: retry,
    });
    expect(read[0]).toMatchObject([
      { problem: { code: 'service_unreachable', detail: expect.stringMatching(/Check/) } },
      { state: 'extracted' },
    ]);
    expect(await requestsFrom(source)).toHaveLength(2);
  });

  test('in a workflow, with several items: each item is one request', async () => {
    proxy.lose(1);
    const path = `retry-${randomUUID()}`;
    const given = proposal(path, (name) => `$json.${name}`);
    const nodes = [
      ...entry(path),
      node('Propose', 'n8n-nodes-execution-layer.extractIntent', 1, given, {
        ...ours(throughProxy),
        ...retry,
      }),
    ];
    const connections = { Receive: { main: to('Items') }, Items: { main: to('Propose') } };
    const workflow = { name: path, nodes, connections, settings: { executionOrder: 'v1' } };
    const item = { sku: 'SKU-1002', quantity: 9 };
    const answers = (await runOnce(path, workflow, [item, item])) as Read[];
    expect(answers.map(({ repeated }) => repeated)).toEqual([true, undefined]);
    expect(await requestsFrom(path)).toHaveLength(2);
  });
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
