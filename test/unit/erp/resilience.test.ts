import {
  ConnectorUnavailable,
  type Connector,
  type PerformInput,
  type PerformResult,
} from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { Resilience } from '../../../policy-service/src/erp/resilience/resilience';

const INPUT: PerformInput = {
  operation: 'write',
  step: 'write',
  arguments: {},
  requestId: 'req_1',
  idempotencyKey: 'key',
  done: {},
};
const CONTEXT = { traceId: 't' };
const DONE: PerformResult = { outcome: 'done', result: {}, attempts: [] };
const UNKNOWN: PerformResult = { outcome: 'unknown', message: 'No answer.', attempts: [] };
const REFUSED: PerformResult = { outcome: 'refused', message: 'No.', attempts: [] };

/** An ERP of which the test says how it answers. */
class ScriptedErp implements Connector {
  readonly id = 'erp';
  readonly traits;
  sent = 0;
  lookups = 0;
  answer: () => Promise<PerformResult> = async () => DONE;
  reads = true;

  constructor(limits = { concurrency: 2, perSecond: 1000 }) {
    this.traits = {
      id: 'erp',
      title: 'ERP',
      lookups: ['record'],
      operations: {},
      longestCallMs: 1000,
      limits,
    };
  }
  perform(): Promise<PerformResult> {
    this.sent += 1;
    return this.answer();
  }
  async lookup() {
    this.lookups += 1;
    if (!this.reads) throw new ConnectorUnavailable('down');
    return { found: false as const };
  }
  async ping() {
    return true;
  }
}

/** The part of the store that keeps circuits. */
function memory(saved: Record<string, JsonObject> = {}) {
  return {
    saved,
    connectorHealth: async (id: string) => saved[id],
    commit: async (changes: { connectorHealth?: { connectorId: string; state: JsonObject }[] }) => {
      for (const { connectorId, state } of changes.connectorHealth ?? [])
        saved[connectorId] = state;
      return { ok: true as const, entries: [] };
    },
  };
}
const log = { warn: () => undefined };

async function failWrites(connector: Connector, erp: ScriptedErp): Promise<void> {
  erp.answer = async () => UNKNOWN;
  for (let i = 0; i < 5; i += 1) await connector.perform(INPUT, CONTEXT);
}

afterEach(() => jest.useRealTimers());

test('after five writes without an answer nothing new is admitted; what was admitted is still sent', async () => {
  const erp = new ScriptedErp();
  const resilience = new Resilience(memory(), log);
  const connector = resilience.wrap(erp);
  const early = await connector.admit?.();
  await failWrites(connector, erp);
  expect(resilience.health()).toMatchObject([{ id: 'erp', writes: 'open', reads: 'closed' }]);
  await expect(connector.admit?.()).rejects.toThrow(ConnectorUnavailable);

  erp.answer = async () => DONE;
  expect(await connector.perform(INPUT, CONTEXT)).toEqual(DONE);
  expect(erp.sent).toBe(6);
  early?.release();
  expect(await connector.lookup('record', {}, CONTEXT)).toEqual({ found: false });
});

test('refusals are answers: they never open a circuit', async () => {
  const erp = new ScriptedErp();
  erp.answer = async () => REFUSED;
  const connector = new Resilience(memory(), log).wrap(erp);
  for (let i = 0; i < 20; i += 1) expect(await connector.perform(INPUT, CONTEXT)).toEqual(REFUSED);
  (await connector.admit?.())?.release();
});

test('after a while one write is let through, and its answer closes the circuit', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  const erp = new ScriptedErp();
  const resilience = new Resilience(memory(), log);
  const connector = resilience.wrap(erp);
  await failWrites(connector, erp);
  jest.advanceTimersByTime(5_001);
  const slot = await connector.admit?.();
  erp.answer = async () => DONE;
  await connector.perform(INPUT, CONTEXT);
  slot?.release();
  expect(resilience.health()).toMatchObject([{ writes: 'closed' }]);
});

test('lookups of an ERP that does not answer are refused without asking it', async () => {
  const erp = new ScriptedErp();
  erp.reads = false;
  const connector = new Resilience(memory(), log).wrap(erp);
  for (let i = 0; i < 8; i += 1) {
    await expect(connector.lookup('record', {}, CONTEXT)).rejects.toThrow(ConnectorUnavailable);
  }
  expect(erp.lookups).toBe(5);
});

test('an open circuit survives a restart, and an activation of other rules', async () => {
  const store = memory();
  const first = new Resilience(store, log);
  const erp = new ScriptedErp();
  await failWrites(first.wrap(erp), erp);
  await expect(first.wrap(new ScriptedErp()).admit?.()).rejects.toThrow(ConnectorUnavailable);
  const second = new Resilience(memory(store.saved), log);
  await expect(second.wrap(new ScriptedErp()).admit?.()).rejects.toThrow(ConnectorUnavailable);
});

test('there are as many places as the connector says; the next one waits, and then is refused', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  const connector = new Resilience(memory(), log).wrap(new ScriptedErp());
  const first = await connector.admit?.();
  await connector.admit?.();
  const third = connector.admit?.();
  first?.release();
  await expect(third).resolves.toBeDefined();
  const fourth = expect(connector.admit?.()).rejects.toThrow(/busy/);
  await new Promise((resolve) => setImmediate(resolve));
  await jest.advanceTimersByTimeAsync(10_001);
  await fourth;
});

test('more calls than the rate limit lets pass wait, and too many are refused', async () => {
  const erp = new ScriptedErp({ concurrency: 100, perSecond: 10 });
  const connector = new Resilience(memory(), log).wrap(erp);
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, () => connector.lookup('record', {}, CONTEXT)),
  );
  const passed = results.filter(({ status }) => status === 'fulfilled').length;
  // Ten at once, and ten in each of the two seconds that a call may wait.
  expect(passed).toBeGreaterThanOrEqual(25);
  expect(passed).toBeLessThanOrEqual(35);
  expect(erp.lookups).toBe(passed);
});
