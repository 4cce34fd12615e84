import { TestService, type Answer } from '../harness';

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('operator@example.com', ['operator']);
});
afterEach(() => service.stop());

/** A payment that the ERP holds or not, while nobody got its answer. */
async function unknown(fault: 'drop_after_commit' | 'drop_before_commit'): Promise<string> {
  await service.fault(fault, 1000);
  const { body } = await service.tool(
    'vendor_payment.create',
    { vendor_id: 'V-1001', amount: '9000.00', currency: 'USD' },
    { execute: true },
  );
  expect(body.state).toBe('outcome_unknown');
  await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
  return body.id;
}

async function as(email: string, path: string, body: unknown): Promise<Answer> {
  return (await service.person(email))(path, body);
}

test('an operator has it looked into: the write that happened is found, and there is still one', async () => {
  const id = await unknown('drop_after_commit');
  const answer = await as('operator@example.com', `/v1/requests/${id}/reconcile`, {});
  expect(answer).toMatchObject({ status: 200, body: { state: 'executed', needsPerson: false } });
  expect(await service.records('payments')).toHaveLength(1);
  const entries = await service.timeline(id);
  expect(entries.find(({ type }) => type === 'request.recovering').actor).toEqual({
    kind: 'person',
    id: 'operator@example.com',
  });
});

test('an operator says that it happened: their word is recorded as theirs', async () => {
  const id = await unknown('drop_after_commit');
  const finding = { happened: true, evidence: 'Seen in the ERP.', erpReference: 'PAY-000001' };
  const answer = await as('operator@example.com', `/v1/requests/${id}/resolution`, finding);
  expect(answer.body).toMatchObject({
    state: 'executed',
    execution: { erpReference: 'PAY-000001' },
  });
  expect((await service.timeline(id)).at(-1)).toMatchObject({
    type: 'request.resolved',
    moment: 'confirmation',
    actor: { kind: 'person', id: 'operator@example.com' },
    data: finding,
  });
  const again = await as('operator@example.com', `/v1/requests/${id}/resolution`, finding);
  expect(again).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
});

test('an operator says that it did not happen: it is failed, and its share of the limit is free', async () => {
  const id = await unknown('drop_before_commit');
  const pay = (amount: string): Promise<Answer> =>
    service.tool('vendor_payment.create', { vendor_id: 'V-1001', amount, currency: 'USD' });
  expect((await pay('9001.00')).body.state).toBe('allowed');
  expect((await pay('9002.00')).body.state).toBe('awaiting_approval');
  const finding = { happened: false, evidence: 'No such payment in the ERP.' };
  const answer = await as('operator@example.com', `/v1/requests/${id}/resolution`, finding);
  expect(answer.body).toMatchObject({ state: 'failed', needsPerson: false });
  expect((await pay('9002.00')).body.state).toBe('allowed');
});

test.each([
  [
    'without the role',
    'owner@example.com',
    { happened: true, evidence: 'x' },
    403,
    'insufficient_scope',
  ],
  ['without evidence', 'operator@example.com', { happened: true }, 400, 'invalid_body'],
  [
    'with empty evidence',
    'operator@example.com',
    { happened: true, evidence: '' },
    400,
    'invalid_body',
  ],
])('a resolution %s is refused', async (_name, email, finding, status, code) => {
  const id = await unknown('drop_before_commit');
  const answer = await as(email, `/v1/requests/${id}/resolution`, finding);
  expect(answer).toMatchObject({ status, body: { code } });
  expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('outcome_unknown');
});

test('a service token resolves nothing', async () => {
  const id = await unknown('drop_before_commit');
  for (const path of ['reconcile', 'resolution']) {
    const body = path === 'resolution' ? { happened: true, evidence: 'x' } : {};
    expect((await service.call(`/v1/requests/${id}/${path}`, body)).status).toBe(403);
  }
});

test('nobody resolves by hand what the ERP is being asked about at that moment', async () => {
  const id = await unknown('drop_before_commit');
  await service.tamper(id, (request) => {
    request.execution!.leaseUntil = new Date(Date.now() + 60_000).toISOString();
  });
  const finding = { happened: false, evidence: 'Not there.' };
  const answer = await as('operator@example.com', `/v1/requests/${id}/resolution`, finding);
  expect(answer).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
  expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('outcome_unknown');
});

test('an operation that a newer catalogue changed is not sent again', async () => {
  const id = await unknown('drop_after_commit');
  await service.tamper(id, (request) => {
    request.actionVersion = 99;
  });
  const answer = await as('operator@example.com', `/v1/requests/${id}/reconcile`, {});
  expect(answer).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
  expect(await service.records('payments')).toHaveLength(1);
});

test('what is not unknown is not resolved', async () => {
  const { body } = await service.tool('vendor.read', { vendor_id: 'V-1001' });
  const answer = await as('operator@example.com', `/v1/requests/${body.id}/reconcile`, {});
  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'illegal_transition', state: 'allowed' },
  });
});
