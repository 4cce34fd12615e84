import type { Response } from 'express';
import { WebhookContext } from 'n8n-core';
import type { IDataObject, IWebhookData, IWebhookResponseData } from 'n8n-workflow';
import {
  additionalData,
  EXECUTION_ID,
  NODES,
  runNode,
  WAITING_BASE_URL,
  workflowOf,
  type NodeRun,
} from './support/harness';
import { ok, problem, StubService } from './support/stub-service';

const HOUR_MS = 3_600_000;
const inAnHour = new Date(Date.now() + HOUR_MS).toISOString();
const pending = { approval: { id: 'apr_1', state: 'pending', expiresAt: inAnHour } };

let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(() => service.stop());

const subject = (more: Partial<NodeRun> = {}): NodeRun => ({
  node: 'humanApproval',
  baseUrl: service.url,
  items: [{ id: 'req_1' }],
  ...more,
  parameters: { operation: 'sendAndWait', ...more.parameters },
});

describe('sending', () => {
  test('registers the signed resume URL and waits a little longer than the approval lives', async () => {
    service.put('req_1', 'awaiting_approval', pending);
    const { run } = await runNode(subject());
    const [call] = service.callsTo('/callbacks');
    const resumeUrl = new URL(String(call?.body.resumeUrl));
    expect(resumeUrl.href).toContain(`${WAITING_BASE_URL}/${EXECUTION_ID}/`);
    expect(resumeUrl.searchParams.get('signature')).toMatch(/\w{16,}/);
    expect(run.status).toBe('waiting');
    const beyond = Number(run.waitTill) - Date.parse(inAnHour);
    expect(beyond).toBeGreaterThan(0);
    expect(beyond).toBeLessThan(HOUR_MS);
  });

  test('Limit Wait ends the wait earlier', async () => {
    service.put('req_1', 'awaiting_approval', pending);
    const parameters = { options: { limitWait: 10 } };
    const { run } = await runNode(subject({ parameters }));
    expect(Number(run.waitTill)).toBeLessThan(Date.parse(inAnHour));
    expect(run.status).toBe('waiting');
  });

  test.each([
    ['approved', 'approved', true],
    ['executed', 'approved', true],
    ['rejected', 'rejected', false],
    ['expired', 'expired', false],
    ['cancelled', 'cancelled', false],
    ['superseded', 'superseded', false],
    ['superseded', 'approved', false],
    ['approved', 'pending', false],
    // Policy allowed it, but no person has approved it.
    ['allowed', undefined, false],
  ])(
    'a request that is %s (approval %s) needs no wait: approved %s',
    async (state, of, approved) => {
      service.put('req_1', state, of ? { approval: { state: of } } : {});
      const { outputs, run } = await runNode(subject());
      expect(run.waitTill).toBeUndefined();
      expect(outputs).toMatchObject([
        [{ json: { id: 'req_1', state, approved }, pairedItem: { item: 0 } }],
      ]);
      expect(service.callsTo('/callbacks')).toEqual([]);
    },
  );

  test('a vote that falls while the callback is registered is not waited for', async () => {
    service.put('req_1', 'awaiting_approval', pending);
    service.intercept = ({ path }) => {
      if (!path.endsWith('/callbacks')) return undefined;
      service.put('req_1', 'approved', { approval: { state: 'approved' } });
      return problem(409, 'illegal_transition');
    };
    const { outputs, run } = await runNode(subject());
    expect(run.waitTill).toBeUndefined();
    expect(outputs[0]?.[0]?.json).toMatchObject({ state: 'approved', approved: true });
  });

  test('it does not wait for a call that can never come', async () => {
    service.put('req_1', 'awaiting_approval', pending);
    service.intercept = ({ path }) =>
      path.endsWith('/callbacks') ? problem(403, 'callback_host_not_allowed') : undefined;
    const { outputs, run } = await runNode(subject());
    expect(run.waitTill).toBeUndefined();
    expect(outputs[0]?.[0]?.json).toMatchObject({
      id: 'req_1',
      approved: false,
      problem: { code: 'callback_host_not_allowed' },
    });
  });

  test('of several requests only decided ones are answered: n8n waits once for all', async () => {
    service.put('req_1', 'approved', { approval: { state: 'approved' } });
    service.put('req_2', 'awaiting_approval', pending);
    service.put('req_3', 'awaiting_approval', pending);
    const items = ['req_1', 'req_2', 'req_3'].map((id) => ({ id }));
    const { outputs, run } = await runNode(subject({ items }));
    expect(run.waitTill).toBeUndefined();
    expect(outputs[0]?.map(({ json }) => [json.id, json.approved])).toEqual([
      ['req_1', true],
      ['req_2', false],
      ['req_3', false],
    ]);
    expect(outputs[0]?.[1]?.json.problem).toMatchObject({ code: 'one_request_per_execution' });
    expect(service.callsTo('/callbacks')).toEqual([]);
  });

  test("an agent's plain tool tells where it stands, because n8n cannot pause there", async () => {
    service.put('req_1', 'awaiting_approval', pending);
    const { outputs, run } = await runNode(subject({ variant: 'Tool' }));
    expect(run.waitTill).toBeUndefined();
    expect(outputs[0]?.[0]?.json).toMatchObject({ state: 'awaiting_approval', approved: false });
  });

  test("the human review of an agent's tool waits", async () => {
    service.put('req_1', 'awaiting_approval', pending);
    const { run } = await runNode(subject({ variant: 'HitlTool' }));
    expect(run.status).toBe('waiting');
    expect(service.callsTo('/callbacks')).toHaveLength(1);
  });
});

