import { randomUUID } from 'node:crypto';
import type { WorkflowFile } from '../../scripts/stack/n8n-client';
import {
  approver,
  faults,
  records,
  runningStack,
  send,
  service,
  startService,
  stopService,
} from './harness/stack';
import { serviceDataDir, tamperWithRequest } from './harness/tamper';
import { createSealer } from '../../policy-service/src/system/sealer';
import {
  nodeNamed,
  publishVariant,
  waitForExecution,
  type PublishedVariant,
} from './harness/variants';

jest.setTimeout(300_000);

const OUR_NODES = 'n8n-nodes-execution-layer.';
const key = (): Record<string, string> => ({ 'idempotency-key': `e2e-${randomUUID()}` });
const payment = (amount: string): object => ({
  request_text: `Pay vendor V-1003 ${amount} EUR`,
  source: 'test',
  requested_by: 'ana@example.com',
});
const adjustment = (units: number): object => ({
  request_text: `Increase inventory for item SKU-1002 by ${units} units in warehouse WH-02`,
  source: 'test',
  requested_by: 'ana@example.com',
});

/** Everything that the ERP holds that a request could have written. */
async function documents(): Promise<number> {
  const kinds = [
    'payments',
    'movements',
    'journal',
    'notifications',
    'contact_changes',
    'ticket_routings',
  ];
  return (await Promise.all(kinds.map((kind) => records(kind)))).flat().length;
}

async function withVariant(
  name: string,
  change: (workflow: WorkflowFile) => void,
  work: (variant: PublishedVariant) => Promise<void>,
): Promise<void> {
  const variant = await publishVariant(name, change);
  try {
    await work(variant);
  } finally {
    await variant.remove();
  }
}

/** Wires an output of one node straight to another node. */
function rewire(workflow: WorkflowFile, from: string, output: number, to: string): void {
  const outputs = (workflow.connections[from] as { main: unknown[][] }).main;
  outputs[output] = [{ node: to, type: 'main', index: 0 }];
}

describe('a canvas that is drawn wrong never writes', () => {
  test('Guardrail Decide disabled', () =>
    withVariant(
      'decide disabled',
      (workflow) => {
        nodeNamed(workflow, 'Guardrail Decide')['disabled'] = true;
        rewire(workflow, 'Guardrail Decide', 0, 'Execute Allowed');
      },
      async ({ webhookUrl }) => {
        const before = await documents();
        const answer = await send(adjustment(11), key(), webhookUrl);
        expect(answer.body).toMatchObject({ state: 'validated', problem: 'not_executable' });
        expect(await documents()).toBe(before);
      },
    ));

  test('Guardrail Decide removed and rewired', () =>
    withVariant(
      'decide removed',
      (workflow) => {
        workflow.nodes = workflow.nodes.filter(({ name }) => name !== 'Guardrail Decide');
        rewire(workflow, 'Validate', 1, 'Execute Allowed');
        delete workflow.connections['Guardrail Decide'];
      },
      async ({ webhookUrl }) => {
        const before = await documents();
        const answer = await send(payment('12,500.00'), key(), webhookUrl);
        expect(answer.body).toMatchObject({ state: 'validated', problem: 'not_executable' });
        expect(await documents()).toBe(before);
      },
    ));

  test('Validate and Guardrail Decide removed', () =>
    withVariant(
      'nothing checked',
      (workflow) => rewire(workflow, 'Extract Intent', 0, 'Execute Allowed'),
      async ({ webhookUrl }) => {
        const before = await documents();
        const answer = await send(adjustment(12), key(), webhookUrl);
        expect(answer.body).toMatchObject({ state: 'extracted', problem: 'not_executable' });
        expect(await documents()).toBe(before);
      },
    ));

  test('the approval row wired past Human Approval', () =>
    withVariant(
      'approval skipped',
      (workflow) => rewire(workflow, 'Guardrail Decide', 1, 'Execute Allowed'),
      async ({ webhookUrl }) => {
        const before = await documents();
        const answer = await send(adjustment(650), key(), webhookUrl);
        expect(answer.body).toMatchObject({
          state: 'awaiting_approval',
          problem: 'not_executable',
        });
        expect(await documents()).toBe(before);
      },
    ));

  test.each(['continueRegularOutput', 'continueErrorOutput'])(
    'every node set to %s, the service stopped',
    (onError) =>
      withVariant(
        `continue on error ${onError}`,
        (workflow) => {
          for (const node of workflow.nodes) {
            if (node.type.startsWith(OUR_NODES))
              Object.assign(node, { onError, alwaysOutputData: true });
          }
        },
        async ({ webhookUrl }) => {
          const before = await documents();
          await stopService();
          try {
            const answer = await fetch(webhookUrl, {
              method: 'POST',
              headers: { 'content-type': 'application/json', ...key() },
              body: JSON.stringify(adjustment(13)),
            });
            expect(answer.status).toBeGreaterThanOrEqual(400);
            expect(await answer.text()).not.toContain('"state":"executed"');
          } finally {
            await startService();
          }
          expect(await documents()).toBe(before);
        },
      ),
  );
});

