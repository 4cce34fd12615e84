import type { Answer, Body } from '../harness';
import { TestService } from '../harness';

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('finance@example.com', ['finance_approver']);
  await service.newPerson('ops@example.com', ['operator']);
});
afterEach(() => service.stop());

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };
const MOVE = { sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-01' };
const REASON = 'The bank reports odd payments';

type Target = { kind: string; id?: string };

const stop = (target: Target, reason = REASON): Promise<Answer> =>
  service.call('/v1/controls', { target, reason });
const lift = (id: string, reason = 'It was a false alarm'): Promise<Answer> =>
  service.call(`/v1/controls/${id}/lift`, { reason });

async function allowed(requestedBy = 'ana@example.com', token = service.token): Promise<string> {
  const { body } = await service.call(
    '/v1/tools/vendor_payment.create',
    { requestedBy, arguments: PAYMENT },
    { token },
  );
  expect(body.state).toBe('allowed');
  return body.id;
}

async function approved(): Promise<string> {
  const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '12500.00' });
  await service.vote('finance@example.com', body.approval.id, 'approve');
  return body.id;
}

async function expectRefused(id: string, state = 'allowed'): Promise<Body> {
  const before = (await service.records('payments')).length;
  const answer = await service.execute(id);
  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'not_executable', state, reasons: [{ ruleId: 'stopped' }], request: { state } },
  });
  expect((await service.call(`/v1/requests/${id}`)).body.state).toBe(state);
  expect(await service.records('payments')).toHaveLength(before);
  return answer.body;
}

async function tokenId(): Promise<string> {
  const tokens = await service.service.deps.store.tokens();
  return tokens[0]?.id ?? '';
}

describe('each kind of stop holds what it covers, and nothing else', () => {
  const cases: [string, () => Promise<Target> | Target, boolean][] = [
    ['everything', () => ({ kind: 'all' }), true],
    ['its action', () => ({ kind: 'action', id: 'vendor_payment.create' }), true],
    ['another action', () => ({ kind: 'action', id: 'inventory.adjust' }), false],
    ['its connector', () => ({ kind: 'connector', id: 'mock-erp' }), true],
    ['its requester', () => ({ kind: 'requester', id: 'ana@example.com' }), true],
    ['another requester', () => ({ kind: 'requester', id: 'bob@example.com' }), false],
    ['its token', async () => ({ kind: 'token', id: await tokenId() }), true],
    [
      'another token',
      async () => {
        await service.newToken({ name: 'other' });
        const other = (await service.service.deps.store.tokens()).find(
          ({ name }) => name === 'other',
        );
        return { kind: 'token', id: other?.id };
      },
      false,
    ],
  ];
  test.each(cases)('%s', async (_name, target, holds) => {
    const id = await allowed();
    expect(await stop(await target())).toMatchObject({ status: 200, body: { reason: REASON } });
    if (holds) await expectRefused(id);
    else expect((await service.execute(id)).body.state).toBe('executed');
  });

  test('a connector that an action does not use holds nothing of it', async () => {
    const id = await allowed();
    await service.service.deps.store.commit({
      controls: [
        {
          id: 'ctl_other',
          target: { kind: 'connector', id: 'odoo' },
          reason: REASON,
          at: new Date().toISOString(),
          by: 'command-line',
        },
      ],
    });
    expect((await service.execute(id)).body.state).toBe('executed');
  });
});

describe('a requester is stopped under every name', () => {
  test.each([
    'ANA@Example.COM',
    ' ana@example.com',
    'Ana Smith <ana@example.com>',
    'ANA.S',
    'ana\uFF20example.com',
  ])('%j', async (claim) => {
    await service.newPerson('ana@example.com', [], ['ana.s']);
    await stop({ kind: 'requester', id: 'ana@example.com' });
    await expectRefused(await allowed(claim));
  });

  test('a stop of the alias holds the e-mail too, and stopping again by another name is the same stop', async () => {
    await service.newPerson('ana@example.com', [], ['ana.s']);
    const first = await stop({ kind: 'requester', id: 'Ana.S' });
    await expectRefused(await allowed('ana@example.com'));
    const again = await stop({ kind: 'requester', id: 'ana@example.com' }, 'Once more');
    expect(again.body).toEqual(first.body);
  });
});

test('an approved request that was stopped and let go is executed once', async () => {
  const id = await approved();
  const { body: control } = await stop({ kind: 'all' });
  const refusal = await expectRefused(id, 'approved');
  expect(refusal.detail).toBe(
    `Execution is stopped: ${REASON}. It can be executed once the stop is lifted.`,
  );
  expect(refusal.request).toMatchObject({
    message: `Approved, but execution is stopped: ${REASON}.`,
    stopped: { reason: REASON, target: { kind: 'all' } },
  });
  expect((await lift(control.id)).body).toMatchObject({ liftReason: 'It was a false alarm' });
  const answers = await Promise.all([
    service.execute(id),
    service.execute(id),
    service.execute(id),
  ]);
  expect(answers.map(({ body }) => body.state)).toEqual(['executed', 'executed', 'executed']);
  expect(answers[0]?.body.stopped).toBeUndefined();
  expect(await service.records('payments')).toHaveLength(1);
});

