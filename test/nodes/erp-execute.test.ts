import type { IDataObject } from 'n8n-workflow';
import { runNode } from './support/harness';
import { impatientWith } from './support/impatience';
import { problem, StubService, type Answer } from './support/stub-service';

let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(() => service.stop());

const run = (ids = ['req_1'], operation = 'execute') =>
  runNode({
    node: 'erpExecute',
    parameters: { operation },
    items: ids.map((id) => ({ id })),
    baseUrl: service.url,
  });

async function leaves(operation = 'execute'): Promise<{ output: number; json: IDataObject }> {
  const { outputs } = await run(['req_1'], operation);
  expect(outputs.flat()).toHaveLength(1);
  const output = outputs.findIndex((items) => items.length === 1);
  return { output, json: outputs[output]?.[0]?.json ?? {} };
}

test.each([
  ['executed', 2],
  ['outcome_unknown', 1],
  ['executing', 1],
  ['compensating', 1],
  ['failed', 0],
])('an execution that ends as %s leaves on output %i', async (state, output) => {
  service.put('req_1', 'allowed');
  service.outcomes.execute = state;
  expect(await leaves()).toMatchObject({ output, json: { id: 'req_1', state } });
});

test('the key comes from the request, so that every repeat is the same execution', async () => {
  service.put('req_1', 'approved');
  await run();
  await run();
  const keys = service.callsTo('/execute').map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual(['execute:req_1', 'execute:req_1']);
});

test('a refusal is shown with its reasons and the state it was refused in', async () => {
  service.put('req_1', 'awaiting_approval');
  expect(await leaves()).toMatchObject({
    output: 0,
    json: { id: 'req_1', state: 'awaiting_approval', problem: { code: 'not_executable' } },
  });
});

test('a refusal never leaves on Executed, not even if the refused request says so', async () => {
  service.put('req_1', 'blocked');
  const request = { id: 'req_1', state: 'executed' };
  service.intercept = () => problem(409, 'not_executable', { request });
  expect((await leaves()).output).toBe(0);
});

const UNANSWERED: [string, Answer][] = [
  ['a cut connection', { broken: 'reset' }],
  ['no answer in time', { broken: 'hang' }],
  ['an internal error', problem(500, 'internal')],
  ['a twin that is still running', problem(409, 'concurrent_request')],
  ['a proxy page', { status: 502, body: 'Bad gateway' }],
  ['half an answer', { status: 200, body: '{"id":"req_1","st' }],
];

describe.each(UNANSWERED)('after %s', (_name, answer) => {
  let patience: () => void;
  beforeEach(() => {
    // Only the execution is given up: the question that follows has its usual time.
    patience = impatientWith(answer, 1);
    service.intercept = (call) => (call.path.endsWith('/execute') ? answer : undefined);
  });
  afterEach(() => patience());

  test.each([
    ['executed', 2],
    ['executing', 1],
    ['outcome_unknown', 1],
    // It may have arrived and be about to start.
    ['allowed', 1],
    ['approved', 1],
    ['failed', 0],
    ['cancelled', 0],
  ])('a request that the service holds as %s leaves on output %i', async (state, output) => {
    service.put('req_1', state);
    expect(await leaves()).toMatchObject({ output, json: { state } });
    expect(service.callsTo('/execute')).toHaveLength(1);
  });

  test('it needs attention when nobody can say', async () => {
    patience = impatientWith(answer);
    service.intercept = () => answer;
    expect(await leaves()).toMatchObject({ output: 1, json: { id: 'req_1', problem: {} } });
  });
});

test('Get Status reads and changes nothing', async () => {
  service.put('req_1', 'executed');
  expect((await leaves('getStatus')).output).toBe(2);
  expect(service.calls.map(({ method }) => method)).toEqual(['GET']);
});

test('several items run at once, a few at a time, and keep their order', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `req_${n}`);
  for (const id of ids) service.put(id, 'allowed');
  const { outputs } = await run(ids);
  expect(outputs[2]?.map(({ json, pairedItem }) => ({ id: json.id, pairedItem }))).toEqual(
    ids.map((id, item) => ({ id, pairedItem: { item } })),
  );
  expect(service.callsTo('/execute')).toHaveLength(20);
});