describe('an approval that did not come never writes', () => {
  test('Human Approval times out', () =>
    withVariant(
      'wait times out',
      (workflow) => {
        // n8n looks for ended waits once a minute.
        nodeNamed(workflow, 'Human Approval').parameters['options'] = { limitWait: 1 };
      },
      async ({ webhookUrl, id }) => {
        const before = await documents();
        const answer = await send(adjustment(660), key(), webhookUrl);
        expect(answer.status).toBe(202);
        await waitForExecution(id, ['success', 'error'], 160_000);
        const request = await service().request(answer.body.id ?? '');
        expect(request.state).toBe('awaiting_approval');
        expect(await documents()).toBe(before);
        const refusals = (await service().timeline(request.id)).filter(
          ({ type }) => type === 'request.command_refused',
        );
        expect(refusals).toEqual([
          expect.objectContaining({ data: expect.objectContaining({ code: 'not_executable' }) }),
        ]);
      },
    ));

  test('somebody else calls the resume URL', async () => {
    const before = await documents();
    const { body } = await send(adjustment(670), key());
    const id = body.id ?? '';
    const { n8n, workflows } = runningStack();
    await waitForExecution(workflows['execution-pipeline'], ['waiting']);
    const sealed = await tamperWithRequest(id, (request) => request.resumeUrl);
    expect(sealed).not.toContain('http');
    const resumeUrl = createSealer(serviceDataDir()).open(sealed ?? '');
    const unsigned = new URL(resumeUrl ?? '');
    unsigned.search = '';
    expect((await fetch(unsigned, { method: 'POST' })).status).toBe(401);
    const forged = await fetch(resumeUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ requestId: id, state: 'approved', approved: true }),
    });
    expect(forged.status).toBe(409);
    const [newest] = await n8n.client.executions(workflows['execution-pipeline']);
    expect(newest?.status).toBe('waiting');
    expect((await service().request(id)).state).toBe('awaiting_approval');
    expect(await documents()).toBe(before);
    await service().call('POST', `/v1/requests/${id}/cancel`, {});
  });

  test('the payload is changed after the approval', async () => {
    const before = await documents();
    const { body } = await send(payment('13,500.00'), key());
    const id = body.id ?? '';
    // The content changes first, so that the approval's own call meets it.
    await tamperWithRequest(id, (request) => {
      request.arguments = { ...request.arguments, amount: '99999.00' };
      return undefined;
    });
    const { approval } = await service().request(id);
    const vote = await (await approver()).vote(approval?.id ?? '', 'approve');
    expect(vote).toMatchObject({
      status: 409,
      body: { code: 'approval_closed', state: 'superseded' },
    });
    await tamperWithRequest(id, (request) => {
      request.state = 'approved';
      return undefined;
    });
    const execute = await service().call('POST', `/v1/requests/${id}/execute`, {}, key());
    expect(execute).toMatchObject({
      status: 409,
      body: { code: 'not_executable', state: 'superseded' },
    });
    expect(await documents()).toBe(before);
  });

  test('execute is called with a forged state', async () => {
    const before = await documents();
    const { body } = await send(adjustment(680), key());
    const path = `/v1/requests/${body.id}/execute`;
    const forged = await service().call('POST', path, { state: 'approved' }, key());
    expect(forged).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
    expect(await service().call('POST', path, {}, key())).toMatchObject({
      status: 409,
      body: { state: 'awaiting_approval' },
    });
    expect(await documents()).toBe(before);
    await service().call('POST', `/v1/requests/${body.id}/cancel`, {});
  });
});

describe('a repeat never writes twice', () => {
  test('Retry On Fail on every node, an ERP that loses its answers, and the call delivered twice', () =>
    withVariant(
      'every retry switched on',
      (workflow) => {
        for (const node of workflow.nodes) {
          if (!node.type.endsWith('stickyNote'))
            Object.assign(node, { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 });
        }
      },
      async ({ webhookUrl }) => {
        const headers = key();
        await faults('drop_after_commit', 2);
        const first = await send(adjustment(14), headers, webhookUrl);
        const again = await send(adjustment(14), headers, webhookUrl);
        expect(again.body.id).toBe(first.body.id);
        expect(first.body.state).toBe('executed');
        expect(await records('movements', first.body.id)).toHaveLength(1);
      },
    ));

  test('the whole is run again: another workflow, another execution, the same request_id', () =>
    withVariant(
      'run again',
      () => undefined,
      async ({ webhookUrl, id }) => {
        const body = { ...adjustment(15), request_id: `again-${randomUUID()}` };
        const first = await send(body);
        expect(first.body.state).toBe('executed');
        const again = await send(body, {}, webhookUrl);
        expect(again.body).toMatchObject({ id: first.body.id, state: 'executed' });
        expect(again.body.erpReference).toBe(first.body.erpReference);
        await waitForExecution(id, ['success']);
        expect(await records('movements', first.body.id)).toHaveLength(1);
      },
    ));
});
