import { randomUUID } from 'node:crypto';
import type { WorkflowFile, WorkflowNode } from '../../../scripts/stack/n8n-client';
import { CREDENTIAL } from '../../../scripts/stack/workflow-files';

export interface AgentWorkflow {
  path: string;
  /** Version of the AI Agent node. */
  agent: number;
  batchSize?: number;
  /** Source of all requests, by which a test finds its own. */
  source: string;
  serviceCredential: string;
  modelCredential: string;
  /** Further settings of the tool that proposes. */
  propose?: Record<string, unknown>;
}

const OURS = 'n8n-nodes-execution-layer.';
const LANGCHAIN = '@n8n/n8n-nodes-langchain.';

export function node(
  name: string,
  type: string,
  typeVersion: number,
  parameters: Record<string, unknown>,
  more: Record<string, unknown> = {},
): WorkflowNode {
  return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters, ...more };
}

/** Takes `{items: [...]}` and answers with what leaves its last node. */
export function entry(path: string): WorkflowNode[] {
  return [
    node(
      'Receive',
      'n8n-nodes-base.webhook',
      2,
      {
        httpMethod: 'POST',
        path,
        responseMode: 'lastNode',
        responseData: 'allEntries',
        options: {},
      },
      { webhookId: randomUUID() },
    ),
    node('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.items', options: {} }),
  ];
}

export const to = (name: string, type = 'main') => [[{ node: name, type, index: 0 }]];

export const ours = (credential: string): Record<string, unknown> => ({
  credentials: { [CREDENTIAL.type]: { id: credential, name: CREDENTIAL.name } },
});

/** What the node that proposes is set to, where `value` gives an argument. */
export function proposal(source: string, value: (name: string) => string): Record<string, unknown> {
  return {
    operation: 'submitIntent',
    action: { __rl: true, mode: 'id', value: 'inventory.adjust' },
    argumentsMode: 'json',
    arguments: `={{ ({ sku: ${value('sku')}, quantity: Number(${value('quantity')}), warehouse_id: 'WH-02' }) }}`,
    requestedBy: 'agent@example.com',
    source,
  };
}

/** An agent with the nodes as its tools: Propose, Validate, Decide, Execute. */
export function agentWorkflow(options: AgentWorkflow): WorkflowFile {
  const byId = { requestId: "={{ $fromAI('id', 'id of the request', 'string') }}" };
  const fromAi = (name: string): string => `$fromAI('${name}', 'the ${name}', 'string')`;
  const described = (text: string) => ({ descriptionType: 'manual', toolDescription: text });
  const credentials = ours(options.serviceCredential);
  const tools = [
    node(
      'Propose',
      `${OURS}extractIntentTool`,
      1,
      { ...proposal(options.source, fromAi), ...described('Propose') },
      { ...credentials, ...options.propose },
    ),
    node('Validate', `${OURS}validateTool`, 1, { ...byId, ...described('Validate') }, credentials),
    node(
      'Decide',
      `${OURS}guardrailDecideTool`,
      1,
      { ...byId, ...described('Decide') },
      credentials,
    ),
    node(
      'Execute',
      `${OURS}erpExecuteTool`,
      1,
      { operation: 'execute', ...byId, ...described('Execute') },
      credentials,
    ),
  ];
  const batching = { batching: { batchSize: options.batchSize ?? 1, delayBetweenBatches: 0 } };
  const agent = node('Agent', `${LANGCHAIN}agent`, options.agent, {
    promptType: 'define',
    text: '={{ $json.script }}',
    options: { maxIterations: 20, ...batching },
  });
  const model = node(
    'Model',
    `${LANGCHAIN}lmChatOpenAi`,
    1.2,
    { model: { __rl: true, mode: 'id', value: 'scripted' }, options: {} },
    { credentials: { openAiApi: { id: options.modelCredential, name: 'Scripted' } } },
  );
  return {
    name: `Agent ${options.agent}: ${options.path}`,
    nodes: [...entry(options.path), agent, model, ...tools],
    connections: {
      Receive: { main: to('Items') },
      Items: { main: to('Agent') },
      Model: { ai_languageModel: to('Agent', 'ai_languageModel') },
      ...Object.fromEntries(tools.map(({ name }) => [name, { ai_tool: to('Agent', 'ai_tool') }])),
    },
    settings: { executionOrder: 'v1' },
  };
}
