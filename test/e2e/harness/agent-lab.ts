import { randomUUID } from 'node:crypto';
import type { WorkflowFile } from '../../../scripts/stack/n8n-client';
import { agentWorkflow } from './agent-workflow';
import { ForgetfulProxy } from './forgetful-proxy';
import { ScriptedModel, type Script, type ScriptedCall } from './scripted-model';
import { runningStack, service } from './stack';

/** What a model reads of one tool call, or a workflow gives for one item. */
export interface Read {
  id?: string;
  state?: string;
  repeated?: boolean;
  problem?: { code: string; title: string; detail: string; errors?: { pointer: string }[] };
}

export interface AskedAgent {
  batchSize?: number;
  /** Credential of the nodes; the running service's own unless given. */
  credential?: string;
  /** Further settings of the tool that proposes. */
  propose?: Record<string, unknown>;
  /** Edits the workflow in place. */
  change?: (workflow: WorkflowFile) => void;
}

/** A scripted model and a proxy that loses answers, with credentials for both in the running n8n. */
export class AgentLab {
  private constructor(
    readonly model: ScriptedModel,
    readonly proxy: ForgetfulProxy,
    readonly modelCredential: string,
    /** Credential that leads through the proxy. */
    readonly throughProxy: string,
  ) {}

  static async start(): Promise<AgentLab> {
    const { n8n, service: policyService, token } = runningStack();
    const model = await ScriptedModel.start();
    const proxy = await ForgetfulProxy.start(policyService.url);
    const openAi = { apiKey: 'none', url: model.url };
    const forgetful = { baseUrl: proxy.url, token };
    return new AgentLab(
      model,
      proxy,
      (await n8n.client.createCredential('Scripted', 'openAiApi', openAi)).id,
      (await n8n.client.createCredential('Forgetful', 'executionLayerApi', forgetful)).id,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.model.stop(), this.proxy.stop()]);
  }

  /** The workflow that {@link ask} runs, with requests of that source. */
  workflow(agent: number, source: string, more: AskedAgent = {}): WorkflowFile {
    const workflow = agentWorkflow({
      path: source,
      agent,
      batchSize: more.batchSize,
      source,
      serviceCredential: more.credential ?? runningStack().credentialId,
      modelCredential: this.modelCredential,
      propose: more.propose,
    });
    more.change?.(workflow);
    return workflow;
  }

  /** What the model read of each tool call, for each item; one script an item. */
  async ask(
    agent: number,
    scripts: Script[],
    more: AskedAgent = {},
  ): Promise<{ read: Read[][]; source: string }> {
    const source = `agent-${randomUUID()}`;
    const answers = await runOnce(source, this.workflow(agent, source, more), itemsOf(scripts));
    return { read: answers.map(readBy), source };
  }
}

/** The items that lead an agent through scripts. */
export const itemsOf = (scripts: Script[]): object[] =>
  scripts.map((script) => ({ script: JSON.stringify(script) }));

/** What the model read, in an item that an agent gave. */
export function readBy(item: unknown): Read[] {
  const results = JSON.parse((item as { output: string }).output) as string[];
  return results.flatMap((result) => JSON.parse(result) as Read | Read[]);
}

/** Calls a published workflow with the items; answers what leaves its last node. */
export async function call(path: string, items: object[]): Promise<unknown[]> {
  const response = await fetch(`${runningStack().n8n.url}/webhook/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as unknown[];
}

/** Publishes a workflow for as long as the work takes. */
export async function published<T>(
  workflow: WorkflowFile,
  work: (id: string) => Promise<T>,
): Promise<T> {
  const { client } = runningStack().n8n;
  const id = await client.publish(workflow);
  try {
    return await work(id);
  } finally {
    await client.remove(id);
  }
}

/** Publishes a workflow, calls it once with the items, and removes it. */
export function runOnce(path: string, workflow: WorkflowFile, items: object[]): Promise<unknown[]> {
  return published(workflow, () => call(path, items));
}

/** All requests of one source that the service holds. */
export async function requestsFrom(source: string): Promise<{ id: string; state: string }[]> {
  const { body } = await service().call('GET', '/v1/requests?limit=200');
  const { items } = body as unknown as { items: { id: string; state: string; source?: string }[] };
  return items.filter((item) => item.source === source);
}

/** A call of the tool that proposes. */
export const propose = (quantity: number | string, tool = 'Propose'): ScriptedCall => ({
  tool,
  args: { sku: 'SKU-1002', quantity: String(quantity) },
});

/** Calls of a tool on the requests that earlier results told of. */
export const each = (tool: string, places: number[]): ScriptedCall[] =>
  places.map((place) => ({ tool, args: { id: `@${place}` } }));
