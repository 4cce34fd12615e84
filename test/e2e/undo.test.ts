import { randomUUID } from 'node:crypto';
import {
  approver,
  faults,
  records,
  runningStack,
  send,
  service,
  waitForState,
} from './harness/stack';

jest.setTimeout(300_000);

const undoUrl = (): string => `${runningStack().n8n.url}/webhook/execution-layer-rollback`;

/** A payment that ran through the pipeline: its request and the ERP's number. */
async function paid(amount: string): Promise<{ id: string; number: string }> {
  const { status, body } = await send(
    {
      request_text: `Pay vendor V-1003 ${amount} GBP`,
      source: 'test',
      requested_by: 'ana@example.com',
    },
    { 'idempotency-key': `undo-${randomUUID()}` },
  );
  expect({ status, state: body.state }).toEqual({ status: 200, state: 'executed' });
  return { id: body.id ?? '', number: body.erpReference ?? '' };
}

function askForUndo(requestId: string, reason = 'Booked twice') {
  return send({ request_id: requestId, reason, requested_by: 'ana@example.com' }, {}, undoUrl());
}

async function approvalOf(requestId: string): Promise<string> {
  return (await service().request(requestId)).approval?.id ?? '';
}

test('a payment is undone by request id after an approval, and the ERP holds the reversal', async () => {
  const payment = await paid('310.00');
  const asked = await askForUndo(payment.id);
  expect(asked).toMatchObject({ status: 202, body: { state: 'awaiting_approval' } });
  const undo = asked.body.id ?? '';
  expect(undo).not.toBe(payment.id);
  expect(await records('payments', undo)).toEqual([]);

  await (await approver()).vote(await approvalOf(undo), 'approve', { comment: 'It was double.' });
  await waitForState(undo, ['executed']);
  await waitForState(payment.id, ['compensated']);
  expect(await records('payments', undo)).toEqual([
    expect.objectContaining({ reverses: payment.number }),
  ]);

  const again = await askForUndo(payment.id);
  expect(again.body.id).toBe(undo);
  expect(await records('payments', undo)).toHaveLength(1);
});

test('a rejected undo writes nothing, and the payment stays executed', async () => {
  const payment = await paid('311.00');
  const undo = (await askForUndo(payment.id)).body.id ?? '';
  await (await approver()).vote(await approvalOf(undo), 'reject', { comment: 'It is right.' });
  await waitForState(undo, ['rejected']);
  expect((await service().request(payment.id)).state).toBe('executed');
  expect(await records('payments', undo)).toEqual([]);
});

test('a lost answer to the undo still makes one reversal', async () => {
  const payment = await paid('312.00');
  const undo = (await askForUndo(payment.id)).body.id ?? '';
  await faults('drop_after_commit', 1);
  await (await approver()).vote(await approvalOf(undo), 'approve', { comment: 'It was double.' });
  await waitForState(payment.id, ['compensated']);
  expect(await records('payments', undo)).toHaveLength(1);
});

test.each([
  ['nothing that exists', { request_id: 'req_none', reason: 'x' }, 404],
  ['no reason', { request_id: 'req_none' }, 400],
  ['no request', { reason: 'x' }, 400],
])('%s is refused with a sentence', async (_name, body, status) => {
  const answer = await send(body, {}, undoUrl());
  expect(answer).toMatchObject({ status, body: { message: expect.any(String) as string } });
});

test('what was never executed has nothing to undo', async () => {
  const { body } = await send(
    {
      request_text: 'Pay vendor V-1002 50.00 GBP',
      source: 'test',
      requested_by: 'ana@example.com',
    },
    { 'idempotency-key': `undo-${randomUUID()}` },
  );
  expect(body.state).toBe('blocked');
  expect((await askForUndo(body.id ?? '')).status).toBe(409);
});
