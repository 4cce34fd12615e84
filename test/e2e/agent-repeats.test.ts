import { randomUUID } from 'node:crypto';
import type { WorkflowFile } from '../../scripts/stack/n8n-client';
import type { RequestAnswer } from '../../scripts/stack/service-client';
import {
  AgentLab,
  call,
  itemsOf,
  propose,
  published,
  readBy,
  requestsFrom,
  runOnce,
  type Read,
} from './harness/agent-lab';
import { node, ours, proposal, to } from './harness/agent-workflow';
import type { Script } from './harness/scripted-model';
import { approver, runningStack, service, waitForState } from './harness/stack';
import { nodeNamed } from './harness/variants';

jest.setTimeout(300_000);

/** The unusual ways in which n8n calls the nodes again, or does not. */
let lab: AgentLab;
beforeAll(async () => {
  lab = await AgentLab.start();
});
afterAll(() => lab?.stop());

type Connections = Record<
  string,
  Record<string, { node: string; type: string; index: number }[][]>
>;
const connectionsOf = (workflow: WorkflowFile) => workflow.connections as Connections;

/** Connects a node's output also with another node. */
function also(workflow: WorkflowFile, from: string, target: string, type: string): void {
  connectionsOf(workflow)[from]?.[type]?.[0]?.push({ node: target, type, index: 0 });
}

const OURS = 'n8n-nodes-execution-layer.';
const LANGCHAIN = '@n8n/n8n-nodes-langchain.';
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
const distinct = (read: Read[]): number => new Set(read.map(({ id }) => id)).size;

test.each([2.2, 3.1])(
  'two agents %d share a tool: all calls are requests of their own',
  async (agent) => {
    const path = `two-${randomUUID()}`;
    const workflow = lab.workflow(agent, path);
    const first = nodeNamed(workflow, 'Agent');
    const parameters = { ...first.parameters, text: "={{ $('Items').item.json.script }}" };
    workflow.nodes.push({ ...first, id: randomUUID(), name: 'Agent 2', parameters });
    connectionsOf(workflow)['Agent'] = { main: to('Agent 2') };
    also(workflow, 'Model', 'Agent 2', 'ai_languageModel');
    also(workflow, 'Propose', 'Agent 2', 'ai_tool');
    const script: Script = [[propose(5), propose(5)], [propose(5)]];
    const answers = await runOnce(path, workflow, itemsOf([script]));
    expect(answers.map(readBy)[0]).toHaveLength(3);
    expect(await requestsFrom(path)).toHaveLength(6);
  },
);

test.each([2.2, 3.1])('executions of agent %d that run at once share nothing', async (agent) => {
  const path = `parallel-${randomUUID()}`;
  const items = itemsOf([[[propose(5)], [propose(5)]]]);
  const answers = await published(lab.workflow(agent, path), () =>
    Promise.all(Array.from({ length: 5 }, () => call(path, items))),
  );
  const read = answers.flat().flatMap(readBy);
  expect(distinct(read)).toBe(10);
  expect(await requestsFrom(path)).toHaveLength(10);
});

test.each([2.2, 3])(
  'an agent as a tool (%d) proposes again: requests of their own',
  async (version) => {
    const path = `clerk-${randomUUID()}`;
    const workflow = lab.workflow(3.1, path);
    workflow.nodes.push(
      node('Clerk', `${LANGCHAIN}agentTool`, version, {
        toolDescription: 'clerk',
        text: "={{ $fromAI('script', 'what to do', 'string') }}",
        options: {},
      }),
    );
    connectionsOf(workflow)['Clerk'] = { ai_tool: to('Agent', 'ai_tool') };
    connectionsOf(workflow)['Propose'] = { ai_tool: to('Clerk', 'ai_tool') };
    also(workflow, 'Model', 'Clerk', 'ai_languageModel');
    const inner = JSON.stringify([[propose(4), propose(4)], [propose(4)]]);
    const clerk = { tool: 'Clerk', args: { script: inner } };
    await runOnce(path, workflow, itemsOf([[[clerk, clerk]]]));
    expect(await requestsFrom(path)).toHaveLength(6);
  },
);

describe('Retry On Fail of the agent itself, when its model fails after two results', () => {
  const retrying = (onError: string) => (workflow: WorkflowFile) => {
    Object.assign(nodeNamed(workflow, 'Agent'), RETRY, { onError });
  };
  const script: Script = [[propose(1), propose(1)]];

  test('AI Agent 3.1 goes on with what its tools did', async () => {
    lab.model.failAfter(2);
    const { source } = await lab.ask(3.1, [script], { change: retrying('stopWorkflow') });
    expect(await requestsFrom(source)).toHaveLength(2);
  });

  test.each([
    [3.1, 'continueRegularOutput'],
    [2.2, 'continueRegularOutput'],
  ])(
    'AI Agent %d set to %s begins anew: what it calls again are new requests',
    async (agent, onError) => {
      lab.model.failAfter(2);
      const { read, source } = await lab.ask(agent, [script], { change: retrying(onError) });
      expect(distinct(read.flat())).toBe(2);
      expect(read.flat().filter(({ repeated }) => repeated)).toEqual([]);
      expect(await requestsFrom(source)).toHaveLength(4);
    },
  );
});

