import Database from 'better-sqlite3';
import { join } from 'node:path';
import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import { TestService } from '../harness';
import { MachineClocks } from '../machine-clocks';

/** Ways in which a request once got further than it should, or was told something untrue. */
let machine: MachineClocks;
let service: TestService;
beforeEach(async () => {
  machine = new MachineClocks();
  service = await TestService.start({}, machine.read);
  await service.newPerson('finance@example.com', ['finance_approver']);
});
afterEach(() => service.stop());

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };

function erp(sql: string): void {
  const db = new Database(join(service.dataDir, 'mock-erp', 'mock-erp.sqlite'));
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

test('an outcome that was unknown is not called failed because the ERP is down at the next look', async () => {
  await service.fault('drop_after_commit', 1000);
  const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
  expect(body.state).toBe('outcome_unknown');
  expect(await service.records('payments')).toHaveLength(1);
  await service.stopErp();
  await service.tamper(body.id, (request) => {
    request.deadline = new Date(0).toISOString();
  });
  await recoverExecutions(service.service.deps);
  const { body: now } = await service.call(`/v1/requests/${body.id}`);
  expect(now).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
  const types = (await service.timeline(body.id)).map(({ type }) => type);
  expect(types).not.toContain('request.failed');
});

test('a crash in the middle of a call is not called failed because the ERP is down afterwards', async () => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  await service.execute(body.id);
  await service.tamper(body.id, (request) => {
    request.state = 'executing';
    request.execution = {
      ...request.execution!,
      status: 'executing',
      steps: request.execution!.steps.map((step) => ({ ...step, status: 'started' })),
      attempts: [],
      leaseOwner: 'dead',
      leaseUntil: new Date(0).toISOString(),
    };
  });
  await service.stopErp();
  await recoverExecutions(service.service.deps);
  expect((await service.call(`/v1/requests/${body.id}`)).body.state).toBe('outcome_unknown');
});

test('a crash in the middle of a call is finished with the same key: one document', async () => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  const executed = await service.execute(body.id);
  await service.tamper(body.id, (request) => {
    request.state = 'executing';
    request.execution = {
      ...request.execution!,
      status: 'executing',
      steps: request.execution!.steps.map((step) => ({ ...step, status: 'started' })),
      attempts: [],
      leaseOwner: 'dead',
      leaseUntil: new Date(0).toISOString(),
    };
  });
  await recoverExecutions(service.service.deps);
  const { body: now } = await service.call(`/v1/requests/${body.id}`);
  expect(now).toMatchObject({
    state: 'executed',
    execution: { erpReference: executed.body.execution.erpReference },
  });
  expect(await service.records('payments')).toHaveLength(1);
});

test('a record that is gone after validation blocks, although no rule mentions it', async () => {
  const created = await service.propose(
    'Increase inventory for item SKU-1001 by 25 units in warehouse WH-02',
  );
  const { id } = created.body;
  await service.call(`/v1/requests/${id}/validate`, {});
  erp("DELETE FROM warehouses WHERE warehouse_id = 'WH-02'");
  // What was looked up for the validation is used for five seconds.
  machine.passed += 5_100;
  const decided = await service.call(`/v1/requests/${id}/decide`, {});
  expect(decided.body).toMatchObject({ state: 'blocked' });
  expect(decided.body.decision.reasons.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain(
    'fact-missing',
  );
});

test('a vote covers only the reasons that were shown', async () => {
  const pay = async (amount: string): Promise<{ id: string; approvalId: string }> => {
    const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount });
    return { id: body.id, approvalId: body.approval.id };
  };
  const both = [await pay('20000.00'), await pay('20001.00')];
  for (const { approvalId } of both)
    await service.vote('finance@example.com', approvalId, 'approve');
  const [first, second] = both;
  const answers = [await service.execute(first!.id), await service.execute(second!.id)];
  // The first gave its share back when it went to new approval, so the second is within the limit.
  expect(answers.map(({ status }) => status)).toEqual([409, 200]);
  expect(answers[0]?.body).toMatchObject({
    state: 'awaiting_approval',
    request: { state: 'awaiting_approval' },
  });
  expect(await service.records('payments')).toHaveLength(1);
  const again = (await service.call(`/v1/requests/${first!.id}`)).body;
  await service.vote('finance@example.com', again.approval.id, 'approve');
  expect((await service.execute(first!.id)).body.state).toBe('executed');
});

