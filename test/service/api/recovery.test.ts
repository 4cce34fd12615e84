import Database from 'better-sqlite3';
import { join } from 'node:path';
import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import type { Connector } from '../../../policy-service/src/application/ports';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';
import {
  bundleOfClass,
  bundleFolder,
  RECEIVE_GOODS,
  withoutKeys,
  withoutKeysAndSearch,
} from '../bundle-folder';
import { TestService, type Answer } from '../harness';

const DAY_MS = 86_400_000;
const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };

const CLASS_B = bundleOfClass('B', withoutKeys);
const CLASS_B_UNIQUE = bundleOfClass('B', (text) =>
  withoutKeys(text).replaceAll(
    'match: /external_reference,',
    'match: /external_reference, unique: true,',
  ),
);
const CLASS_C = bundleOfClass('C', withoutKeysAndSearch);

let service: TestService;
async function begin(bundle?: string): Promise<void> {
  service = await TestService.start(bundle ? { EXECUTION_LAYER_BUNDLE_DIR: bundle } : {});
  await service.newPerson('operator@example.com', ['operator']);
}
afterEach(() => service.stop());

const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;

/** A payment whose answer never came. */
async function unanswered(fault: 'drop_after_commit' | 'drop_before_commit'): Promise<string> {
  await service.fault(fault, 1000);
  const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
  expect(body).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
  await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
  return body.id;
}

/** The service's clock goes on by so much. */
function later(byMs: number): void {
  service.service.deps.clock = { now: () => new Date(Date.now() + byMs) };
}

/** As if the request had been made so much earlier: facts are only as old as they are. */
async function age(id: string, byMs: number): Promise<void> {
  await service.tamper(id, (request) => {
    request.createdAt = new Date(Date.parse(request.createdAt) - byMs).toISOString();
  });
}

/** Recovery as it runs in the background, on what is due. */
async function recover(id: string): Promise<Answer['body']> {
  await service.tamper(id, (request) => {
    request.deadline = new Date(0).toISOString();
  });
  await recoverExecutions(service.service.deps);
  return read(id);
}

/** The data as a backup restores it: before the execution. */
async function restored(id: string): Promise<void> {
  await service.tamper(id, (request) => {
    request.state = 'allowed';
    delete request.execution;
  });
}

/** What the ERP remembers keys by is gone, as after its window. */
function forgetKeys(): void {
  const db = new Database(join(service.dataDir, 'mock-erp', 'mock-erp.sqlite'));
  db.exec('DELETE FROM idempotency_keys');
  db.close();
}

async function calls(id: string): Promise<number> {
  return (await service.timeline(id)).flatMap(({ data }) => data.attempts ?? []).length;
}

describe('class B, an ERP that can be searched', () => {
  test('a write that happened is found, and the evidence is kept', async () => {
    await begin(CLASS_B);
    const id = await unanswered('drop_after_commit');
    expect(await recover(id)).toMatchObject({
      state: 'executed',
      needsPerson: false,
      execution: {
        erpReference: 'PAY-000001',
        steps: [{ status: 'done', evidence: expect.stringMatching(/Found in the ERP/) }],
      },
    });
    expect(await service.records('payments')).toHaveLength(1);
    expect(await calls(id)).toBe(1);
  });

  test('a write that is not found is not sent again: a person, and the next look', async () => {
    await begin(CLASS_B);
    const id = await unanswered('drop_before_commit');
    const now = await recover(id);
    expect(now).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
    expect(now.execution.message).toMatch(/searched twice.*late write/);
    expect(Date.parse(now.execution.nextLookAt)).toBeGreaterThan(Date.now());
    expect(await service.records('payments')).toHaveLength(0);
    expect(await calls(id)).toBe(1);
  });

  test('where the ERP itself refuses a second document, it is sent again', async () => {
    await begin(CLASS_B_UNIQUE);
    const id = await unanswered('drop_before_commit');
    expect(await recover(id)).toMatchObject({ state: 'executed' });
    expect(await service.records('payments')).toHaveLength(1);
  });

  test('an ERP that cannot be searched leaves it as unknown as it was', async () => {
    await begin(CLASS_B);
    const id = await unanswered('drop_after_commit');
    await service.stopErp();
    const now = await recover(id);
    expect(now).toMatchObject({ state: 'outcome_unknown' });
    expect(now.execution.nextLookAt).toEqual(expect.any(String));
  });
});

