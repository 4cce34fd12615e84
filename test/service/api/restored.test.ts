import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import type { Answer } from '../harness';
import {
  bundleOfClass,
  bundleFolder,
  EXTERNAL_WRITE,
  RECEIVE_GOODS,
  withoutKeys,
  withoutKeysAndSearch,
} from '../bundle-folder';
import { TestService } from '../harness';

/**
 * A backup is made, the service goes on, and the backup is restored: it does not know what was
 * written meanwhile, and the ERP does.
 */

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };
const DAY_MS = 86_400_000;

const CLASS_A = bundleFolder({ files: { 'catalogue/goods.receive.yaml': RECEIVE_GOODS } });
const CLASS_B = bundleOfClass('B', withoutKeys, {
  'catalogue/goods.receive.yaml': RECEIVE_GOODS.replace('idempotency: A', 'idempotency: B'),
});
const CLASS_C = bundleOfClass('C', withoutKeysAndSearch);

let service: TestService;
let bundle: string;
async function begin(folder: string): Promise<void> {
  bundle = folder;
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: folder });
  await service.newPerson('operator@example.com', [
    'operator',
    'finance_approver',
    'finance',
    'reviewer',
  ]);
}
afterEach(() => service.stop());

const restore = (file: string): Promise<void> =>
  service.restoreFrom(file, { EXECUTION_LAYER_BUNDLE_DIR: bundle });
const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;
const payments = () => service.records('payments');
async function allowed(): Promise<string> {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  expect(body.state).toBe('allowed');
  return body.id;
}
async function resolve(id: string, finding: object): Promise<Answer> {
  const as = await service.person('operator@example.com');
  return as(`/v1/requests/${id}/resolution`, { evidence: 'Looked into the bank.', ...finding });
}

describe.each([
  ['A', CLASS_A],
  ['B', CLASS_B],
])('class %s: it is looked for in the ERP before it is sent', (_, folder) => {
  beforeEach(() => begin(folder));

  it('written after the backup: found, and executed without a second one', async () => {
    const id = await allowed();
    const backup = await service.backUp();
    const first = (await service.execute(id)).body;
    expect(first.state).toBe('executed');
    await restore(backup);
    expect(await read(id)).toMatchObject({
      state: 'allowed',
      restored: { at: expect.any(String) },
    });
    const again = (await service.execute(id)).body;
    expect(again).toMatchObject({
      state: 'executed',
      execution: { erpReference: first.execution.erpReference },
    });
    expect(await payments()).toHaveLength(1);
  });

  it('not written: sent, once', async () => {
    const id = await allowed();
    await restore(await service.backUp());
    expect((await service.execute(id)).body).toMatchObject({
      state: 'executed',
      needsPerson: false,
    });
    expect(await payments()).toHaveLength(1);
  });

  it('written long ago, when the ERP has forgotten its key: found', async () => {
    const id = await allowed();
    await service.tamper(id, (request) => {
      request.createdAt = new Date(Date.parse(request.createdAt) - 9 * DAY_MS).toISOString();
    });
    const backup = await service.backUp();
    await service.execute(id);
    await restore(backup);
    expect((await service.execute(id)).body.state).toBe('executed');
    expect(await payments()).toHaveLength(1);
  });

  it('the ERP cannot be searched: nothing is sent, and the request stays as it is', async () => {
    const id = await allowed();
    const backup = await service.backUp();
    await service.execute(id);
    await restore(backup);
    await service.stopErp();
    expect(await service.execute(id)).toMatchObject({ status: 503 });
    expect((await read(id)).state).toBe('allowed');
  });

  it('several steps: each is looked for, also the ones after the first', async () => {
    const { body } = await service.tool('goods.receive', {
      ...PAYMENT,
      sku: 'SKU-1001',
      quantity: 5,
      warehouse_id: 'WH-01',
    });
    expect(body.state).toBe('allowed');
    const backup = await service.backUp();
    expect((await service.execute(body.id)).body.state).toBe('executed');
    await restore(backup);
    expect((await service.execute(body.id)).body.state).toBe('executed');
    expect(await payments()).toHaveLength(1);
    expect(await service.records('movements')).toHaveLength(1);
  });

  it('waiting for approval: approved and written after the backup, then approved again', async () => {
    const { body } = await service.tool('vendor_payment.create', {
      ...PAYMENT,
      amount: '12000.00',
    });
    expect(body.state).toBe('awaiting_approval');
    const backup = await service.backUp();
    const finish = async () => {
      await service.vote('operator@example.com', body.approval.id, 'approve');
      return (await service.execute(body.id)).body;
    };
    expect((await finish()).state).toBe('executed');
    await restore(backup);
    expect((await finish()).state).toBe('executed');
    expect(await payments()).toHaveLength(1);
  });
});