test('the approval survives the stop: nobody has to vote again', async () => {
  const waiting = (await service.tool('vendor_payment.create', { ...PAYMENT, amount: '12500.00' }))
    .body;
  const { body: control } = await stop({ kind: 'action', id: 'vendor_payment.create' });
  const told = (await service.call(`/v1/requests/${waiting.id}`)).body;
  expect(told.message).toMatch(/^Waiting for approval.*Execution is stopped: The bank/);
  expect((await service.vote('finance@example.com', waiting.approval.id, 'approve')).status).toBe(
    200,
  );
  await expectRefused(waiting.id, 'approved');
  await lift(control.id);
  expect((await service.execute(waiting.id)).body.state).toBe('executed');
});

test('what an action wrote can be undone while the action is stopped, unless the undo is stopped too', async () => {
  const { body: done } = await service.tool('inventory.adjust', MOVE, { execute: true });
  expect(done.state).toBe('executed');
  await stop({ kind: 'action', id: 'inventory.adjust' });
  const { body: undo } = await service.call(`/v1/requests/${done.id}/compensate`, {
    reason: 'Counted wrongly',
  });
  const { stages } = await service.approval(undo.approval.id);
  await service.newPerson('boss@example.com', [stages[0].role]);
  await service.vote('boss@example.com', undo.approval.id, 'approve');
  const { body: held } = await stop({ kind: 'action', id: 'inventory.adjust.undo' });
  await expectRefused(undo.id, 'approved');
  await lift(held.id);
  expect((await service.execute(undo.id)).body.state).toBe('executed');
  expect(await service.records('movements')).toHaveLength(2);
});

test('a refused execution does not ask the ERP for anything', async () => {
  const id = await allowed();
  await stop({ kind: 'connector', id: 'mock-erp' });
  await service.stopErp();
  expect((await service.execute(id)).body).toMatchObject({ reasons: [{ ruleId: 'stopped' }] });
});

describe('answers tell of the stop while it lasts', () => {
  test('decide is answered as usual, with the stop beside it', async () => {
    await stop({ kind: 'all' });
    const { status, body } = await service.tool('vendor_payment.create', PAYMENT);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'allowed',
      decision: { effect: 'allow' },
      message: `Allowed, but execution is stopped: ${REASON}.`,
      stopped: { reason: REASON, target: { kind: 'all' } },
    });
  });

  test('a replayed answer tells of today, not of then', async () => {
    const call = (): Promise<Answer> =>
      service.call(
        '/v1/tools/vendor_payment.create',
        { requestedBy: 'ana', arguments: PAYMENT },
        { key: 'same' },
      );
    const first = await call();
    expect(first.body.stopped).toBeUndefined();
    const { body: control } = await stop({ kind: 'all' });
    const during = await call();
    expect(during.headers.get('idempotent-replayed')).toBe('true');
    expect(during.body).toMatchObject({ id: first.body.id, stopped: { reason: REASON } });
    await lift(control.id);
    expect((await call()).body).toEqual(first.body);
  });

  test('what is over is not stopped, and what a stop does not cover says nothing of it', async () => {
    const done = await service.tool('inventory.adjust', MOVE, { execute: true });
    await stop({ kind: 'action', id: 'inventory.adjust' });
    const over = (await service.call(`/v1/requests/${done.body.id}`)).body;
    expect(over.stopped).toBeUndefined();
    expect(over.message).toBe(done.body.message);
    expect((await service.tool('vendor_payment.create', PAYMENT)).body.stopped).toBeUndefined();
    const listed = (await service.tool('inventory.adjust', MOVE)).body.id;
    const list = (await service.call('/v1/requests')).body.items;
    const withStop = list.filter(({ stopped }: Body) => stopped !== undefined);
    expect(withStop.map(({ id }: Body) => id)).toEqual([listed]);
  });

  test('executing at once is refused with the decided request in the answer', async () => {
    await stop({ kind: 'all' });
    const answer = await service.tool('inventory.adjust', MOVE, { execute: true });
    expect(answer).toMatchObject({
      status: 409,
      body: { reasons: [{ ruleId: 'stopped' }], request: { state: 'allowed' } },
    });
    expect(await service.records('movements')).toHaveLength(0);
  });

  test('of several stops the broadest is told, and each has to be lifted', async () => {
    const id = await allowed();
    const narrow = await stop({ kind: 'requester', id: 'ana@example.com' }, 'Ana is away');
    const broad = await stop({ kind: 'all' }, 'Month end');
    const { body } = await service.call(`/v1/requests/${id}`);
    expect(body.stopped).toEqual({ reason: 'Month end', target: { kind: 'all' } });
    await lift(broad.body.id);
    expect((await service.call(`/v1/requests/${id}`)).body.stopped.reason).toBe('Ana is away');
    await expectRefused(id);
    await lift(narrow.body.id);
    expect((await service.execute(id)).body.state).toBe('executed');
  });
});
