import './user-folder';
import { ErrorReporter, ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
  createRunExecutionData,
  ICredentialsHelper,
  Workflow,
  type IDataObject,
  type IExecuteData,
  type IHttpRequestOptions,
  type INode,
  type INodeExecutionData,
  type INodeParameters,
  type INodeType,
  type INodeTypes,
  type IRun,
  type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { AuditLog } from '../../../nodes/AuditLog/AuditLog.node';
import { ErpExecute } from '../../../nodes/ErpExecute/ErpExecute.node';
import { ExtractIntent } from '../../../nodes/ExtractIntent/ExtractIntent.node';
import { GuardrailDecide } from '../../../nodes/GuardrailDecide/GuardrailDecide.node';
import { HumanApproval } from '../../../nodes/HumanApproval/HumanApproval.node';
import { Validate } from '../../../nodes/Validate/Validate.node';

const PREFIX = 'n8n-nodes-execution-layer.';
export const EXECUTION_ID = '4711';
/** When the execution of every run began, unless a test says otherwise. */
const BEGUN_AT = 1_760_000_000_000;
export const WAITING_BASE_URL = 'http://127.0.0.1:5678/webhook-waiting';

export const NODES = {
  extractIntent: new ExtractIntent(),
  validate: new Validate(),
  guardrailDecide: new GuardrailDecide(),
  humanApproval: new HumanApproval(),
  erpExecute: new ErpExecute(),
  auditLog: new AuditLog(),
} satisfies Record<string, INodeType>;

export type NodeName = keyof typeof NODES;

export interface NodeRun {
  node: NodeName;
  /** Suffix of the variants that n8n makes of a node. */
  variant?: 'Tool' | 'HitlTool';
  parameters?: INodeParameters;
  items?: IDataObject[];
  settings?: Partial<INode>;
  /** How often the node ran before in this execution, in a loop or called by an agent. */
  earlierRuns?: number;
  /** When the execution began; another one has other times and may have the same id. */
  begunAt?: number;
  baseUrl: string;
  token?: string;
  /** What is connected as chat model. */
  chatModel?: unknown;
}

export interface Outcome {
  /** Items by output; an error output, where the settings give one, is the last. */
  outputs: INodeExecutionData[][];
  /** Why the workflow stopped, if it did. */
  error?: Error & { context?: IDataObject };
  run: IRun;
}

class NodeTypesByName implements INodeTypes {
  constructor(private readonly chatModel: unknown) {}

  getByName(): INodeType {
    throw new Error('not asked for by n8n');
  }

  getByNameAndVersion(type: string): INodeType {
    if (type === 'test.start') return START;
    if (type === 'test.chatModel') return chatModelNode(this.chatModel);
    const name = type.slice(PREFIX.length).replace(/(Hitl)?Tool$/, '') as NodeName;
    return NODES[name];
  }

  getKnownTypes(): IDataObject {
    return {};
  }
}

class Credentials extends ICredentialsHelper {
  constructor(private readonly data: { baseUrl: string; token: string }) {
    super();
  }
  getParentTypes(): string[] {
    return [];
  }
  async authenticate(_data: unknown, _type: string, options: IHttpRequestOptions) {
    const authorization = `Bearer ${this.data.token}`;
    return { ...options, headers: { ...options.headers, authorization } };
  }
  async preAuthentication() {
    return undefined;
  }
  async runPreAuthentication() {
    return undefined;
  }
  async getCredentials(): Promise<never> {
    throw new Error('not asked for by n8n');
  }
  async getDecrypted() {
    return { ...this.data };
  }
  async updateCredentials() {}
  async updateCredentialsOauthTokenData() {}
  getCredentialsProperties() {
    return [];
  }
  isCredentialUsableByNode() {
    return true;
  }
}

// n8n prints each error of a node; here they are what the tests look at.
jest.spyOn(ErrorReporter.prototype, 'error').mockImplementation(() => undefined);

/** Runs one node in n8n's own engine, as a workflow would. */
export async function runNode(options: NodeRun): Promise<Outcome> {
  const { workflow, node } = workflowOf(options);
  const entry: IExecuteData = {
    node,
    data: { main: [(options.items ?? [{}]).map((json) => ({ json }))] },
    source: { main: [{ previousNode: 'Start' }] },
  };
  const earlier = Array.from({ length: options.earlierRuns ?? 0 }, () => startedRun(entry));
  const data = createRunExecutionData({
    executionData: {
      nodeExecutionStack: [entry],
      runtimeData: {
        version: 1,
        establishedAt: options.begunAt ?? BEGUN_AT,
        source: 'trigger',
      },
    },
    resultData: {
      runData: {
        Start: [startedRun(entry)],
        ...(earlier.length > 0 ? { [node.name]: earlier } : {}),
      },
    },
  });
  const execute = new WorkflowExecute(additionalData(options, workflow), 'trigger', data);
  const run = await execute.processRunExecutionData(workflow);
  const task = run.data.resultData.runData[node.name]?.[options.earlierRuns ?? 0];
  return {
    outputs: (task?.data?.main ?? []).map((items) => items ?? []),
    ...(run.data.resultData.error ? { error: run.data.resultData.error as Error } : {}),
    run,
  };
}

export function workflowOf(options: NodeRun): { workflow: Workflow; node: INode } {
  const node: INode = {
    id: '0b6a2f4e-5b0c-4b53-8f3e-0d7e6b8f0a11',
    name: 'Under Test',
    type: PREFIX + options.node + (options.variant ?? ''),
    typeVersion: 1,
    position: [0, 0],
    parameters: options.parameters ?? {},
    credentials: { executionLayerApi: { id: '1', name: 'Execution Layer' } },
    ...options.settings,
  };
  const workflow = new Workflow({
    id: 'w1',
    nodes: [plainNode('Start', 'test.start'), plainNode('Model', 'test.chatModel'), node],
    connections: {
      Start: { main: [[{ node: node.name, type: 'main', index: 0 }]] },
      ...(options.chatModel
        ? {
            Model: {
              ai_languageModel: [[{ node: node.name, type: 'ai_languageModel', index: 0 }]],
            },
          }
        : {}),
    },
    active: false,
    nodeTypes: new NodeTypesByName(options.chatModel),
    settings: { executionOrder: 'v1' },
  });
  return { workflow, node };
}

export function additionalData(
  options: NodeRun,
  workflow: Workflow,
): IWorkflowExecuteAdditionalData {
  return {
    credentialsHelper: new Credentials({
      baseUrl: options.baseUrl,
      token: options.token ?? 'el_test_token',
    }),
    hooks: new ExecutionLifecycleHooks('trigger', EXECUTION_ID, {
      id: 'w1',
      name: 'test',
      active: false,
      isArchived: false,
      createdAt: new Date(),
      updatedAt: new Date(),
      nodes: Object.values(workflow.nodes),
      connections: workflow.connectionsBySourceNode,
    } as never),
    executionId: EXECUTION_ID,
    webhookWaitingBaseUrl: WAITING_BASE_URL,
    formWaitingBaseUrl: 'http://127.0.0.1:5678/form-waiting',
    variables: {},
    setExecutionStatus: () => undefined,
    sendDataToUI: () => undefined,
    currentNodeParameters: undefined,
  } as unknown as IWorkflowExecuteAdditionalData;
}

const START: INodeType = {
  description: {
    displayName: 'Start',
    name: 'start',
    group: ['trigger'],
    version: 1,
    description: '',
    defaults: {},
    inputs: [],
    outputs: ['main'],
    properties: [],
  },
};

function chatModelNode(model: unknown): INodeType {
  return {
    description: { ...START.description, name: 'chatModel', outputs: ['ai_languageModel'] },
    supplyData: async () => ({ response: model }),
  };
}

function plainNode(name: string, type: string): INode {
  return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters: {} };
}

function startedRun(entry: IExecuteData) {
  return {
    startTime: 0,
    executionIndex: 0,
    executionTime: 0,
    executionStatus: 'success' as const,
    source: [],
    data: { main: entry.data.main as INodeExecutionData[][] },
  };
}
