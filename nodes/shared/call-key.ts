import { createHash, randomUUID } from 'crypto';
import { SEND_AND_WAIT_OPERATION, type IExecuteFunctions } from 'n8n-workflow';
import { isTool } from './items';

/**
 * Names one run of a node on one item, and what it is about: the same on each try of Retry On Fail,
 * another one for each tool call of an agent, each pass of a loop and each item.
 * @param content what the call sends
 */
export function callIdentity(
  context: IExecuteFunctions,
  itemIndex: number,
  content: unknown,
): string {
  const executionId = context.getExecutionId();
  // Called inside another node (an AI Agent before version 3, an agent as a tool, an MCP trigger), a
  // tool has no run of its own: n8n counts parallel calls alike and each retry anew, so nothing
  // would join a repeat, and only chance keeps two calls apart.
  if (!executionId || context.isToolExecution()) return randomUUID();
  // Imported workflows have the same nodes, and execution ids begin at 1 in every n8n, and again in
  // one whose database was made anew or restored; the beginning outlasts retries and waits.
  const execution = [
    context.getInstanceId().slice(0, 16),
    executionId,
    context.getExecutionContext?.()?.establishedAt ?? '',
  ];
  const reviewed = reviewedCall(context, itemIndex);
  const run = reviewed
    ? `reviewed:${digestOf([reviewed, content])}`
    : (context.getWorkflowDataProxy(itemIndex).$runIndex as number);
  // By its name, for n8n counts the runs of a name.
  return [...execution, context.getNode().name, run, itemIndex].join(':');
}

/**
 * The id that the model gave a tool call, where a human review let it through: n8n makes such a
 * call as often as the agent has items, each time as a run of its own.
 */
function reviewedCall(context: IExecuteFunctions, itemIndex: number): string | undefined {
  if (!isTool(context)) return undefined;
  const { $, $json, $prevNode } = context.getWorkflowDataProxy(itemIndex);
  const isReview = $($prevNode.name).params?.operation === SEND_AND_WAIT_OPERATION;
  return isReview && typeof $json.toolCallId === 'string' ? $json.toolCallId : undefined;
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
