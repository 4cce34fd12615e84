import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expireDue } from '../../../policy-service/src/application/requests/expire-due';
import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import { rotateToken } from '../../../policy-service/src/application/identity/manage-identities';
import { ClockWatch } from '../../../policy-service/src/application/watch-clock';
import { EXTERNAL_WRITE } from '../bundle-folder';
import { ownBundle } from '../decisions/own-bundle';
import { TestService, type Answer, type Body } from '../harness';
import { DAY, HOUR, MachineClocks, MINUTE } from '../machine-clocks';

/** What becomes of everything that ends when somebody sets the clock of the machine. */

const RULES = `
limits:
  - id: three-orders
    actions: [inventory.adjust]
    key: [arguments.sku]
    window: 24h
    max: '3'
    effect: block
    message: Three a day.
rules:
  - id: asked
    actions: [vendor_payment.create]
    when: 'true'
    effect: require_approval
    message: Asked for.
    approval: { stages: [{ role: finance, count: 1 }], expiresIn: 72h }
`;
const BUNDLE = ownBundle(RULES);
writeFileSync(join(BUNDLE, 'catalogue', 'portal.order.yaml'), EXTERNAL_WRITE);
const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };
const ADJUST = { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' };

let machine: MachineClocks;
let service: TestService;
beforeEach(async () => {
  machine = new MachineClocks();
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE }, machine.read);
  await service.newPerson('fin@example.com', ['finance']);
  await service.newPerson('other@example.com', ['finance']);
  await service.newPerson('operator@example.com', ['operator']);
});
afterEach(() => service.stop());

/** The background work that belongs to the clock, once. */
async function look(): Promise<void> {
  const { deps } = service.service;
  await new ClockWatch(deps).look();
  await expireDue(deps);
  await deps.store.purge(deps.clock.lived!().toISOString());
}
async function pass(ms: number): Promise<void> {
  machine.passed += ms;
  await look();
}
async function setDate(wrongBy: number): Promise<void> {
  machine.wrongBy = wrongBy;
  await look();
}
const read = async (id: string): Promise<Body> => (await service.call(`/v1/requests/${id}`)).body;
const order = (): Promise<Answer> => service.tool('inventory.adjust', ADJUST, { execute: true });
const waiting = async (): Promise<Body> =>
  (await service.tool('vendor_payment.create', PAYMENT)).body;

describe.each([
  ['back and forth', [-3 * DAY, 0]],
  ['forth and back', [3 * DAY, 0]],
  ['ahead for good', [3 * DAY]],
  ['back for good', [-3 * DAY]],
  ['months ahead, then back, then right', [90 * DAY, -40 * DAY, 0]],
])('the date goes %s', (_name, dates) => {
  test.each([false, true])(
    'no fourth order passes a limit of three (restarts: %s)',
    async (restarts) => {
      for (let n = 0; n < 3; n += 1) expect((await order()).body.state).toBe('executed');
      for (const date of dates) {
        await setDate(date);
        if (restarts) await service.restart({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE });
        expect((await order()).body).toMatchObject({ state: 'blocked' });
      }
      // And nobody is stuck: a day that really passes frees the limit.
      await pass(23 * HOUR);
      expect((await order()).body.state).toBe('blocked');
      await pass(2 * HOUR);
      expect((await order()).body.state).toBe('executed');
    },
  );

  test('a repeat with the same key writes nothing new', async () => {
    const key = { key: 'the same' };
    const body = { requestedBy: 'ana@example.com', arguments: ADJUST, execute: true };
    const first = await service.call('/v1/tools/inventory.adjust', body, key);
    for (const date of dates) {
      await setDate(date * 11);
      const again = await service.call('/v1/tools/inventory.adjust', body, key);
      expect(again.body.id).toBe(first.body.id);
    }
    expect(await service.records('movements')).toHaveLength(1);
  });
});

test('a date that goes back keeps no approval, session, token or rotated secret alive', async () => {
  const { approval, id } = await waiting();
  const issued = await service.newToken({
    expiresAt: new Date(service.service.deps.clock.now().getTime() + 72 * HOUR).toISOString(),
  });
  const [{ id: tokenId } = { id: '' }] = await service.service.deps.store.tokens();
  await rotateToken(service.service.deps, tokenId, HOUR);
  const as = await service.person('fin@example.com');
  expect((await as('/v1/approvals')).status).toBe(200);
  await pass(59 * MINUTE);
  await setDate(-3 * DAY);
  expect((await service.call(`/v1/requests/${id}`)).status).toBe(200);
  await pass(2 * MINUTE);
  const oldSecret = service.token;
  expect((await service.call(`/v1/requests/${id}`, undefined, { token: oldSecret })).status).toBe(
    401,
  );
  await pass(12 * HOUR);
  expect((await as('/v1/approvals')).status).toBe(401);
  expect((await service.call('/v1/requests', undefined, { token: issued })).status).toBe(200);
  await pass(60 * HOUR);
  expect((await service.call('/v1/requests', undefined, { token: issued })).status).toBe(401);
  const late = await service.service.deps.store.approval(approval.id);
  expect(late?.value.state).toBe('expired');
});

