import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import { bundleFolder, GOODS, RECEIVE_GOODS } from '../bundle-folder';
import { PASSWORD, TestService, type Answer } from '../harness';

const BUNDLE = bundleFolder({ files: { 'catalogue/goods.receive.yaml': RECEIVE_GOODS } });

let service: TestService;
beforeEach(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE });
  await service.newPerson('operator@example.com', ['operator']);
});
afterEach(() => service.stop());

const clearFaults = (): Promise<unknown> => fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;
async function operator(path: string, body: object): Promise<Answer> {
  return (await service.person('operator@example.com'))(path, body);
}
const resolve = (id: string, happened: boolean, more = {}): Promise<Answer> =>
  operator(`/v1/requests/${id}/resolution`, { happened, evidence: 'Looked it up.', ...more });

async function due(id: string): Promise<void> {
  await service.tamper(id, (request) => {
    request.deadline = new Date(0).toISOString();
  });
  await recoverExecutions(service.service.deps);
}

/** Goods whose booking has no answer, with or without a document of it. */
async function bookingUnknown(fault: string): Promise<string> {
  await service.fault(fault, 1000);
  const { body } = await service.tool('goods.receive', GOODS, { execute: true });
  expect(body.state).toBe('outcome_unknown');
  await clearFaults();
  return body.id;
}

test('a step that an operator found to have happened: the remaining steps go on', async () => {
  const id = await bookingUnknown('drop_after_commit');
  const answer = await resolve(id, true, { erpReference: 'MOV-000001' });
  expect(answer.body).toMatchObject({
    state: 'executed',
    execution: {
      steps: [
        { name: 'book', status: 'done', erpReference: 'MOV-000001', evidence: 'Looked it up.' },
        { name: 'pay', status: 'done' },
      ],
    },
  });
  expect(await service.records('movements')).toHaveLength(1);
  expect(await service.records('payments')).toHaveLength(1);
});

test('a second step that an operator found not to have happened: the first is taken back', async () => {
  await service.fault('delay', 1, 1);
  await service.fault('drop_before_commit', 1000);
  const { body } = await service.tool('goods.receive', GOODS, { execute: true });
  await clearFaults();
  const answer = await resolve(body.id, false);
  expect(answer.body).toMatchObject({ state: 'compensated' });
  const movements = await service.records('movements');
  expect(movements.map(({ quantity }) => quantity).sort()).toEqual([-5, 5]);
});

test('what the ERP plainly holds cannot be said not to have happened', async () => {
  const id = await bookingUnknown('drop_after_commit');
  const answer = await resolve(id, false);
  expect(answer).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
  expect(answer.body.detail).toMatch(/The ERP holds it under MOV-000001/);
  expect((await read(id)).state).toBe('outcome_unknown');
});

