import { createHash, randomUUID } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * Names one run of a node on one item: the same on each try of Retry On Fail, another one for each
 * tool call of an agent, each pass of a loop and each item.
 */
export function callIdentity(context: IExecuteFunctions, itemIndex: number): string {
  const executionId = context.getExecutionId();
  // Called inside another node (an AI Agent before version 3, an agent as a tool, an MCP trigger), a
  // tool has no run of its own: n8n counts parallel calls alike and each retry anew, so nothing
  // would join a repeat, and only chance keeps two calls apart.
  if (!executionId || context.isToolExecution()) return randomUUID();
  const { $runIndex } = context.getWorkflowDataProxy(itemIndex);
  // Execution ids begin at 1 in every n8n, and imported workflows have the same node ids.
  const instance = context.getInstanceId().slice(0, 16);
  return [instance, executionId, context.getNode().id, $runIndex, itemIndex].join(':');
}

/** A short name for content of any length. */
export function digestOf(content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return createHash('sha256').update(text).digest('hex');
}

/** A key as the service takes it: what a header cannot carry goes as its digest. */
export function asHeader(key: string): string {
  return /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)
    ? key
    : `sha256:${digestOf(key)}`;
}