test('calls that a review let through, which n8n makes once for each item, are joined', async () => {
  const approved = await approvedRequest();
  const scripts: Script[] = [1, 1, 2].map((quantity) => [[propose(quantity)]]);
  const { read, source } = await lab.ask(3.1, scripts, {
    change: (workflow) => {
      const parameters = { operation: 'sendAndWait', requestId: approved };
      const credentials = ours(runningStack().credentialId);
      workflow.nodes.push(
        node('Review', `${OURS}humanApprovalHitlTool`, 1, parameters, credentials),
      );
      connectionsOf(workflow)['Propose'] = { ai_tool: to('Review', 'ai_tool') };
      connectionsOf(workflow)['Review'] = { ai_tool: to('Agent', 'ai_tool') };
    },
  });
  expect(await requestsFrom(source)).toHaveLength(3);
  expect(distinct(read.flat())).toBe(3);
  expect(read.flat().filter(({ repeated }) => !repeated)).toHaveLength(3);
});

/** A request that people approved, which a review node answers at once. */
async function approvedRequest(): Promise<string> {
  const { body } = await service().call<RequestAnswer>(
    'POST',
    '/v1/tools/inventory.adjust',
    {
      source: 'review',
      requestedBy: 'agent@example.com',
      arguments: { sku: 'SKU-1002', quantity: 600, warehouse_id: 'WH-02' },
    },
    { 'idempotency-key': randomUUID() },
  );
  await (await approver()).vote(body.approval?.id ?? '', 'approve');
  await waitForState(body.id, ['approved']);
  return body.id;
}

test('several items, several tools and lost answers: each call is one request', async () => {
  lab.proxy.lose(2);
  const script: Script = [[propose(2), propose(2, 'Suggest'), propose(2)]];
  const { read, source } = await lab.ask(3.1, [script, script], {
    credential: lab.throughProxy,
    propose: RETRY,
    change: (workflow) => {
      const suggest = { ...nodeNamed(workflow, 'Propose'), id: randomUUID(), name: 'Suggest' };
      workflow.nodes.push(suggest);
      connectionsOf(workflow)['Suggest'] = { ai_tool: to('Agent', 'ai_tool') };
    },
  });
  expect(distinct(read.flat())).toBe(6);
  // Both losses hit the tries of the first call.
  expect(read.flat().filter(({ repeated }) => repeated)).toHaveLength(1);
  expect(await requestsFrom(source)).toHaveLength(6);
});

test.each([2.2, 3.1])(
  'agent %d with other tools in between: requests of their own',
  async (agent) => {
    const look = { tool: 'Look', args: {} };
    const script: Script = [[propose(3), look], [look, propose(3)], [propose(3)]];
    const { source } = await lab.ask(agent, [script], {
      change: (workflow) => {
        const url = `${runningStack().service.url}/healthz`;
        workflow.nodes.push(
          node('Look', 'n8n-nodes-base.httpRequestTool', 4.2, { url, toolDescription: 'Look' }),
        );
        connectionsOf(workflow)['Look'] = { ai_tool: to('Agent', 'ai_tool') };
      },
    });
    expect(await requestsFrom(source)).toHaveLength(3);
  },
);

test.each([2.2, 3.1])(
  'agent %d calls a workflow with a loop twice: each pass is a request',
  async (agent) => {
    const path = `loop-tool-${randomUUID()}`;
    const given = proposal(path, (name) => `$json.${name}`);
    const inner = {
      nodes: [
        node('Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
          inputSource: 'passthrough',
        }),
        node('Twice', 'n8n-nodes-base.code', 2, {
          jsCode: `return [0, 1].map(() => ({ json: { sku: 'SKU-1002', quantity: 2 } }));`,
        }),
        node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1, options: {} }),
        node('Propose', `${OURS}extractIntent`, 1, given, ours(runningStack().credentialId)),
      ],
      connections: {
        Called: { main: to('Twice') },
        Twice: { main: to('Loop') },
        Loop: { main: [[], to('Propose')[0]] },
        Propose: { main: to('Loop') },
      },
      settings: { executionOrder: 'v1' },
    };
    const workflow = lab.workflow(agent, path);
    workflow.nodes.push(
      node('Order', `${LANGCHAIN}toolWorkflow`, 2.2, {
        description: 'Order',
        source: 'parameter',
        workflowJson: JSON.stringify(inner),
      }),
    );
    connectionsOf(workflow)['Order'] = { ai_tool: to('Agent', 'ai_tool') };
    const order = { tool: 'Order', args: {} };
    await runOnce(path, workflow, itemsOf([[[order, order]]]));
    expect(await requestsFrom(path)).toHaveLength(4);
  },
);
