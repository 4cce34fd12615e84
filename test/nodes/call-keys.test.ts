import { SupplyDataContext } from 'n8n-core';
import {
  createRunExecutionData,
  type INodeExecutionData,
  type INodeParameters,
} from 'n8n-workflow';
import { additionalData, NODES, runNode, workflowOf, type NodeRun } from './support/harness';
import { impatientWith } from './support/impatience';
import { problem, StubService, type Answer } from './support/stub-service';

/** Under which key each call reaches the service, and what the reader is told of a repeat. */
let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(() => service.stop());

const items = [{ vendor: 'V-1001' }, { vendor: 'V-1003' }];
const SUBMIT: INodeParameters = {
  operation: 'submitIntent',
  action: { __rl: true, mode: 'id', value: 'vendor_payment.create' },
  argumentsMode: 'json',
  arguments: '={{ ({ vendor_id: $json.vendor, amount: "5.00" }) }}',
  requestedBy: 'ana@example.com',
  source: 'test',
};

const submit = (more: Partial<NodeRun> = {}, parameters: INodeParameters = {}) =>
  runNode({
    node: 'extractIntent',
    parameters: { ...SUBMIT, ...parameters },
    items: items.slice(0, 1),
    baseUrl: service.url,
    ...more,
  });

const keys = () => service.calls.map(({ headers }) => headers['idempotency-key']);
const lose = (count: number, answer: Answer = { broken: 'lost' }) => {
  let left = count;
  service.intercept = () => (left-- > 0 ? answer : undefined);
};

const UNSET: [string, INodeParameters][] = [
  ['absent', {}],
  ['empty', { idempotencyKey: '' }],
  [
    'the default that version 0.1 stored',
    { idempotencyKey: "={{ $execution.id + ':' + $itemIndex }}" },
  ],
];

describe.each(UNSET)('with a key that is %s', (_name, parameters) => {
  test.each(['Tool', undefined] as const)('calls of a %s are told apart', async (variant) => {
    await submit({ variant, items }, parameters);
    await submit({ variant, earlierRuns: 1 }, parameters);
    await submit({ variant, earlierRuns: 2 }, parameters);
    await submit({ variant, settings: { name: 'Another Node' } }, parameters);
    expect(new Set(keys()).size).toBe(5);
    expect(service.requests.size).toBe(5);
  });

  test('all tries of Retry On Fail are one call', async () => {
    lose(1);
    const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
    const { outputs } = await submit({ items, settings }, parameters);
    expect(new Set(keys()).size).toBe(2);
    expect(service.requests.size).toBe(2);
    expect(outputs[0]).toMatchObject([{ json: { id: 'req_1', repeated: true } }, { json: {} }]);
    expect(outputs[0]?.[1]?.json).not.toHaveProperty('repeated');
  });
});

test('two n8n with the same workflow and the same execution ids do not share keys', async () => {
  await submit();
  expect(keys()[0]).toMatch(/^[0-9a-f]{16}:4711:1760000000000:Under Test:0:0$/);
});

test('an n8n whose database was made anew or restored has the same execution ids, and other keys', async () => {
  await submit({ begunAt: 1 });
  await submit({ begunAt: 2 });
  expect(new Set(keys()).size).toBe(2);
  expect(service.requests.size).toBe(2);
});

test('a name of any characters serves', async () => {
  const settings = { name: 'Überweisung vorschlagen 💶' };
  await submit({ settings });
  await submit({ settings, earlierRuns: 1 });
  expect(new Set(keys()).size).toBe(2);
});

describe('called inside another node, as AI Agent 2.2 calls its tools', () => {
  function invoke(runIndex: number): Promise<INodeExecutionData[][]> {
    const options: NodeRun = {
      node: 'extractIntent',
      variant: 'Tool',
      parameters: { ...SUBMIT, arguments: '{"vendor_id":"V-1001"}' },
      baseUrl: service.url,
    };
    const { workflow, node } = workflowOf(options);
    const context = new SupplyDataContext(
      workflow,
      node,
      additionalData(options, workflow),
      'trigger',
      createRunExecutionData({}),
      runIndex,
      [],
      { ai_tool: [[{ json: { vendor: 'V-1001' } }]] },
      'ai_tool',
      { node, data: { main: [] }, source: null },
      [],
    );
    return NODES.extractIntent.execute.call(context as never);
  }

  test('even calls that n8n counts alike are requests of their own', async () => {
    await Promise.all([invoke(0), invoke(0), invoke(1)]);
    expect(new Set(keys()).size).toBe(3);
    expect(service.requests.size).toBe(3);
  });
});

describe('a key that the workflow gives', () => {
  test.each([
    ['text', 'order-7', 'order-7'],
    ['a number', '={{ 4711 }}', '4711'],
    ['text that a header cannot carry', 'Überweisung 7', /^sha256:[0-9a-f]{64}$/],
    ['text longer than a key may be', 'x'.repeat(256), /^sha256:[0-9a-f]{64}$/],
    ['text with a line break', 'a\nb', /^sha256:[0-9a-f]{64}$/],
  ])('%s names the request', async (_name, idempotencyKey, sent) => {
    const first = await submit({}, { idempotencyKey });
    const second = await submit({}, { idempotencyKey });
    expect(keys()).toEqual(
      sent instanceof RegExp
        ? [expect.stringMatching(sent), expect.stringMatching(sent)]
        : [sent, sent],
    );
    expect(first.outputs[0]?.[0]?.json).not.toHaveProperty('repeated');
    expect(second.outputs[0]?.[0]?.json).toMatchObject({ id: 'req_1', repeated: true });
    expect(service.requests.size).toBe(1);
  });

  test.each([
    '={{ undefined }}',
    '={{ null }}',
    "={{ '' }}",
    '={{ $json.nothing }}',
    '={{ ({}) }}',
    ' ',
  ])(
    'an expression that gives nothing (%s) is refused: repeats would not be joined',
    async (idempotencyKey) => {
      const { error } = await submit({}, { idempotencyKey });
      expect(error?.message).toContain('Idempotency Key');
      expect(service.calls).toEqual([]);
    },
  );
});

