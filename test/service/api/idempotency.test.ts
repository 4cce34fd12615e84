import { TestService } from '../harness';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

const GOOD = {
  source: 'test',
  requestedBy: 'ana',
  requestText: 'Increase inventory for item SKU-1001 by 25 units in warehouse WH-01',
};
const ARGS = { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' };

test('same key and payload: the first answer again, byte for byte', async () => {
  const first = await service.call('/v1/requests', GOOD, { key: 'a' });
  const again = await service.call('/v1/requests', GOOD, { key: 'a' });
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(first.headers.get('idempotent-replayed')).toBeNull();
});

test('same key with another payload is refused, and so is a missing key', async () => {
  await service.call('/v1/requests', GOOD, { key: 'b' });
  expect(
    await service.call('/v1/requests', { ...GOOD, source: 'other' }, { key: 'b' }),
  ).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  });
  for (const key of [null, ' ', 'x'.repeat(300)]) {
    expect(await service.call('/v1/requests', GOOD, { key })).toMatchObject({
      status: 400,
      body: { code: 'idempotency_key_missing' },
    });
  }
});

test('keys of different tokens and routes do not meet', async () => {
  const other = await service.newToken();
  const mine = await service.call('/v1/requests', GOOD, { key: 'c' });
  const theirs = await service.call('/v1/requests', GOOD, { key: 'c', token: other });
  expect(theirs.body.id).not.toBe(mine.body.id);
  expect(
    (
      await service.call(
        '/v1/tools/inventory.adjust',
        { requestedBy: 'ana', arguments: ARGS },
        { key: 'c' },
      )
    ).status,
  ).toBe(200);
});

test('concurrent twins get one request', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => service.call('/v1/requests', GOOD, { key: 'twins' })),
  );
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
});

test('a refusal is not kept: what failed may be sent again', async () => {
  expect(
    (await service.call('/v1/requests', { ...GOOD, requestText: undefined }, { key: 'd' })).status,
  ).toBe(400);
  expect((await service.call('/v1/requests', GOOD, { key: 'd' })).status).toBe(201);
});

test('answers survive a restart', async () => {
  const first = await service.call('/v1/requests', GOOD, { key: 'e' });
  await service.restart();
  // Links name the address of the process that answered first.
  expect((await service.call('/v1/requests', GOOD, { key: 'e' })).body).toEqual(first.body);
});

test('500 concurrent executes: one document, 500 same answers', async () => {
  const { body } = await service.tool('inventory.adjust', { ...ARGS, quantity: 7 });
  const answers = await Promise.all(
    Array.from({ length: 500 }, () => service.execute(body.id, { key: 'one' })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
  const other = await service.execute(body.id, { key: 'another' });
  expect(other.body.execution).toEqual(answers[0]?.body.execution);
  expect(
    (await service.records('movements')).filter(({ quantity }) => quantity === 7),
  ).toHaveLength(1);
});

test('one tool call with execute: repeated, one document', async () => {
  const call = { requestedBy: 'ana', arguments: { ...ARGS, quantity: 9 }, execute: true };
  const first = await service.call('/v1/tools/inventory.adjust', call, { key: 'tool' });
  const again = await service.call('/v1/tools/inventory.adjust', call, { key: 'tool' });
  expect(first.body).toMatchObject({ state: 'executed' });
  expect(again.body).toMatchObject({ id: first.body.id, state: 'executed' });
  expect(
    (await service.records('movements')).filter(({ quantity }) => quantity === 9),
  ).toHaveLength(1);
});

test('a custom event is recorded once for a key, and its answer names the entry', async () => {
  const { body } = await service.tool('inventory.adjust', ARGS);
  const event = { type: 'requester.told', message: 'The requester was told.' };
  const first = await service.call(`/v1/requests/${body.id}/events`, event, { key: 'event' });
  const again = await service.call(`/v1/requests/${body.id}/events`, event, { key: 'event' });
  expect(first).toMatchObject({
    status: 201,
    body: { sequence: expect.any(Number), leafHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(again.body).toEqual(first.body);
  expect(
    (await service.timeline(body.id)).filter(({ type }) => type === 'custom.requester.told'),
  ).toHaveLength(1);
});