test('a token is held to its actions by whichever command it sends', async () => {
  const limited = await service.newToken({ actions: ['vendor.read'] });
  const proposal = {
    source: 't',
    requestedBy: 'ana',
    intent: { action: 'vendor_payment.create', arguments: PAYMENT, confidence: 1 },
  };
  const refused = { status: 403, body: { code: 'action_not_permitted' } };
  expect(await service.call('/v1/requests', proposal, { token: limited })).toMatchObject(refused);
  const { id } = (await service.call('/v1/requests', proposal)).body;
  await service.call(`/v1/requests/${id}/validate`, {});
  expect(await service.call(`/v1/requests/${id}/decide`, {}, { token: limited })).toMatchObject(
    refused,
  );
  expect((await service.call(`/v1/requests/${id}/decide`, {})).body.state).toBe('allowed');
  expect(await service.execute(id, { token: limited })).toMatchObject(refused);
  expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('allowed');
});

test('a vote on content that changed is not counted; the request is superseded', async () => {
  const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '12000.00' });
  await service.tamper(body.id, (request) => {
    request.arguments = { ...request.arguments, amount: '99000.00' };
  });
  const vote = await service.vote('finance@example.com', body.approval.id, 'approve');
  expect(vote).toMatchObject({
    status: 409,
    body: { code: 'approval_closed', state: 'superseded' },
  });
  const now = (await service.call(`/v1/requests/${body.id}`)).body;
  expect(now).toMatchObject({ state: 'superseded', approval: { state: 'superseded' } });
});

test('a vote under rules that became stricter is not counted; under looser ones it is', async () => {
  const waiting = async (amount: string): Promise<{ id: string; approval: { id: string } }> =>
    (await service.tool('vendor_payment.create', { ...PAYMENT, amount })).body;
  const first = await waiting('12000.00');
  const second = await waiting('12001.00');
  const looser = service.bundleWith((rules) => rules.replace('"10000"', '"11000"'));
  await service.activate(looser);
  const counted = await service.vote('finance@example.com', first.approval.id, 'approve');
  expect(counted.body.state).toBe('approved');
  const stricter = service.bundleWith((rules) =>
    rules.replaceAll(
      'stages: [{ role: finance_approver, count: 1 }]',
      'stages: [{ role: finance_approver, count: 2 }]',
    ),
  );
  await service.activate(stricter);
  const vote = await service.vote('finance@example.com', second.approval.id, 'approve');
  expect(vote).toMatchObject({ status: 409, body: { state: 'superseded' } });
});

test('an approval ends with its request', async () => {
  const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '12000.00' });
  await service.vote('finance@example.com', body.approval.id, 'approve');
  const cancelled = await service.call(`/v1/requests/${body.id}/cancel`, {});
  expect(cancelled.body).toMatchObject({ state: 'cancelled', approval: { state: 'cancelled' } });
});

test('custom events of the same moment are told apart', async () => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  const events = await Promise.all(
    Array.from({ length: 20 }, () =>
      service.call(`/v1/requests/${body.id}/events`, { type: 'note', message: 'The same.' }),
    ),
  );
  expect(new Set(events.map((event) => event.body.sequence)).size).toBe(20);
});

test.each([
  ['a zero-width space in the requester', { requestedBy: 'ana@example.com\u200b' }],
  ['a direction mark in the source', { source: 'a\u202eb' }],
])('%s is refused', async (_name, more) => {
  const answer = await service.call('/v1/requests', {
    source: 't',
    requestedBy: 'ana',
    requestText: 'x',
    ...more,
  });
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
});

test.each([
  ['half a surrogate pair', '{"source":"a","requestedBy":"b","requestText":"\\ud800"}', {}, 400],
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), {}, 400],
  [
    'a form of another site',
    '{"source":"a","requestedBy":"b","requestText":"c"}',
    { 'content-type': 'text/plain' },
    415,
  ],
])('%s', async (_name, raw, headers, status) => {
  expect(
    (await service.call('/v1/requests', undefined, { method: 'POST', raw, headers })).status,
  ).toBe(status);
});

test('calls that are refused count towards the rate limit', async () => {
  await service.restart({ EXECUTION_LAYER_RATE_LIMIT: '20' });
  const token = await service.newToken({ scopes: [] });
  const statuses: number[] = [];
  for (let n = 0; n < 30; n += 1)
    statuses.push((await service.call('/v1/requests', {}, { token })).status);
  expect(statuses).toContain(429);
});