describe('resuming', () => {
  /** Calls the resume URL as anybody who has it could. */
  async function call(body: IDataObject): Promise<{ status?: number; data: IWebhookResponseData }> {
    const options = subject({ parameters: { requestId: 'req_1' } });
    const { workflow, node } = workflowOf(options);
    const answer: { status?: number } = {};
    const response = {
      status(code: number) {
        answer.status = code;
        return this;
      },
      json: () => undefined,
    } as unknown as Response;
    const data = additionalData(options, workflow);
    data.httpRequest = { body, headers: {}, params: {}, query: {} } as never;
    data.httpResponse = response;
    const webhook = { webhookDescription: { name: 'default' } } as IWebhookData;
    const context = new WebhookContext(workflow, node, data, 'webhook', webhook, [], null);
    return { ...answer, data: await NODES.humanApproval.webhook.call(context), ...answer };
  }

  test.each([
    ['approved', 'approved', true],
    ['rejected', 'rejected', false],
    ['expired', 'expired', false],
  ])('%s is believed from the service', async (state, approval, approved) => {
    service.put('req_1', state, { approval: { state: approval } });
    const { data } = await call({ requestId: 'req_1', state });
    expect(data.workflowData).toMatchObject([
      [{ json: { id: 'req_1', state, approved }, pairedItem: { item: 0 } }],
    ]);
  });

  test('a body that claims an approval changes nothing', async () => {
    service.put('req_1', 'rejected', { approval: { state: 'rejected' } });
    const lie = { requestId: 'req_2', state: 'approved', approved: true };
    const { data } = await call(lie);
    expect(data.workflowData?.[0]?.[0]?.json).toMatchObject({ id: 'req_1', approved: false });
  });

  test.each([
    ['the approval is still open', () => service.put('req_1', 'awaiting_approval', pending)],
    ['the service cannot be asked', () => (service.intercept = () => problem(500, 'internal'))],
    [
      'the answer is about another request',
      () => (service.intercept = () => ok({ id: 'req_9', state: 'approved' })),
    ],
    ['the request is unknown', () => undefined],
  ])('the execution keeps waiting while %s', async (_name, prepare) => {
    prepare();
    const { data } = await call({ state: 'approved' });
    expect(data).toEqual({ noWebhookResponse: true });
  });
});
