import { join } from 'node:path';
import { activeStops } from '../../../policy-service/src/application/stops/active-stops';
import { ExecuteRequest } from '../../../policy-service/src/application/execution/execute';
import type { Store } from '../../../policy-service/src/application/ports';
import { composeService, type Service } from '../../../policy-service/src/compose';
import { readConfig } from '../../../policy-service/src/config';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { TestService, type Answer } from '../harness';

/** A stop that is durable before an execution's transaction wins, whoever set it and when. */
let service: TestService;
let elsewhere: Store;
beforeEach(async () => {
  service = await TestService.start();
  // A connection of its own: what another process holds.
  elsewhere = await openSqliteStore({
    file: join(service.dataDir, 'execution-layer.sqlite'),
    clock: { now: () => new Date() },
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await elsewhere.close();
  await service.stop();
});

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };

const stopElsewhere = () =>
  elsewhere.commit({
    controls: [
      {
        id: `ctl_${Math.random()}`,
        target: { kind: 'all' },
        reason: 'From elsewhere',
        at: new Date().toISOString(),
        by: 'command-line',
      },
    ],
  });

/** @param amount other than before: the same payment twice is for a person */
async function allowed(amount = PAYMENT.amount): Promise<string> {
  const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount });
  expect(body.state).toBe('allowed');
  return body.id;
}

async function expectHeld(id: string): Promise<void> {
  expect(await service.execute(id)).toMatchObject({
    status: 409,
    body: { code: 'not_executable', state: 'allowed', reasons: [{ ruleId: 'stopped' }] },
  });
  expect(await service.records('payments')).toHaveLength(0);
  expect((await service.call(`/v1/requests/${id}`)).body).toMatchObject({
    state: 'allowed',
    stopped: { reason: 'From elsewhere' },
  });
}

test('a stop that another process set just before', async () => {
  const id = await allowed();
  await stopElsewhere();
  await expectHeld(id);
});

test('a stop that falls between the lookup of the facts and the last check', async () => {
  const id = await allowed();
  const { facts } = service.service.deps;
  const entities = facts.entities.bind(facts);
  jest.spyOn(facts, 'entities').mockImplementation(async (...input) => {
    const found = await entities(...input);
    await stopElsewhere();
    return found;
  });
  await expectHeld(id);
});

test('a stop that falls between the last check and the commit of the execution', async () => {
  const id = await allowed();
  const { store } = service.service.deps;
  const commit = store.commit.bind(store);
  let begun = 0;
  jest.spyOn(store, 'commit').mockImplementation(async (changes) => {
    if (changes.requests?.some(({ next }) => next.state === 'executing')) {
      begun += 1;
      await stopElsewhere();
    }
    return commit(changes);
  });
  await expectHeld(id);
  expect(begun).toBe(1);
});

test('an execution that was committed first goes on to its end', async () => {
  const id = await allowed();
  const { store } = service.service.deps;
  const commit = store.commit.bind(store);
  jest.spyOn(store, 'commit').mockImplementation(async (changes) => {
    const result = await commit(changes);
    if (changes.requests?.some(({ next }) => next.state === 'executing')) {
      if ((await activeStops(elsewhere)).length === 0) await stopElsewhere();
    }
    return result;
  });
  expect((await service.execute(id)).body.state).toBe('executed');
  expect(await service.records('payments')).toHaveLength(1);
  expect(await activeStops(elsewhere)).toHaveLength(1);
});

test('executions under load: none begins after the stop was acknowledged', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => allowed(`${100 + n}.00`)));
  const left = [...ids];
  const answers: Answer[] = [];
  const client = async (): Promise<void> => {
    for (let id = left.shift(); id; id = left.shift()) answers.push(await service.execute(id));
  };
  const working = Promise.all(Array.from({ length: 4 }, client));
  await waitFor(async () => answers.length >= 5);
  const { body: stop } = await service.call('/v1/controls', {
    target: { kind: 'action', id: 'vendor_payment.create' },
    reason: 'Enough',
  });
  await working;
  const log = await service.call('/v1/audit/entries?limit=1000');
  const order = log.body.items.map(({ entry }: { entry: { type: string } }) => entry.type);
  const stoppedAt = order.indexOf('control.stopped');
  expect(stop.id).toBeDefined();
  expect(order.lastIndexOf('request.executing')).toBeLessThan(stoppedAt);
  const executed = answers.filter(({ body }) => body.state === 'executed').length;
  expect(executed).toBeGreaterThanOrEqual(5);
  expect(await service.records('payments')).toHaveLength(executed);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(40 - executed);
});

describe('two services on one data directory', () => {
  let second: Service;
  afterEach(() => second.close());

  test('a stop at one holds the very next execution at the other; so does the lift', async () => {
    const settings = {
      EXECUTION_LAYER_DATA_DIR: service.dataDir,
      EXECUTION_LAYER_MOCK_ERP_URL: service.erpUrl,
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
    };
    second = await composeService(readConfig(settings), settings);
    const other = second.deps;
    const id = await allowed();
    const executeThere = async (): Promise<string> => {
      const caller = { kind: 'service' as const, id: 'test', traceId: 'a'.repeat(32) };
      return new ExecuteRequest(other).run(caller, id).then(
        ({ state }) => state,
        (error: Error) => error.message,
      );
    };
    const { body: stop } = await service.call('/v1/controls', {
      target: { kind: 'connector', id: 'mock-erp' },
      reason: 'Upgrade',
    });
    expect(await executeThere()).toMatch(/^Execution is stopped: Upgrade\./);
    await service.call(`/v1/controls/${stop.id}/lift`, { reason: 'Done' });
    expect(await executeThere()).toBe('executed');
    expect(await service.records('payments')).toHaveLength(1);
  });
});

test('recovery does not send again while stopped, and goes on after the lift', async () => {
  await service.fault('drop_before_commit', 1000);
  const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
  expect(body.state).toBe('outcome_unknown');
  await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
  const { body: stop } = await service.call('/v1/controls', {
    target: { kind: 'all' },
    reason: 'Look first',
  });
  const PAST = new Date(0).toISOString();
  const due = () =>
    service.tamper(body.id, (request) => {
      request.deadline = PAST;
    });
  await due();
  service.background();
  const read = async () => (await service.service.deps.store.request(body.id))?.value;
  await waitFor(async () => (await read())?.deadline !== PAST);
  expect(await read()).toMatchObject({ state: 'outcome_unknown' });
  expect((await service.call(`/v1/requests/${body.id}`)).body.message).toMatch(
    /Nothing is sent again for now: execution is stopped: Look first\./,
  );
  expect(await service.records('payments')).toHaveLength(0);
  await service.call(`/v1/controls/${stop.id}/lift`, { reason: 'Looked' });
  await due();
  await waitFor(async () => (await read())?.state === 'executed');
  expect(await service.records('payments')).toHaveLength(1);
});

async function waitFor(check: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 100_000;
  while (!(await check())) {
    if (Date.now() > until) throw new Error('it did not happen within 100 seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