test('what happened cannot be put under the number of another document', async () => {
  await service.tool(
    'inventory.adjust',
    { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' },
    { execute: true },
  );
  const id = await bookingUnknown('drop_after_commit');
  const answer = await resolve(id, true, { erpReference: 'MOV-000001' });
  expect(answer).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
  expect(answer.body.detail).toMatch(/under MOV-000002 and not under MOV-000001/);
  expect((await read(id)).state).toBe('outcome_unknown');
  expect((await operator(`/v1/requests/${id}/reconcile`, {})).body.state).toBe('executed');
});

test.each([[{}], [{ erpReference: 'MOV-000001' }]])(
  'what the ERP plainly does not hold cannot be said to have happened: %j',
  async (more) => {
    await service.tool(
      'inventory.adjust',
      { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' },
      { execute: true },
    );
    const id = await bookingUnknown('drop_before_commit');
    const answer = await resolve(id, true, more);
    expect(answer).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
    expect(answer.body.detail).toMatch(/Reconcile it/);
    expect((await read(id)).state).toBe('outcome_unknown');
  },
);

test("a person's word stands while the ERP cannot be asked", async () => {
  const id = await bookingUnknown('drop_after_commit');
  await service.stopErp();
  expect((await resolve(id, false)).body.state).toBe('failed');
});

test('while execution is stopped, an operator cannot let the remaining steps go on', async () => {
  const id = await bookingUnknown('drop_after_commit');
  const stop = await service.call('/v1/controls', { target: { kind: 'all' }, reason: 'Incident' });
  expect(await resolve(id, true, { erpReference: 'MOV-000001' })).toMatchObject({
    status: 409,
    body: { reasons: [{ ruleId: 'stopped' }] },
  });
  expect((await read(id)).state).toBe('outcome_unknown');
  expect(await service.records('payments')).toHaveLength(0);
  await service.call(`/v1/controls/${stop.body.id}/lift`, { reason: 'Over' });
  expect((await resolve(id, true, { erpReference: 'MOV-000001' })).body.state).toBe('executed');
});

test('an undoing without an answer is looked into again, and a person is told meanwhile', async () => {
  await service.fault('delay', 1, 1);
  await service.fault('delay', 1, 1);
  await service.fault('drop_after_commit', 1000);
  const { body } = await service.tool(
    'goods.receive',
    { ...GOODS, vendor_id: 'V-9999' },
    { execute: true },
  );
  expect(body).toMatchObject({
    state: 'compensating',
    needsPerson: true,
    execution: { undo: [{ name: 'undo-book', status: 'unknown' }] },
  });
  await clearFaults();
  await due(body.id);
  expect(await read(body.id)).toMatchObject({ state: 'compensated', needsPerson: false });
  expect(await service.records('movements')).toHaveLength(2);
});

test('a process that dies while it undoes: the other one finishes it', async () => {
  const { body } = await service.tool(
    'goods.receive',
    { ...GOODS, vendor_id: 'V-9999' },
    { execute: true },
  );
  expect(body.state).toBe('compensated');
  await service.tamper(body.id, (request) => {
    request.state = 'compensating';
    const execution = request.execution!;
    request.execution = {
      ...execution,
      status: 'compensating',
      undo: execution.undo!.map((step) => ({ ...step, status: 'started' })),
      leaseOwner: 'dead',
      leaseUntil: new Date(0).toISOString(),
    };
  });
  await due(body.id);
  expect((await read(body.id)).state).toBe('compensated');
  expect(await service.records('movements')).toHaveLength(2);
});

test('a compensation without an answer: both are found out together', async () => {
  const done = (await service.tool('goods.receive', GOODS, { execute: true })).body;
  const { body: undo } = await service.call(`/v1/requests/${done.id}/compensate`, {
    reason: 'Wrong vendor',
  });
  await service.fault('drop_after_commit', 1000);
  expect((await service.execute(undo.id)).body.state).toBe('outcome_unknown');
  expect((await read(done.id)).state).toBe('compensating');
  await clearFaults();
  await operator(`/v1/requests/${undo.id}/reconcile`, {});
  expect((await read(undo.id)).state).toBe('executed');
  expect((await read(done.id)).state).toBe('compensated');
  expect(await service.records('payments')).toHaveLength(2);
});

test('a compensation that an operator found not to have happened: it failed, and the role is named', async () => {
  const done = (await service.tool('goods.receive', GOODS, { execute: true })).body;
  const { body: undo } = await service.call(`/v1/requests/${done.id}/compensate`, {
    reason: 'Wrong vendor',
  });
  await service.fault('drop_before_commit', 1000);
  await service.execute(undo.id);
  await clearFaults();
  expect((await resolve(undo.id, false)).body.state).toBe('failed');
  const original = await read(done.id);
  expect(original).toMatchObject({
    state: 'compensation_failed',
    needsPerson: true,
    inCharge: 'operations',
  });

  const settled = await resolve(done.id, true);
  expect(settled.body).toMatchObject({ state: 'compensation_failed', needsPerson: false });
  expect(settled.body.message).toMatch(/A person has looked after it\.$/);
  expect((await service.timeline(done.id)).at(-1)).toMatchObject({
    type: 'request.resolved',
    moment: 'confirmation',
    actor: { id: 'operator@example.com' },
    data: { evidence: 'Looked it up.' },
  });
});

test('an incomplete request is taken off the list by an operator, once', async () => {
  const { body } = await service.tool('vendor_payment.create', {
    vendor_id: 'V-8888',
    amount: '1.00',
    currency: 'USD',
  });
  expect(body).toMatchObject({ state: 'invalid', needsPerson: true });
  expect((await resolve(body.id, true)).body).toMatchObject({
    state: 'invalid',
    needsPerson: false,
  });
  expect((await resolve(body.id, true)).status).toBe(409);
});

test('the page of the work list does the same, for a signed-in operator', async () => {
  const id = await bookingUnknown('drop_after_commit');
  const { cookie, csrf } = await signIn();
  const page = await (await fetch(`${service.url}/attention`, { headers: { cookie } })).text();
  expect(page).toContain(`action="/attention/${id}/reconcile"`);
  const answer = await fetch(`${service.url}/attention/${id}/reconcile`, {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ csrf }),
    redirect: 'manual',
  });
  expect(answer.status).toBe(303);
  expect((await read(id)).state).toBe('executed');
  expect(
    (await service.timeline(id)).find(({ type }) => type === 'request.recovering').actor,
  ).toEqual({ kind: 'person', id: 'operator@example.com' });
});

async function signIn(): Promise<{ cookie: string; csrf: string }> {
  const answer = await service.call(
    '/v1/session',
    { email: 'operator@example.com', password: PASSWORD },
    { token: null, key: null },
  );
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { cookie, csrf: answer.body.csrfToken };
}