describe('what an agent reads of a call that brought nothing', () => {
  const errors = [{ pointer: '/arguments/amount', code: 'pattern', message: 'Give it as "N.NN".' }];
  const REFUSALS: [string, Answer, object][] = [
    [
      'a refused body',
      problem(400, 'invalid_body', { errors, traceId: 't-1' }),
      { code: 'invalid_body', status: 400, detail: 'It was invalid_body.', errors, traceId: 't-1' },
    ],
    ['a missing scope', problem(403, 'insufficient_scope'), { code: 'insufficient_scope' }],
    [
      'a refusal with reasons',
      problem(409, 'not_executable', { reasons: [{ ruleId: 'r-1', message: 'Too much.' }] }),
      { code: 'not_executable', reasons: [{ ruleId: 'r-1', message: 'Too much.' }] },
    ],
    ['a reused key', problem(422, 'idempotency_key_reused'), { code: 'idempotency_key_reused' }],
    ['a limit', problem(429, 'rate_limited'), { code: 'rate_limited', status: 429 }],
    ['an internal error', problem(500, 'internal', { traceId: 't-2' }), { traceId: 't-2' }],
    ['a proxy page', { status: 502, body: '<h1>Bad</h1>' }, { code: 'unreadable_answer' }],
    ['a cut connection', { broken: 'reset' }, { code: 'service_unreachable', status: 0 }],
    ['no answer in time', { broken: 'hang' }, { code: 'service_unreachable', status: 0 }],
  ];
  let patience = (): void => undefined;
  afterEach(() => patience());

  test.each(REFUSALS)('%s', async (_name, answer, told) => {
    patience = impatientWith(answer);
    service.intercept = () => answer;
    const { outputs, error } = await submit({ variant: 'Tool' });
    expect(error).toBeUndefined();
    expect(outputs).toEqual([
      [{ json: { problem: expect.objectContaining(told) }, pairedItem: { item: 0 } }],
    ]);
    expect(outputs[0]?.[0]?.json.problem).toMatchObject({
      title: expect.stringMatching(/./),
      detail: expect.stringMatching(/./),
    });
  });

  test('an argument that is no JSON', async () => {
    const { outputs } = await submit({ variant: 'Tool' }, { arguments: '{"vendor_id":' });
    expect(outputs[0]?.[0]?.json.problem).toMatchObject({
      code: 'invalid_parameter',
      title: expect.stringContaining('Arguments (JSON)'),
      detail: 'It is not valid JSON.',
    });
  });

  const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

  test.each([
    ['a lost answer', { broken: 'lost' } as Answer],
    ['an internal error', problem(500, 'internal')],
    ['a limit', problem(429, 'rate_limited')],
  ])('Retry On Fail bridges %s, as one call', async (_name, answer) => {
    lose(2, answer);
    const { outputs } = await submit({ variant: 'Tool', settings: retry });
    expect(outputs[0]?.[0]?.json).toMatchObject({ id: 'req_1', state: 'extracted' });
    expect(keys()).toHaveLength(3);
    expect(new Set(keys()).size).toBe(1);
    expect(service.requests.size).toBe(1);
  });

  test('after the last try, the whole problem', async () => {
    service.intercept = () => problem(500, 'internal');
    const { outputs, error } = await submit({ variant: 'Tool', settings: retry });
    expect(error).toBeUndefined();
    expect(service.calls).toHaveLength(3);
    expect(outputs[0]?.[0]?.json.problem).toMatchObject({ code: 'internal', status: 500 });
  });

  test('what a try more cannot change is not tried again', async () => {
    service.intercept = () => problem(403, 'insufficient_scope');
    const { outputs } = await submit({ variant: 'Tool', settings: retry });
    expect(service.calls).toHaveLength(1);
    expect(outputs[0]?.[0]?.json).not.toHaveProperty('error');
  });
});

describe('keys that come from a request', () => {
  beforeEach(() => service.put('req_1', 'executed'));

  test('a loop that records the same event twice records two; a retry records one', async () => {
    const parameters = { operation: 'recordEvent', eventType: 'reminded', message: 'Reminded.' };
    const record = (more: Partial<NodeRun>) =>
      runNode({
        node: 'auditLog',
        parameters,
        items: [{ id: 'req_1' }, { id: 'req_1' }],
        baseUrl: service.url,
        ...more,
      });
    await record({});
    await record({ earlierRuns: 1 });
    expect(new Set(keys()).size).toBe(4);
    await record({});
    expect(new Set(keys()).size).toBe(4);
  });

  test('an undo with another reason is judged by the service, not refused for its key', async () => {
    service.intercept = ({ headers, path }) =>
      path.endsWith('/compensate') && headers['idempotency-key'] === 'compensate:req_1'
        ? problem(422, 'idempotency_key_reused')
        : undefined;
    const { outputs } = await runNode({
      node: 'erpExecute',
      parameters: { operation: 'compensate', reason: 'paid twice' },
      items: [{ id: 'req_1' }],
      baseUrl: service.url,
    });
    expect(keys()).toEqual([
      'compensate:req_1',
      expect.stringMatching(/^compensate:req_1:[0-9a-f]{64}$/),
    ]);
    expect(outputs[1]).toMatchObject([{ json: { compensates: 'req_1' } }]);
  });
});
