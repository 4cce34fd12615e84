import { randomUUID } from 'node:crypto';
import { pause } from '../stack/child';
import { ApproverClient } from '../stack/approver-client';
import type { Sample } from '../stack/samples';
import { ServiceClient, type RequestAnswer } from '../stack/service-client';
import type { Stack } from '../stack/stack';
import { sendToWebhook, type WebhookAnswer } from '../stack/webhook-client';

/** A sample, the webhook's first answer, and the request as it is now. */
export interface SampleRun {
  sample: Sample;
  answer: WebhookAnswer;
  /** Absent when the service has no request for it. */
  request?: RequestAnswer;
}

/** Sends a sample through the webhook and reads what the service holds of it. */
export async function sendSample(stack: Stack, sample: Sample): Promise<SampleRun> {
  const answer = await sendToWebhook(stack.webhookUrl, sample.body, {
    'idempotency-key': `demo-${randomUUID()}`,
  });
  return refresh(stack, { sample, answer });
}

/** The same run with the request as it is now. */
export async function refresh(stack: Stack, run: SampleRun): Promise<SampleRun> {
  if (run.answer.body.id === undefined) return run;
  const service = ServiceClient.withToken(stack.service.url, stack.token);
  return { ...run, request: await service.request(run.answer.body.id) };
}

/** Whether somebody or something still has to act on it. */
export function isUnderWay(run: SampleRun): boolean {
  const underWay = ['awaiting_approval', 'approved', 'allowed', 'executing'];
  return run.request !== undefined && underWay.includes(run.request.state);
}

/** Approves what a run waits for, as the demo's approver. @throws Error when the vote is refused */
export async function approve(stack: Stack, run: SampleRun): Promise<void> {
  const approvalId = run.request?.approval?.id;
  if (run.request?.state !== 'awaiting_approval' || approvalId === undefined) return;
  const approver = await ApproverClient.signIn(stack.service.url, stack.approver);
  const vote = await approver.vote(approvalId, 'approve', { comment: 'Approved by the demo.' });
  if (vote.status !== 200) {
    throw new Error(`The vote on ${approvalId} was refused: ${JSON.stringify(vote.body)}`);
  }
}

/** Waits until the run has ended, or until `timeoutMs` is over. */
export async function settle(stack: Stack, run: SampleRun, timeoutMs: number): Promise<SampleRun> {
  const giveUpAt = Date.now() + timeoutMs;
  let current = await refresh(stack, run);
  while (isUnderWay(current) && Date.now() < giveUpAt) {
    await pause(300);
    current = await refresh(stack, current);
  }
  return current;
}
