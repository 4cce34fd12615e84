import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import {
  bundleOfClass,
  bundleFolder,
  EXTERNAL_WRITE,
  GOODS,
  RECEIVE_GOODS,
  withoutKeys,
  withoutKeysAndSearch,
} from '../bundle-folder';
import { TestService, type Answer } from '../harness';

/** Every settled execution says whose word it is, and no sentence claims more than that. */

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };

const CLASS_B = bundleOfClass('B', withoutKeys);
const CLASS_C = bundleOfClass('C', withoutKeysAndSearch);
const MORE = bundleFolder({
  files: {
    'catalogue/goods.receive.yaml': RECEIVE_GOODS,
    'catalogue/portal.order.yaml': EXTERNAL_WRITE,
  },
});

let service: TestService;
let bundle: string | undefined;
async function begin(folder?: string): Promise<void> {
  bundle = folder;
  service = await TestService.start(folder ? { EXECUTION_LAYER_BUNDLE_DIR: folder } : {});
  await service.newPerson('operator@example.com', [
    'operator',
    'finance_approver',
    'finance',
    'reviewer',
  ]);
}
afterEach(() => service.stop());

const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;
const clearFaults = (): Promise<unknown> => fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
const restore = (file: string): Promise<void> =>
  service.restoreFrom(file, bundle ? { EXECUTION_LAYER_BUNDLE_DIR: bundle } : {});
async function operator(path: string, body?: object): Promise<Answer> {
  return (await service.person('operator@example.com'))(path, body);
}
const resolve = (id: string, happened: boolean, more = {}): Promise<Answer> =>
  operator(`/v1/requests/${id}/resolution`, { happened, evidence: 'Looked it up.', ...more });
const page = async (id: string): Promise<string> => {
  const { body } = await operator(`/requests/${id}`);
  return (body as string).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
};
async function unanswered(fault: string, action = 'vendor_payment.create', args: object = PAYMENT) {
  await service.fault(fault, 1000);
  const { body } = await service.tool(action, args, { execute: true });
  await clearFaults();
  expect(body.state).toBe('outcome_unknown');
  return body as Answer['body'];
}

test('the answer of the ERP', async () => {
  await begin();
  const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
  expect(body).toMatchObject({
    message: 'Executed: PAY-000001.',
    execution: { knownBy: 'answer' },
  });
  const log = await service.timeline(body.id);
  expect(log.at(-1).data).toMatchObject({ knownBy: 'answer' });
});

test('a search of the ERP', async () => {
  await begin(CLASS_B);
  const { id, message } = await unanswered('drop_after_commit');
  expect(message).toMatch(/^Sent, but no clear answer came/);
  await service.tamper(id, (request) => {
    request.deadline = new Date(0).toISOString();
  });
  await recoverExecutions(service.service.deps);
  expect(await read(id)).toMatchObject({
    message: 'Executed, as a search of the ERP showed: PAY-000001.',
    execution: { knownBy: 'look' },
  });
});

test('a person’s word, on the answer, the page and the page of the requester', async () => {
  await begin(CLASS_C);
  const happened = await unanswered('drop_after_commit');
  expect(happened.message).toMatch(/nothing more about it by itself: an operator has to/);
  await resolve(happened.id, true, { erpReference: 'PAY-000001' });
  const told = await read(happened.id);
  expect(told).toMatchObject({
    message: /^Executed, as far as the person who looked into it could see: PAY-000001/,
    execution: { knownBy: 'person' },
  });
  expect(await page(happened.id)).toContain("As a person says: The ERP's id is PAY-000001");
  const status = (await fetch(told.links.status).then((answer) => answer.text())) as string;
  expect(status).toContain('as far as the person who looked into it could see');

  const another = { ...PAYMENT, amount: '101.00' };
  const not = await unanswered('drop_before_commit', 'vendor_payment.create', another);
  await resolve(not.id, false);
  const failed = await read(not.id);
  expect(failed).toMatchObject({ state: 'failed', execution: { knownBy: 'person' } });
  expect(failed.message).not.toMatch(/holds nothing/);
  expect(await page(not.id)).not.toMatch(/nothing written|holds nothing/i);
});

