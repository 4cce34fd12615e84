import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import { bundleFolder, EXTERNAL_WRITE } from '../bundle-folder';
import { TestService, type Answer } from '../harness';

const BUNDLE = bundleFolder({ files: { 'catalogue/portal.order.yaml': EXTERNAL_WRITE } });
const ORDER = { item: 'Pallet', pieces: 3 };

let service: TestService;
beforeEach(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE });
  await service.newPerson('operator@example.com', ['operator']);
});
afterEach(() => service.stop());

async function allowed(): Promise<string> {
  const { body } = await service.tool('portal.order', ORDER);
  expect(body.state).toBe('allowed');
  return body.id;
}
const permit = (id: string, options = {}): Promise<Answer> =>
  service.call(`/v1/requests/${id}/permits`, {}, options);
const report = (id: string, body: object): Promise<Answer> =>
  service.call(`/v1/requests/${id}/outcome`, body);
const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;

async function expire(id: string): Promise<void> {
  await service.tamper(id, ({ execution }) => {
    const past = new Date(Date.now() - 1000).toISOString();
    execution!.leaseUntil = past;
    execution!.permit!.expiresAt = past;
  });
}

test('one permit with exactly what was decided, one report, and the weaker guarantee is told', async () => {
  const id = await allowed();
  const given = await permit(id);
  expect(given).toMatchObject({
    status: 201,
    body: {
      requestId: id,
      action: 'portal.order',
      arguments: ORDER,
      idempotencyKey: expect.stringContaining(id),
      expiresAt: expect.any(String),
      guarantee: expect.stringMatching(/does not do this write itself/),
    },
  });
  expect(await read(id)).toMatchObject({ state: 'executing' });
  const answer = await report(id, {
    permit: given.body.permit,
    outcome: 'executed',
    erpReference: 'ORD-9',
    result: { lines: 1 },
  });
  expect(answer.body).toMatchObject({
    state: 'executed',
    message: 'Reported as executed: ORD-9.',
    execution: { erpReference: 'ORD-9', result: { lines: 1 }, guarantee: expect.any(String) },
  });
});

test('a permit is given once, also to fifty who ask at once', async () => {
  const id = await allowed();
  const answers = await Promise.all(Array.from({ length: 50 }, () => permit(id)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
});

test('a repeat with the same key shows the permit without its secret, and none is stored', async () => {
  const id = await allowed();
  const first = await permit(id, { key: 'same' });
  const again = await permit(id, { key: 'same' });
  expect(again.body).toEqual({ ...first.body, permit: undefined });
  const stored = JSON.stringify(await service.timeline(id)) + JSON.stringify(await read(id));
  expect(stored).not.toContain(first.body.permit);
});

test.each([
  ['another secret', { permit: 'x'.repeat(43), outcome: 'executed' }, 403, 'permit_invalid'],
  ['no outcome', { permit: 'x' }, 400, 'invalid_body'],
])('a report with %s changes nothing', async (_name, body, status, code) => {
  const id = await allowed();
  await permit(id);
  expect(await report(id, body)).toMatchObject({ status, body: { code } });
  expect((await read(id)).state).toBe('executing');
});

test('a second report is refused, whatever it says', async () => {
  const id = await allowed();
  const { body } = await permit(id);
  await report(id, { permit: body.permit, outcome: 'executed' });
  const again = await report(id, { permit: body.permit, outcome: 'failed' });
  expect(again).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
  expect((await read(id)).state).toBe('executed');
});

test('failed ends it; unknown is for a person', async () => {
  const failed = await allowed();
  const first = (await permit(failed)).body.permit;
  const done = await report(failed, { permit: first, outcome: 'failed', message: 'Sold out.' });
  expect(done.body).toMatchObject({ state: 'failed', needsPerson: false });
  expect(done.body.message).toMatch(/Sold out\./);

  const unknown = await allowed();
  const second = (await permit(unknown)).body.permit;
  const open = await report(unknown, { permit: second, outcome: 'unknown' });
  expect(open.body).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
});

test('no report in time leaves the outcome unknown; a late one is evidence, and a person decides', async () => {
  const id = await allowed();
  const given = (await permit(id)).body.permit;
  await expire(id);
  await recoverExecutions(service.service.deps);
  expect(await read(id)).toMatchObject({ state: 'outcome_unknown', needsPerson: true });

  const late = await report(id, { permit: given, outcome: 'executed', erpReference: 'ORD-1' });
  expect(late.body).toMatchObject({
    state: 'outcome_unknown',
    execution: { permit: { report: { late: true, erpReference: 'ORD-1' } } },
  });
  const as = await service.person('operator@example.com');
  expect((await as(`/v1/requests/${id}/reconcile`, {})).status).toBe(409);
  const settled = await as(`/v1/requests/${id}/resolution`, {
    happened: true,
    evidence: 'Seen in the portal.',
    erpReference: 'ORD-1',
  });
  expect(settled.body).toMatchObject({ state: 'executed' });
});

test('a late report that comes before anybody noticed leaves it unknown too', async () => {
  const id = await allowed();
  const given = (await permit(id)).body.permit;
  await expire(id);
  const late = await report(id, { permit: given, outcome: 'executed' });
  expect(late.body).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
});

test('each way is refused for the actions of the other, with the state unchanged', async () => {
  const external = await allowed();
  expect(await service.execute(external)).toMatchObject({
    status: 409,
    body: { code: 'not_executable', state: 'allowed', reasons: [{ ruleId: 'executor' }] },
  });
  const own = await service.tool('vendor_payment.create', {
    vendor_id: 'V-1001',
    amount: '10.00',
    currency: 'USD',
  });
  expect(await permit(own.body.id)).toMatchObject({
    status: 409,
    body: { code: 'not_executable', state: 'allowed', reasons: [{ ruleId: 'executor' }] },
  });
  expect(await report(own.body.id, { permit: 'x', outcome: 'executed' })).toMatchObject({
    status: 409,
    body: { reasons: [{ ruleId: 'no-permit' }] },
  });
});

test('a permit passes the last check: content that was changed gets none', async () => {
  const id = await allowed();
  await service.tamper(id, (request) => {
    request.arguments = { ...ORDER, pieces: 99 };
  });
  expect(await permit(id)).toMatchObject({ status: 409, body: { state: 'blocked' } });
});
