import { randomUUID } from 'node:crypto';
import { pause } from '../../../scripts/stack/child';
import type { N8nExecution, WorkflowFile, WorkflowNode } from '../../../scripts/stack/n8n-client';
import {
  readWorkflow,
  withCredential,
  type WorkflowName,
} from '../../../scripts/stack/workflow-files';
import { runningStack } from './stack';

export interface PublishedVariant {
  id: string;
  webhookUrl: string;
  remove(): Promise<void>;
}

/**
 * Publishes a changed copy of an exported workflow under a webhook path of its own.
 * @param change edits the copy in place
 */
export async function publishVariant(
  name: string,
  change: (workflow: WorkflowFile) => void,
  original: WorkflowName = 'execution-pipeline',
): Promise<PublishedVariant> {
  const { n8n, credentialId } = runningStack();
  const path = `variant-${randomUUID()}`;
  const copy = { ...readWorkflow(original), id: undefined, name: `Variant: ${name}` };
  for (const node of copy.nodes) {
    if (node['webhookId'] !== undefined) node['webhookId'] = randomUUID();
    if (node.type === 'n8n-nodes-base.webhook') node.parameters['path'] = path;
  }
  change(copy);
  const id = await n8n.client.publish(withCredential(copy, credentialId));
  return {
    id,
    webhookUrl: `${n8n.url}/webhook/${path}`,
    remove: () => n8n.client.remove(id),
  };
}

/** A node of a workflow by its name. @throws Error when there is none */
export function nodeNamed(workflow: WorkflowFile, name: string): WorkflowNode {
  const found = workflow.nodes.find((node) => node.name === name);
  if (!found) throw new Error(`${workflow.name} has no node "${name}".`);
  return found;
}

/** Waits for the newest execution of a workflow to be in one of the states. */
export async function waitForExecution(
  workflowId: string,
  statuses: string[],
  timeoutMs = 120_000,
): Promise<N8nExecution> {
  const { n8n } = runningStack();
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const newest = (await n8n.client.executions(workflowId))[0];
    if (newest && statuses.includes(newest.status)) return newest;
    if (Date.now() > giveUpAt) {
      const is = newest?.status ?? 'missing';
      throw new Error(`The execution of ${workflowId} is ${is}; wanted ${statuses.join(' or ')}.`);
    }
    await pause(200);
  }
}