describe('class C, neither key nor search', () => {
  test.each(['drop_after_commit', 'drop_before_commit'] as const)(
    'after %s nothing is ever sent again, not even when an operator asks',
    async (fault) => {
      await begin(CLASS_C);
      const id = await unanswered(fault);
      expect(await recover(id)).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
      const as = await service.person('operator@example.com');
      expect((await as(`/v1/requests/${id}/reconcile`, {})).status).toBe(409);
      await service.execute(id);
      expect((await service.records('payments')).length).toBe(
        fault === 'drop_after_commit' ? 1 : 0,
      );
      expect(await calls(id)).toBe(1);
    },
  );

  test('a process that dies during the call leaves it to a person', async () => {
    await begin(CLASS_C);
    const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
    await service.tamper(body.id, died);
    await recoverExecutions(service.service.deps);
    expect(await read(body.id)).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
    expect(await service.records('payments')).toHaveLength(1);
  });
});

/** The row as a process leaves it that is killed during the call of the first step. */
function died(request: GovernedRequest): void {
  request.state = 'executing';
  request.execution = {
    ...request.execution!,
    status: 'executing',
    steps: request.execution!.steps.map(({ name, operation, startedAt }) => ({
      name,
      operation,
      startedAt,
      status: 'started',
    })),
    attempts: [],
    leaseOwner: 'dead',
    leaseUntil: new Date(0).toISOString(),
  };
}

describe('eight days later, when the ERP has forgotten the key', () => {
  beforeEach(() => begin());

  test.each([
    ['drop_after_commit', 'executed', 1],
    ['drop_before_commit', 'outcome_unknown', 0],
  ] as const)('%s is looked for and not sent: %s', async (fault, state, documents) => {
    const id = await unanswered(fault);
    forgetKeys();
    later(8 * DAY_MS);
    const sent = await calls(id);
    expect(await recover(id)).toMatchObject({ state });
    expect(await service.records('payments')).toHaveLength(documents);
    expect(await calls(id)).toBe(sent);
  });

  test('a person can still have it looked into, and the service stops by itself', async () => {
    const id = await unanswered('drop_before_commit');
    later(8 * DAY_MS);
    expect((await recover(id)).execution.nextLookAt).toBeUndefined();
    const as = await service.person('operator@example.com');
    const answer = await as(`/v1/requests/${id}/reconcile`, {});
    expect(answer).toMatchObject({ status: 200, body: { state: 'outcome_unknown' } });
  });

  test('an approval that old looks first: what a lost database had written is not written again', async () => {
    const { body } = await service.tool('vendor_payment.create', PAYMENT);
    const reference = (await service.execute(body.id)).body.execution.erpReference;
    await restored(body.id);
    forgetKeys();
    await age(body.id, 8 * DAY_MS);
    expect((await service.execute(body.id)).body).toMatchObject({
      state: 'executed',
      execution: { erpReference: reference },
    });
    expect(await service.records('payments')).toHaveLength(1);
  });

  test('an approval that old of which the ERP holds nothing is executed', async () => {
    const { body } = await service.tool('vendor_payment.create', PAYMENT);
    await age(body.id, 8 * DAY_MS);
    expect((await service.execute(body.id)).body).toMatchObject({ state: 'executed' });
    expect(await service.records('payments')).toHaveLength(1);
  });
});

