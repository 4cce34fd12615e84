import { StorageUnavailable } from '../../../policy-service/src/application/ports';
import { TestService, type Answer } from '../harness';

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(() => service.stop());

const PAYMENT = {
  requestedBy: 'ana@example.com',
  arguments: { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' },
};
const PAY = '/v1/tools/vendor_payment.create';
const pay = (key: string, more: object = { execute: true }): Promise<Answer> =>
  service.call(PAY, { ...PAYMENT, ...more }, { key });
const requests = async (): Promise<unknown[]> => (await service.call('/v1/requests')).body.items;
const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;

/** The ERP answers what is asked before the decision, and nothing from then on. */
function erpDownAfterTheDecision(): () => void {
  const { facts } = service.service.deps;
  const entities = facts.entities.bind(facts);
  const broken = jest.spyOn(facts, 'entities').mockImplementation(async (...call) => {
    if (call[3] === 'now') await service.stopErp();
    return entities(...call);
  });
  return () => broken.mockRestore();
}

/** The store takes `commits` more changes, and none from then on. */
function storeFailsAfter(commits: number): () => void {
  const { store } = service.service.deps;
  const commit = store.commit.bind(store);
  let left = commits;
  const broken = jest.spyOn(store, 'commit').mockImplementation((changes) => {
    left -= 1;
    return left >= 0 ? commit(changes) : Promise.reject(new StorageUnavailable('the disk is full'));
  });
  return () => broken.mockRestore();
}

test('the ERP is down before anything is stored: a plain 503, and no request exists', async () => {
  await service.stopErp();
  const answer = await pay('down');
  expect(answer).toMatchObject({ status: 503, body: { code: 'facts_unavailable' } });
  expect(answer.body.request).toBeUndefined();
  expect(answer.body.detail).toMatch(/No request was made/);
  expect(await requests()).toEqual([]);
});

test('the ERP is down at the execution: the answer names the request that exists', async () => {
  const mend = erpDownAfterTheDecision();
  const answer = await pay('execute');
  mend();
  expect(answer).toMatchObject({
    status: 503,
    body: {
      code: 'facts_unavailable',
      request: { id: expect.stringMatching(/^req_/), state: 'allowed' },
    },
  });
  const { detail, request } = answer.body;
  expect(detail).not.toMatch(/nothing was decided/i);
  expect(detail).toContain(
    `The request ${request.id} exists and is allowed; nothing was sent to the ERP. Send the same call with the same Idempotency-Key to carry on, or cancel it.`,
  );
  expect(request.links.self).toBe(`${service.url}/v1/requests/${request.id}`);
  expect(await read(request.id)).toMatchObject({ state: 'allowed' });
  expect(await requests()).toHaveLength(1);
});

test('the store fails between: the request is named, and twins that repeat the call execute it once', async () => {
  const mend = storeFailsAfter(1);
  const broken = await pay('store');
  expect(broken).toMatchObject({
    status: 503,
    body: { code: 'storage_unavailable', request: { state: 'allowed' } },
  });
  expect(broken.body.detail).not.toMatch(/nothing was done/);
  // Still down: the repeat finds the same request.
  expect((await pay('store')).body.request).toMatchObject({ id: broken.body.request.id });
  mend();
  const twins = await Promise.all([pay('store'), pay('store'), pay('store')]);
  for (const { status, body } of twins) {
    expect({ status, id: body.id, state: body.state }).toEqual({
      status: 200,
      id: broken.body.request.id,
      state: 'executed',
    });
  }
  expect(await requests()).toHaveLength(1);
  expect(await service.records('payments')).toHaveLength(1);
  expect((await pay('store')).body).toEqual(twins[0]?.body);
  expect(await pay('store', { execute: true, source: 'other' })).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  });
});

test('the store fails at once: no request is claimed, and a repeat makes one', async () => {
  const mend = storeFailsAfter(0);
  const broken = await pay('first');
  mend();
  expect(broken).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  expect(broken.body.request).toBeUndefined();
  expect(await requests()).toEqual([]);
  expect((await pay('first')).body).toMatchObject({ state: 'executed' });
  expect(await service.records('payments')).toHaveLength(1);
});

