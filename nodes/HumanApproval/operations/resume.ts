import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { readRequest } from '../../shared/requests';
import { isPending, withVerdict } from './verdict';

/**
 * Answers the call that ends the wait. The call is only a hint that something happened: its body
 * is not read, and the execution goes on only with a verdict that the service confirms.
 */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  const requestId = context.getNodeParameter('requestId', '');
  if (typeof requestId !== 'string' || requestId === '') {
    return stayWaiting(context, 500, 'This node has no Request ID.');
  }
  const result = await readRequest(context, requestId);
  // 503 makes the service call again later; until then the execution keeps waiting.
  if (!result.ok) return stayWaiting(context, 503, result.problem.detail);
  if (isPending(result.value)) return stayWaiting(context, 409, 'The approval is still open.');
  return {
    webhookResponse: { received: true },
    workflowData: [[{ json: withVerdict(result.value), pairedItem: { item: 0 } }]],
  };
}

/** Without workflow data n8n leaves the execution as it is: waiting. */
function stayWaiting(
  context: IWebhookFunctions,
  status: number,
  detail: string,
): IWebhookResponseData {
  context.getResponseObject().status(status).json({ detail });
  return { noWebhookResponse: true };
}
