import { randomUUID } from 'node:crypto';
import { readSamples, type Sample } from '../../scripts/stack/samples';
import { approver, records, send, service, waitForState } from './harness/stack';

jest.setTimeout(300_000);

const key = (): Record<string, string> => ({ 'idempotency-key': `e2e-${randomUUID()}` });

async function approveAs(requestId: string): Promise<void> {
  const request = await service().request(requestId);
  const vote = await (await approver()).vote(request.approval!.id, 'approve');
  expect(vote.status).toBe(200);
}

describe('the sample requests through the exported pipeline', () => {
  test.each(readSamples().map((sample): [string, Sample] => [sample.title, sample]))(
    '%s',
    async (_title, sample) => {
      const answer = await send(sample.body, key());
      expect({ status: answer.status, state: answer.body.state }).toEqual(sample.answer);
      if (sample.because) {
        const named = [
          ...(answer.body.reasons ?? []).map((reason) => reason.ruleId),
          ...(answer.body.errors ?? []).map((error) => error.pointer),
        ];
        expect(named).toContain(sample.because);
      }
      const id = answer.body.id!;
      if (answer.body.state === 'awaiting_approval') await approveAs(id);
      await waitForState(id, [sample.finalState]);

      const written = sample.erp ? await records(sample.erp.kind, id) : [];
      expect(written).toEqual(sample.erp ? [expect.objectContaining(sample.erp.fields)] : []);
    },
  );
});

test('a repeated call with the same key is answered with the one request and writes once', async () => {
  const headers = key();
  const body = {
    request_text: 'Increase inventory for item SKU-1002 by 7 units in warehouse WH-01',
    source: 'test',
    requested_by: 'ana@example.com',
  };
  const first = await send(body, headers);
  const again = await send(body, headers);
  expect(first.status).toBe(200);
  expect(again.status).toBe(200);
  expect(again.body.id).toBe(first.body.id);
  expect(again.body.erpReference).toBe(first.body.erpReference);
  expect(await records('movements', first.body.id!)).toHaveLength(1);
});

test('a rejected request is never executed', async () => {
  const answer = await send(
    {
      request_text: 'Increase inventory for item SKU-1002 by 700 units in warehouse WH-01',
      source: 'test',
      requested_by: 'ana@example.com',
    },
    key(),
  );
  expect(answer.status).toBe(202);
  const id = answer.body.id!;
  const request = await service().request(id);
  const vote = await (await approver()).vote(request.approval!.id, 'reject');
  expect(vote.status).toBe(200);
  await waitForState(id, ['rejected']);
  expect(await records('movements', id)).toEqual([]);
});

test('a body that is no request gets an honest 400 and is not recorded', async () => {
  const answer = await send({ hello: 'world' }, key());
  expect(answer.status).toBe(400);
  expect(answer.body.id).toBeUndefined();
  expect(answer.body.message).toMatch(/request_text/);
});