test('a request that cannot be read again is told as it was stored', async () => {
  const { store } = service.service.deps;
  const broken = jest.spyOn(store, 'request').mockRejectedValue(new Error('unreadable'));
  const answer = await pay('unreadable');
  broken.mockRestore();
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
  expect(answer.body.request).toMatchObject({ state: 'allowed' });
  expect(answer.body.detail).toContain(
    `The request ${answer.body.request.id} was stored as allowed`,
  );
  expect((await pay('unreadable')).body).toMatchObject({
    id: answer.body.request.id,
    state: 'executed',
  });
});

test('a stop between decision and execution: named, and the repeat goes on when it is lifted', async () => {
  const stop = await service.call('/v1/controls', {
    target: { kind: 'all' },
    reason: 'A test.',
  });
  const answer = await pay('stop');
  expect(answer).toMatchObject({ status: 409, body: { request: { state: 'allowed' } } });
  expect(answer.body.detail).toContain('exists and is allowed; nothing was sent to the ERP');
  await service.call(`/v1/controls/${stop.body.id}/lift`, { reason: 'It is over.' });
  expect((await pay('stop')).body).toMatchObject({
    id: answer.body.request.id,
    state: 'executed',
  });
});

test.each(['validate', 'decide', 'execute'])(
  'step by step, a 503 at %s says where the request stands',
  async (step) => {
    const made = await service.call('/v1/requests', {
      source: 'test',
      requestedBy: PAYMENT.requestedBy,
      intent: { action: 'vendor_payment.create', arguments: PAYMENT.arguments, confidence: 1 },
    });
    const path = `/v1/requests/${made.body.id}`;
    const states = { validate: 'extracted', decide: 'validated', execute: 'allowed' };
    if (step !== 'validate') await service.call(`${path}/validate`, {});
    if (step === 'execute') await service.call(`${path}/decide`, {});
    await service.stopErp();
    await service.restart();
    const answer = await service.call(`${path}/${step}`, {});
    const state = states[step as keyof typeof states];
    expect(answer).toMatchObject({ status: 503, body: { request: { id: made.body.id, state } } });
    expect(answer.body.detail).toContain(
      `The request ${made.body.id} exists and is ${state}; nothing was sent to the ERP.`,
    );
  },
);

test('an undo that cannot be decided names the request that stands; none was made', async () => {
  const { body } = await service.tool(
    'inventory.adjust',
    { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' },
    { execute: true },
  );
  const mend = storeFailsAfter(0);
  const answer = await service.call(`/v1/requests/${body.id}/compensate`, { reason: 'Wrong.' });
  mend();
  expect(answer).toMatchObject({
    status: 503,
    body: { request: { id: body.id, state: 'executed' } },
  });
  expect(await requests()).toHaveLength(1);
});

test('a token that may not reach the request is told nothing of it', async () => {
  const made = await service.tool('vendor_payment.create', PAYMENT.arguments);
  const token = await service.newToken({ actions: ['inventory.adjust'] });
  const mend = storeFailsAfter(0);
  const answer = await service.call(`/v1/requests/${made.body.id}/execute`, {}, { token });
  mend();
  expect(answer.body.request).toBeUndefined();
  expect(answer.status).toBe(403);
});

test('a policy that was activated but could not be read anew is named', async () => {
  const { policy } = service.service.deps;
  const { version } = (await service.call('/v1/policies')).body.active;
  const broken = jest.spyOn(policy, 'refresh').mockRejectedValue(new Error('unreadable'));
  const answer = await service.call(`/v1/policies/${version}/activate`, { reason: 'A test.' });
  broken.mockRestore();
  expect(answer).toMatchObject({ status: 503, body: { policy: { version } } });
  expect(answer.body.detail).toContain(`The activation of ${version} is stored`);
});