test('a date that goes ahead refuses votes, but ends nothing for good that is set right in time', async () => {
  const { approval, id } = await waiting();
  await setDate(30 * DAY);
  expect((await read(id)).state).toBe('awaiting_approval');
  expect(await service.vote('fin@example.com', approval.id, 'approve')).toMatchObject({
    body: { code: 'approval_closed' },
  });
  await setDate(0);
  // Signed in while the date was ahead: nobody knows for how long that lasts.
  const as = await service.person('fin@example.com');
  expect((await as('/v1/approvals')).status).toBe(401);
  expect((await service.vote('other@example.com', approval.id, 'approve')).status).toBe(200);
  expect((await service.execute(id)).body.state).toBe('executed');
});

test('what was begun while the date was ahead is over when it is set right; new work goes on', async () => {
  await setDate(30 * DAY);
  const { approval, id } = await waiting();
  const allowed = (await service.tool('inventory.adjust', ADJUST)).body.id;
  const token = await service.newToken({
    expiresAt: new Date(service.service.deps.clock.now().getTime() + DAY).toISOString(),
  });
  expect((await service.call('/v1/requests', undefined, { token })).status).toBe(200);
  machine.wrongBy = 0;
  expect(await service.vote('fin@example.com', approval.id, 'approve')).toMatchObject({
    body: { code: 'approval_closed' },
  });
  expect((await service.execute(allowed)).body.code).toBe('not_executable');
  expect((await service.call('/v1/requests', undefined, { token })).status).toBe(401);
  await look();
  expect((await read(id)).state).toBe('expired');
  expect((await read(allowed)).state).toBe('expired');
  // It is ended for good: no later date brings it to life again.
  await setDate(30 * DAY + HOUR);
  expect((await service.call('/v1/requests', undefined, { token })).status).toBe(401);
  await setDate(0);

  expect((await order()).body.state).toBe('executed');
  const next = await waiting();
  expect((await service.vote('fin@example.com', next.approval.id, 'approve')).status).toBe(200);
  expect((await service.execute(next.id)).body.state).toBe('executed');
});

test('a permit ends when its time has passed, whatever the date says', async () => {
  const begin = async (): Promise<{ id: string; permit: string }> => {
    const { id } = (await service.tool('portal.order', { item: 'paper', pieces: 1 })).body;
    return { id, permit: (await service.call(`/v1/requests/${id}/permits`, {})).body.permit };
  };
  const recovered = async (id: string): Promise<string> => {
    await recoverExecutions(service.service.deps);
    return (await read(id)).state;
  };
  const first = await begin();
  await setDate(3 * DAY);
  expect(await recovered(first.id)).toBe('executing');
  await setDate(-3 * DAY);
  await pass(14 * MINUTE);
  expect(await recovered(first.id)).toBe('executing');
  await pass(2 * MINUTE);
  expect(await recovered(first.id)).toBe('outcome_unknown');

  await setDate(30 * DAY);
  const ahead = await begin();
  await setDate(0);
  const report = { permit: ahead.permit, outcome: 'executed', erpReference: 'ORD-1' };
  const told = await service.call(`/v1/requests/${ahead.id}/outcome`, report);
  expect(told.body).toMatchObject({ state: 'outcome_unknown' });
});

test('nobody takes an execution over that is under way when the date goes ahead', async () => {
  await service.fault('delay', 1, 60_000);
  const working = order();
  let open: Body[] = [];
  const giveUp = performance.now() + 60_000;
  while (open.length === 0 && performance.now() < giveUp) {
    open = (await service.call('/v1/requests?state=executing')).body.items;
  }
  await setDate(30 * DAY);
  await recoverExecutions(service.service.deps);
  await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
  expect((await working).body.state).toBe('executed');
  expect(await service.records('movements')).toHaveLength(1);
  const types = (await service.timeline(open[0].id)).map(({ type }) => type);
  expect(types).not.toContain('request.recovering');
});

test('that the clock is in doubt is told on /readyz, on the pages and in the log', async () => {
  const told: string[] = [];
  const watch = new ClockWatch({
    ...service.service.deps,
    log: { info: (_, text) => told.push(text), warn: (_, text) => told.push(text), error: () => 0 },
  });
  const ready = async (): Promise<Body> =>
    (await service.call('/readyz', undefined, { token: null })).body;
  await watch.look();
  expect(await ready()).not.toHaveProperty('clock');
  machine.wrongBy = 30 * DAY;
  await watch.look();
  await watch.look();
  expect(await ready()).toMatchObject({
    status: 'ok',
    clock: expect.stringMatching(/went ahead by 30 days more/),
  });
  const as = await service.person('operator@example.com');
  expect((await as('/attention')).body).toContain('went ahead by 30 days');
  machine.wrongBy = -3 * DAY;
  await watch.look();
  expect(await ready()).toMatchObject({ clock: expect.stringMatching(/3 days behind/) });
  machine.wrongBy = 0;
  await watch.look();
  expect(await ready()).not.toHaveProperty('clock');
  expect(told).toEqual([
    expect.stringMatching(/went ahead/),
    expect.stringMatching(/behind/),
    expect.stringMatching(/agrees/),
  ]);
});
