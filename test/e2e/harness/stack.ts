import { pause, stopChild } from '../../../scripts/stack/child';
import { ApproverClient } from '../../../scripts/stack/approver-client';
import { erpRecords } from '../../../scripts/stack/mock-erp';
import { restartPolicyService } from '../../../scripts/stack/policy-service';
import { ServiceClient, type RequestAnswer } from '../../../scripts/stack/service-client';
import type { Stack } from '../../../scripts/stack/stack';
import { sendToWebhook, type WebhookAnswer } from '../../../scripts/stack/webhook-client';
import { readStack, updateStack } from './stack-file';

/** Fault kinds of the mock ERP. */
export type FaultKind =
  | 'delay'
  | 'drop_before_commit'
  | 'drop_after_commit'
  | 'duplicate_answer'
  | 'truncated_answer'
  | 'poisonous_answer'
  | 'status_429'
  | 'status_500_committed';

/** The running stack as the tests see it. */
export function runningStack(): Stack {
  return readStack();
}

/** Sends a request through the pipeline's webhook, or through another one. */
export function send(
  payload: unknown,
  headers: Record<string, string> = {},
  webhookUrl = runningStack().webhookUrl,
): Promise<WebhookAnswer> {
  return sendToWebhook(webhookUrl, payload, headers);
}

/** The policy service, called with n8n's token. */
export function service(): ServiceClient {
  const { service: running, token } = runningStack();
  return ServiceClient.withToken(running.url, token);
}

/** A fresh sign-in of the person who holds every approver role. */
export function approver(): Promise<ApproverClient> {
  const { service: running, approver: person } = runningStack();
  return ApproverClient.signIn(running.url, person);
}

/** Everything that the ERP holds of one kind, or only what one request wrote. */
export async function records(
  kind: string,
  requestId?: string,
): Promise<Record<string, unknown>[]> {
  const all = await erpRecords(runningStack().erp.url, kind);
  return requestId === undefined
    ? all
    : all.filter((record) => record['external_reference'] === requestId);
}

/** Makes the ERP's next writes misbehave. */
export async function faults(kind: FaultKind, count = 1, delayMs?: number): Promise<void> {
  const response = await fetch(`${runningStack().erp.url}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind, count, ...(delayMs === undefined ? {} : { delayMs }) }),
  });
  if (!response.ok) throw new Error(`POST /faults: ${response.status} ${await response.text()}`);
}

/** Waits until the request is in one of the states. @throws Error with the state it stays in */
export async function waitForState(
  requestId: string,
  states: string[],
  timeoutMs = 120_000,
): Promise<RequestAnswer> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const request = await service().request(requestId);
    if (states.includes(request.state)) return request;
    if (Date.now() > giveUpAt) {
      throw new Error(`${requestId} stays ${request.state}; wanted ${states.join(' or ')}.`);
    }
    await pause(200);
  }
}

/** Stops the policy service, as a crash or a maintenance would; startService brings it back. */
export async function stopService(): Promise<void> {
  await stopChild(runningStack().service.child);
}

/** Starts the stopped policy service, or restarts a running one, on the same data and port. */
export async function startService(): Promise<void> {
  const stack = runningStack();
  updateStack({ ...stack, service: await restartPolicyService(stack.service) });
}