describe('an ERP that answers "the reference exists already"', () => {
  /**
   * @param blind so many searches do not show yet what is there
   * @param refuses whatever is sent, for a reason of its own
   */
  function unique({ blind = 0, refuses = false }): void {
    const { deps } = service.service;
    const connector = deps.connector.bind(deps);
    deps.connector = (id) => {
      const real = connector(id);
      const own: Partial<Connector> = {
        perform: async (input, context) => {
          const known = await real.find?.(input, context);
          if (known?.found === 'none' && !refuses) return real.perform(input, context);
          const attempt = { step: input.step, number: 1, startedAt: '', durationMs: 0 };
          const attempts = [{ ...attempt, outcome: 'refused' as const, request: {} }];
          return { outcome: 'refused', message: 'The reference exists already.', attempts };
        },
        find: async (input, context) => {
          if (blind > 0) return { found: 'none' as const, left: (blind -= 1) };
          return real.find?.(input, context) ?? { found: 'none' };
        },
      };
      return Object.assign(Object.create(real) as Connector, own);
    };
  }

  test.each([
    ['A, sent again under its key', undefined, 0],
    ['B, sent again after two searches that did not show it', CLASS_B_UNIQUE, 2],
  ])('class %s: what had happened is executed', async (_name, bundle, blind) => {
    await begin(bundle);
    const id = await unanswered('drop_after_commit');
    unique({ blind });
    expect(await recover(id)).toMatchObject({
      state: 'executed',
      needsPerson: false,
      execution: {
        erpReference: 'PAY-000001',
        steps: [{ status: 'done', evidence: expect.stringMatching(/Found in the ERP/) }],
      },
    });
    expect(await service.records('payments')).toHaveLength(1);
  });

  test('what had not happened and is refused stays unknown', async () => {
    await begin(CLASS_B_UNIQUE);
    const id = await unanswered('drop_before_commit');
    unique({ refuses: true });
    expect(await recover(id)).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
  });

  test('the first send of a restored database is not called failed', async () => {
    await begin(CLASS_B_UNIQUE);
    const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
    await restored(body.id);
    unique({ blind: 1 });
    expect((await service.execute(body.id)).body).toMatchObject({
      state: 'executed',
      execution: { erpReference: body.execution.erpReference },
    });
    expect(await service.records('payments')).toHaveLength(1);
  });

  test('a first send that is refused for another reason has failed', async () => {
    await begin(CLASS_B_UNIQUE);
    unique({ refuses: true });
    const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
    expect(body).toMatchObject({ state: 'failed', needsPerson: false });
  });
});

test('an ERP without keys is searched first, so a restored database writes nothing twice', async () => {
  await begin(CLASS_B);
  const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
  await restored(body.id);
  expect((await service.execute(body.id)).body).toMatchObject({
    state: 'executed',
    execution: { erpReference: body.execution.erpReference },
  });
  expect(await service.records('payments')).toHaveLength(1);
});

test('a takeover that died too is not left executing when the catalogue has moved on', async () => {
  await begin();
  const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
  await service.tamper(body.id, (request) => {
    died(request);
    request.execution!.steps[0]!.status = 'unknown';
    request.actionVersion = 99;
  });
  await recoverExecutions(service.service.deps);
  expect(await read(body.id)).toMatchObject({ state: 'outcome_unknown', needsPerson: true });
});

test('while execution is stopped, an unknown outcome is not sent again', async () => {
  await begin();
  const id = await unanswered('drop_before_commit');
  const stop = await service.call('/v1/controls', { target: { kind: 'all' }, reason: 'Incident' });
  expect(await recover(id)).toMatchObject({ state: 'outcome_unknown' });
  expect(await service.records('payments')).toHaveLength(0);
  await service.call(`/v1/controls/${stop.body.id}/lift`, { reason: 'Over' });
  expect(await recover(id)).toMatchObject({ state: 'executed' });
  expect(await service.records('payments')).toHaveLength(1);
});

test('while execution is stopped, what is found does not let the next step go on', async () => {
  const goods = RECEIVE_GOODS.replace('idempotency: A', 'idempotency: B');
  await begin(bundleFolder({ files: { 'catalogue/goods.receive.yaml': goods } }));
  const args = { ...PAYMENT, sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-01' };
  await service.fault('drop_after_commit', 1000);
  const { body } = await service.tool('goods.receive', args, { execute: true });
  await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
  const stop = await service.call('/v1/controls', { target: { kind: 'all' }, reason: 'Incident' });
  expect(await recover(body.id)).toMatchObject({ state: 'outcome_unknown' });
  expect(await service.records('payments')).toHaveLength(0);
  await service.call(`/v1/controls/${stop.body.id}/lift`, { reason: 'Over' });
  expect(await recover(body.id)).toMatchObject({ state: 'executed' });
  expect(await service.records('movements')).toHaveLength(1);
  expect(await service.records('payments')).toHaveLength(1);
});

test('an answer that comes after somebody else took over is recorded, and changes nothing', async () => {
  await begin();
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  await service.fault('delay', 1, 60_000);
  const late = service.execute(body.id);
  await until(async () => (await read(body.id)).state === 'executing');
  // The lease ends while the first process still waits for its answer.
  await service.tamper(body.id, (request) => {
    request.execution!.leaseUntil = new Date(0).toISOString();
  });
  await recoverExecutions(service.service.deps);
  await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
  await late;
  expect(await read(body.id)).toMatchObject({ state: 'executed' });
  expect(await service.records('payments')).toHaveLength(1);
  const types = (await service.timeline(body.id)).map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['request.recovering', 'request.late_answer']));
  expect(types.filter((type) => type === 'request.executed')).toHaveLength(1);
});

async function until(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 100_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen within 100 seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