test('one step by a person’s word makes the whole theirs', async () => {
  await begin(MORE);
  const { id } = await unanswered('drop_after_commit', 'goods.receive', GOODS);
  await resolve(id, true, { erpReference: 'MOV-000001' });
  expect(await read(id)).toMatchObject({ state: 'executed', execution: { knownBy: 'person' } });
});

test('an undo by a person’s word is theirs on the original too', async () => {
  await begin(CLASS_C);
  const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
  const undo = await service.call(`/v1/requests/${body.id}/compensate`, { reason: 'Wrong.' });
  await service.vote('operator@example.com', undo.body.approval.id, 'approve');
  await service.fault('drop_after_commit', 1000);
  expect((await service.execute(undo.body.id)).body.state).toBe('outcome_unknown');
  await clearFaults();
  expect((await read(body.id)).message).toMatch(
    /^It was executed \(PAY-000001\)\. Undoing it has begun\.$/,
  );
  await resolve(undo.body.id, true);
  expect((await read(body.id)).message).toBe(
    'It was executed (PAY-000001). It was undone, as far as the person who looked into it could see.',
  );
});

describe('the holder of a permit', () => {
  async function permitted(): Promise<{ id: string; permit: string }> {
    await begin(MORE);
    const { id } = (await service.tool('portal.order', { item: 'Pallet', pieces: 3 })).body;
    const { permit } = (await service.call(`/v1/requests/${id}/permits`, {})).body;
    return { id, permit };
  }

  test.each([
    ['executed', /^Reported as executed\.$/],
    ['failed', /^Reported as not executed by the holder of its permit: /],
  ])('reports %s in time', async (outcome, message) => {
    const { id, permit } = await permitted();
    await service.call(`/v1/requests/${id}/outcome`, { permit, outcome });
    const told = await read(id);
    expect(told).toMatchObject({ execution: { knownBy: 'report' } });
    expect(told.message).toMatch(message);
  });

  test.each([
    ['failed', true],
    ['executed', false],
  ])('reports %s too late, and a person says that it is %s', async (outcome, happened) => {
    const { id, permit } = await permitted();
    await service.tamper(id, ({ execution }) => {
      const past = new Date(Date.now() - 1000).toISOString();
      execution!.leaseUntil = past;
      execution!.permit!.expiresAt = past;
    });
    const late = await service.call(`/v1/requests/${id}/outcome`, { permit, outcome });
    expect(late.body.message).toMatch(
      /^A permit was given, but no clear outcome was reported in time/,
    );
    await resolve(id, happened);
    const told = await read(id);
    expect(told).toMatchObject({ execution: { knownBy: 'person' } });
    expect(told.message).toMatch(/as far as the person who looked into it could see/);
    expect(told.message).not.toMatch(/[Rr]eported/);
  });
});

describe('out of a backup', () => {
  test.each(['cancel', 'reject'])('%s: nobody claims that nothing was done', async (way) => {
    await begin();
    const { body } = await service.tool('vendor_payment.create', {
      ...PAYMENT,
      amount: '12000.00',
    });
    const backup = await service.backUp();
    await service.vote('operator@example.com', body.approval.id, 'approve');
    await service.execute(body.id);
    await restore(backup);
    expect((await read(body.id)).message).toMatch(/backup.*may have been written/);
    if (way === 'cancel') await service.call(`/v1/requests/${body.id}/cancel`, {});
    else await service.vote('operator@example.com', body.approval.id, 'reject');
    const { message } = await read(body.id);
    expect(message).toMatch(/backup.*may have been written/);
    expect(message).not.toMatch(/[Nn]othing (was|has)/);
    expect(await page(body.id)).not.toMatch(/What was done Nothing/);
  });

  test('an executed one may have been undone since', async () => {
    await begin();
    const { body } = await service.tool('vendor_payment.create', PAYMENT, { execute: true });
    await restore(await service.backUp());
    expect((await read(body.id)).message).toMatch(
      /^Executed: PAY-000001\. .*whether it was undone/,
    );
  });

  test('refused after an operator found nothing: their word, and the refusal', async () => {
    await begin(CLASS_C);
    const { body } = await service.tool('vendor_payment.create', PAYMENT);
    await restore(await service.backUp());
    await resolve(body.id, false);
    await service.fault('status_429', 1000);
    const { message } = (await service.execute(body.id)).body;
    expect(message).toMatch(/^Not executed now, and an operator found nothing of it from before: /);
  });
});