describe('class C: a person confirms before it is sent', () => {
  beforeEach(() => begin(CLASS_C));

  async function restoredWith(written: boolean): Promise<string> {
    const id = await allowed();
    const backup = await service.backUp();
    if (written) await service.execute(id);
    await restore(backup);
    return id;
  }

  it('is held back, listed for operators, and said why', async () => {
    const id = await restoredWith(true);
    const as = await service.person('operator@example.com');
    const page = (await as('/attention')).body as string;
    expect(page).toContain('Restored from a backup');
    expect(page).toContain(id);
    for (let n = 0; n < 2; n += 1) {
      expect(await service.execute(id)).toMatchObject({
        status: 409,
        body: { code: 'not_executable', reasons: [{ ruleId: 'restored' }] },
      });
    }
    expect(await read(id)).toMatchObject({ state: 'allowed', needsPerson: true });
    expect(await payments()).toHaveLength(1);
  });

  it('it was written: executed by a person’s word, never sent', async () => {
    const id = await restoredWith(true);
    const [payment] = await payments();
    expect(await resolve(id, { happened: true, erpReference: payment.number })).toMatchObject({
      status: 200,
      body: { state: 'executed', needsPerson: false, execution: { erpReference: payment.number } },
    });
    expect((await service.execute(id)).body.state).toBe('executed');
    expect(await payments()).toHaveLength(1);
  });

  it('it was not written: may be sent, once', async () => {
    const id = await restoredWith(false);
    expect(await resolve(id, { happened: false })).toMatchObject({
      status: 200,
      body: { state: 'allowed', needsPerson: false, restored: { confirmed: { evidence: /bank/ } } },
    });
    expect((await service.execute(id)).body.state).toBe('executed');
    expect(await payments()).toHaveLength(1);
    expect((await service.call('/v1/audit/verify')).body).toMatchObject({ valid: true });
  });

  it('only an operator confirms', async () => {
    const id = await restoredWith(true);
    const as = await service.person('owner@example.com');
    expect(
      await as(`/v1/requests/${id}/resolution`, { happened: false, evidence: 'None.' }),
    ).toMatchObject({ status: 403 });
    expect(await service.execute(id)).toMatchObject({ status: 409 });
  });

  it('cancelled, it is off the list, and is never sent', async () => {
    const id = await restoredWith(true);
    expect((await service.call(`/v1/requests/${id}/cancel`, {})).body).toMatchObject({
      state: 'cancelled',
      needsPerson: false,
    });
    expect(await payments()).toHaveLength(1);
  });
});

describe('an undoing that the backup does not know of', () => {
  beforeEach(() => begin(CLASS_A));

  it('is not done twice: a person confirms first', async () => {
    const id = await allowed();
    await service.execute(id);
    const backup = await service.backUp();
    const undo = async () => {
      const { body } = await service.call(`/v1/requests/${id}/compensate`, { reason: 'Wrong.' });
      if (body.state === 'awaiting_approval') {
        await service.vote('operator@example.com', body.approval.id, 'approve');
      }
      return body.id as string;
    };
    const first = await service.execute(await undo());
    expect(first.body.state).toBe('executed');
    const written = (await payments()).length;
    await restore(backup);
    const second = await undo();
    expect(await service.execute(second)).toMatchObject({
      status: 409,
      body: { reasons: [{ ruleId: 'restored' }] },
    });
    expect(await resolve(second, { happened: true })).toMatchObject({
      status: 200,
      body: { state: 'executed' },
    });
    expect((await read(id)).state).toBe('compensated');
    expect(await payments()).toHaveLength(written);
  });
});

describe.each([
  ['A', CLASS_A],
  ['B', CLASS_B],
])('class %s: what was under way in the backup', (_, folder) => {
  beforeEach(() => begin(folder));

  /** A backup made while the ERP has not answered yet; the answer comes afterwards. */
  it.each(['drop_after_commit', 'drop_before_commit', 'delay'])(
    'executing, and the ERP shows %s: found in the ERP, or left to a person, never written twice',
    async (fault) => {
      const id = await allowed();
      const clear = () => fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
      await service.fault(fault, fault === 'delay' ? 1 : 1000, 60_000);
      const running = service.execute(id);
      const giveUp = Date.now() + 100_000;
      while ((await read(id)).state === 'allowed') {
        if (Date.now() > giveUp) throw new Error('it was not executed within 100 seconds');
        await new Promise((done) => setTimeout(done, 10));
      }
      const backup = await service.backUp();
      if (fault === 'delay') await clear();
      await running;
      await clear();
      const written = (await payments()).length;
      await restore(backup);
      await service.tamper(id, (request) => {
        request.deadline = new Date(0).toISOString();
        if (request.execution) request.execution.leaseUntil = new Date(0).toISOString();
      });
      await recoverExecutions(service.service.deps);
      const { state } = await read(id);
      if (written === 1) expect(state).toBe('executed');
      else expect(['executed', 'outcome_unknown']).toContain(state);
      expect(await payments()).toHaveLength(state === 'executed' ? 1 : written);
    },
  );
});

test('a permit is given only after a person confirmed that nothing was written', async () => {
  await begin(bundleFolder({ files: { 'catalogue/portal.order.yaml': EXTERNAL_WRITE } }));
  const { id } = (await service.tool('portal.order', { item: 'Pallet', pieces: 3 })).body;
  const backup = await service.backUp();
  expect(await service.call(`/v1/requests/${id}/permits`, {})).toMatchObject({ status: 201 });
  await restore(backup);
  expect(await service.call(`/v1/requests/${id}/permits`, {})).toMatchObject({
    status: 409,
    body: { reasons: [{ ruleId: 'restored' }] },
  });
  await resolve(id, { happened: false });
  expect(await service.call(`/v1/requests/${id}/permits`, {})).toMatchObject({ status: 201 });
});
