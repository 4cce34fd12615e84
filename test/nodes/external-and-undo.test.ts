import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { runNode } from './support/harness';
import { impatientWith } from './support/impatience';
import { problem, StubService, type Answer } from './support/stub-service';

let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(() => service.stop());

async function leaves(
  parameters: INodeParameters,
): Promise<{ output: number; json: IDataObject }[]> {
  const { outputs, error } = await runNode({
    node: 'erpExecute',
    parameters,
    items: [{ id: 'req_1' }],
    baseUrl: service.url,
  });
  expect(error).toBeUndefined();
  return outputs.flatMap((items, output) => items.map(({ json }) => ({ output, json })));
}

describe('Begin External Execution', () => {
  const begin = { operation: 'beginExternal' };

  test('gives the permit on Permitted', async () => {
    service.put('req_1', 'approved');
    expect(await leaves(begin)).toMatchObject([
      { output: 2, json: { id: 'req_1', permit: { secret: 'permit-1', payload: { pieces: 3 } } } },
    ]);
  });

  test('a permit that was given before is never given again', async () => {
    service.put('req_1', 'approved');
    await leaves(begin);
    const [again] = await leaves(begin);
    // Somebody holds the permit, so the write may be under way.
    expect(again).toMatchObject({ output: 1, json: { state: 'executing' } });
    expect(again?.json.permit).toBeUndefined();
  });

  test('an answer without a permit never permits', async () => {
    service.intercept = () => ({ status: 201, body: { id: 'pmt_1', requestId: 'req_1' } });
    expect(await leaves(begin)).toMatchObject([{ output: 1 }]);
  });

  test('a permit for another request is not taken', async () => {
    service.intercept = () => ({ status: 201, body: { permit: 'p', requestId: 'req_2' } });
    expect(await leaves(begin)).toMatchObject([{ output: 1 }]);
  });

  test.each<[string, Answer]>([
    ['a cut connection', { broken: 'reset' }],
    ['no answer in time', { broken: 'hang' }],
    ['an internal error', problem(500, 'internal')],
  ])('needs attention after %s, since the permit may have been given', async (_name, answer) => {
    const patience = impatientWith(answer, 1);
    service.put('req_1', 'approved');
    service.intercept = ({ path }) => (path.endsWith('/permits') ? answer : undefined);
    expect(await leaves(begin)).toMatchObject([{ output: 1, json: { problem: {} } }]);
    patience();
  });

  test('a refusal leaves on Not Permitted with its reason', async () => {
    service.put('req_1', 'blocked');
    expect(await leaves(begin)).toMatchObject([
      { output: 0, json: { state: 'blocked', problem: { code: 'not_executable' } } },
    ]);
  });
});

describe('Report Outcome', () => {
  const report = {
    operation: 'reportOutcome',
    permit: 'permit-1',
    outcome: 'executed',
    erpReference: 'PAY-7',
    result: '{"name":"PAY-7"}',
  };

  test.each([
    ['executed', 2],
    ['outcome_unknown', 1],
    ['failed', 0],
  ])('a request that ends as %s leaves on output %i', async (state, output) => {
    service.put('req_1', 'executing');
    service.outcomes.outcome = state;
    expect(await leaves(report)).toMatchObject([{ output, json: { id: 'req_1', state } }]);
  });

  test('sends what is known and nothing that was left empty', async () => {
    service.put('req_1', 'executing');
    await leaves(report);
    const [call] = service.callsTo('/outcome');
    expect(call?.body).toEqual({
      permit: 'permit-1',
      outcome: 'executed',
      erpReference: 'PAY-7',
      result: { name: 'PAY-7' },
    });
    expect(call?.headers['idempotency-key']).toBe('outcome:req_1');
  });

  test('a wrong permit is refused and needs attention while the write is open', async () => {
    service.put('req_1', 'executing');
    expect(await leaves({ ...report, permit: 'wrong' })).toMatchObject([
      { output: 1, json: { state: 'executing', problem: { code: 'permit_invalid' } } },
    ]);
  });

  test('a missing permit needs attention, since the write may have been made', async () => {
    expect(await leaves({ ...report, permit: '={{ $json.lost }}' })).toMatchObject([
      { output: 1, json: { problem: { code: 'invalid_parameter' } } },
    ]);
    expect(service.calls).toEqual([]);
  });
});

describe('Compensate', () => {
  const undo = {
    operation: 'compensate',
    reason: 'booked twice',
    requestedBy: 'bo@example.com',
  };

  test.each([
    ['blocked', 0],
    ['awaiting_approval', 1],
    ['allowed', 2],
  ])('an undo that is %s leaves on output %i, with its own id', async (state, output) => {
    service.put('req_1', 'executed');
    service.outcomes.compensate = state;
    expect(await leaves(undo)).toMatchObject([
      { output, json: { id: 'req_undo', compensates: 'req_1', state } },
    ]);
    const [call] = service.callsTo('/compensate');
    expect(call?.body).toEqual({ reason: 'booked twice', requestedBy: 'bo@example.com' });
    expect(call?.headers['idempotency-key']).toBe('compensate:req_1');
  });

  test('what cannot be undone is refused with the reason', async () => {
    service.put('req_1', 'failed');
    expect(await leaves(undo)).toMatchObject([
      { output: 0, json: { compensates: 'req_1', problem: { code: 'illegal_transition' } } },
    ]);
  });

  test('an answer about another request is not taken for the undo', async () => {
    service.intercept = () => ({
      status: 201,
      body: { id: 'req_9', state: 'allowed', compensates: 'req_2', decision: { effect: 'allow' } },
    });
    expect(await leaves(undo)).toMatchObject([{ output: 0 }]);
  });
});

describe('Get Status of every request that needs a person', () => {
  const list = { operation: 'getStatus', statusOf: 'needsPerson' };

  test('lists them on Needs Attention, page after page', async () => {
    for (let n = 0; n < 5; n++) service.put(`req_${n}`, 'outcome_unknown', { needsPerson: true });
    service.put('req_9', 'executed', { needsPerson: false });
    const all = await leaves({ ...list, returnAll: true });
    expect(all.map(({ output, json }) => [output, json.id])).toEqual(
      [0, 1, 2, 3, 4].map((n) => [1, `req_${n}`]),
    );
    expect(await leaves({ ...list, limit: 3 })).toHaveLength(3);
    expect(service.calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('gives nothing when nobody is needed', async () => {
    expect(await leaves(list)).toEqual([]);
  });

  test('a list that cannot be read says so on Not Executed', async () => {
    service.intercept = () => problem(503, 'storage_unavailable');
    expect(await leaves(list)).toMatchObject([{ output: 0, json: { problem: {} } }]);
  });
});
