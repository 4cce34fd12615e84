import Database from 'better-sqlite3';
import { join } from 'node:path';
import { bundleFolder } from '../bundle-folder';
import { TestService, type Answer } from '../harness';

const PAYMENT = { vendor_id: 'V-1001', amount: '9000.00', currency: 'USD' };

let service: TestService;
afterEach(() => service.stop());

async function start(edit?: (text: string) => string): Promise<void> {
  const connector = { 'connectors/mock-erp.yaml': edit ?? ((text: string) => text) };
  service = await TestService.start({
    EXECUTION_LAYER_BUNDLE_DIR: bundleFolder({ edit: connector }),
  });
}

const read = async (id: string): Promise<Answer['body']> =>
  (await service.call(`/v1/requests/${id}`)).body;

async function paid(values: object = PAYMENT): Promise<Answer['body']> {
  const { body } = await service.tool('vendor_payment.create', values, { execute: true });
  expect(body.state).toBe('executed');
  return body;
}

/** Asks for the undo and lets everybody who is asked approve it. */
async function approvedUndo(id: string): Promise<string> {
  const asked = await service.call(`/v1/requests/${id}/compensate`, { reason: 'A mistake.' });
  const { approval } = await read(asked.body.id);
  const shown = await service.approval(approval.id);
  for (const { role } of shown.stages) {
    await service.newPerson(`${role}@example.com`, [role]);
    await service.vote(`${role}@example.com`, approval.id, 'approve');
  }
  return asked.body.id;
}

function inErp(sql: string, ...values: string[]): void {
  const db = new Database(join(service.dataDir, 'mock-erp', 'mock-erp.sqlite'));
  db.prepare(sql).run(...values);
  db.close();
}

async function expectNotSent(undo: string, original: string, sentence: RegExp): Promise<void> {
  const before = await service.records('payments');
  expect((await service.execute(undo)).body).toMatchObject({
    state: 'failed',
    execution: { message: expect.stringMatching(sentence), attempts: 0 },
  });
  expect(await service.records('payments')).toEqual(before);
  expect(await read(original)).toMatchObject({ state: 'compensation_failed', needsPerson: true });
}

/** By the number, and, where the file does not say how, by the search of the write. */
const WITHOUT_VERIFY = (text: string): string =>
  text.replace(/ +# A number is no proof.*\n +verify:\n(?: {6}.*\n)+/g, '');

describe.each([
  ['read by its number', undefined],
  ['searched', WITHOUT_VERIFY],
])('before an undo the document is %s', (_name, edit) => {
  test('a number that was given to a document of another vendor is not undone', async () => {
    await start(edit);
    const { id } = await paid();
    inErp("UPDATE payments SET vendor_id = 'V-1002', external_reference = 'somebody-else'");
    await expectNotSent(
      await approvedUndo(id),
      id,
      /not the one that was written|shows no document/,
    );
  });

  test('a document that is gone is not undone', async () => {
    await start(edit);
    const { id } = await paid();
    inErp('DELETE FROM payments');
    await expectNotSent(await approvedUndo(id), id, /has no document|shows no document/);
  });

  test('the document that was written is undone', async () => {
    await start(edit);
    const { id } = await paid();
    const undo = await approvedUndo(id);
    expect((await service.execute(undo)).body).toMatchObject({ state: 'executed' });
    expect(await read(id)).toMatchObject({ state: 'compensated' });
    expect(await service.records('payments')).toHaveLength(2);
  });
});

test('the difference is told, and the vendor of the other document is named', async () => {
  await start();
  const { id } = await paid();
  inErp("UPDATE payments SET vendor_id = 'V-1002'");
  await expectNotSent(await approvedUndo(id), id, /\/vendor_id is "V-1002" and not "V-1001"/);
});

test('a reference that names another record is not undone', async () => {
  await start((text) =>
    text.replace(
      /(path: \/payments\n(?:.*\n)*?) {4}reference: \/number/,
      '$1    reference: /vendor_id',
    ),
  );
  const { id, execution } = await paid();
  expect(execution.erpReference).toBe('V-1001');
  inErp("UPDATE payments SET number = 'V-1001', external_reference = 'somebody-else'");
  await expectNotSent(await approvedUndo(id), id, /not the one that was written/);
});

test('an ERP that cannot be read leaves the undo as it was, to be tried again', async () => {
  await start();
  const { id } = await paid();
  const undo = await approvedUndo(id);
  await service.stopErp();
  const answer = await service.execute(undo);
  expect(answer.status).toBe(503);
  expect((await read(undo)).state).toBe('approved');
});
