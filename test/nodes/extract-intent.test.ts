import { LoadOptionsContext } from 'n8n-core';
import type { INodeParameters } from 'n8n-workflow';
import { additionalData, NODES, runNode, workflowOf, type NodeRun } from './support/harness';
import { ACTIONS, ok, StubService } from './support/stub-service';

let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(() => service.stop());

const who = { requestedBy: '={{ $json.by }}', source: 'webhook' };
const items = [
  { by: 'ana@example.com', text: 'Pay V-1001 5 USD' },
  { by: 'ben@example.com', text: 'Pay V-1003 7 USD' },
];

function extract(parameters: INodeParameters = {}, more: Partial<NodeRun> = {}) {
  return runNode({
    node: 'extractIntent',
    parameters: {
      operation: 'extractText',
      requestText: '={{ $json.text }}',
      ...who,
      ...parameters,
    },
    items,
    baseUrl: service.url,
    ...more,
  });
}

const submit = (parameters: INodeParameters) =>
  extract(
    {
      operation: 'submitIntent',
      action: { __rl: true, mode: 'list', value: 'vendor_payment.create' },
      ...parameters,
    },
    { items: items.slice(0, 1) },
  );

describe('Extract From Text', () => {
  test('each item becomes a request with its own key', async () => {
    const { outputs } = await extract();
    expect(outputs[0]).toMatchObject([
      { json: { id: 'req_1', state: 'extracted' }, pairedItem: { item: 0 } },
      { json: { id: 'req_2', state: 'extracted' }, pairedItem: { item: 1 } },
    ]);
    expect(service.calls.map(({ body }) => body)).toEqual([
      { requestText: 'Pay V-1001 5 USD', requestedBy: 'ana@example.com', source: 'webhook' },
      { requestText: 'Pay V-1003 7 USD', requestedBy: 'ben@example.com', source: 'webhook' },
    ]);
  });

  test("the caller's key names the request: a second run makes no second one", async () => {
    const parameters = { idempotencyKey: "={{ 'mail-' + $json.by }}" };
    const first = await extract(parameters);
    const second = await extract(parameters);
    expect(second.outputs[0]).toEqual(
      first.outputs[0]?.map((item) => ({ ...item, json: { ...item.json, repeated: true } })),
    );
    expect(service.requests.size).toBe(2);
  });

  test('an intent that is already formed is passed along, with the context', async () => {
    const intent = { action: 'inventory.read', arguments: { sku: 'SKU-1001' }, confidence: 0.9 };
    await extract({ options: { intent: JSON.stringify(intent), context: '{"channel":"chat"}' } });
    expect(service.calls[0]?.body).toMatchObject({ intent, context: { channel: 'chat' } });
  });

  test.each(['', '{}', '={{ undefined }}', '={{ null }}', '={{ ({}) }}'])(
    'an empty intent (%s) leaves the extraction to the service',
    async (intent) => {
      await extract({ options: { intent } });
      expect(service.calls[0]?.body).not.toHaveProperty('intent');
    },
  );

  test.each(['{"action":', '[1]', '"text"', '={{ 5 }}'])(
    'an intent that is none (%s) stops before anything is sent',
    async (intent) => {
      const { error } = await extract({ options: { intent } });
      expect(error?.message).toContain('Intent (JSON)');
      expect(service.calls).toEqual([]);
    },
  );
});

describe('with a connected chat model', () => {
  const asked: unknown[] = [];
  const modelThatSays = (answer: unknown) => ({
    model: 'test-model-1',
    withStructuredOutput: (schema: unknown, options: unknown) => ({
      invoke: async (messages: unknown) => {
        asked.push({ schema, options, messages });
        return answer;
      },
    }),
  });
  beforeEach(() => asked.splice(0));

  test('its answer is submitted as an intent, with the text, for the service to judge', async () => {
    const said = { action: 'inventory.read', arguments: { sku: 'SKU-1001' }, confidence: 0.8 };
    await extract(
      { extractor: 'model' },
      { chatModel: modelThatSays(said), items: items.slice(0, 1) },
    );
    expect(service.callsTo('/requests')[0]?.body).toMatchObject({
      requestText: 'Pay V-1001 5 USD',
      intent: { ...said, model: 'test-model-1' },
    });
    const [prompt] = asked;
    expect(JSON.stringify(prompt)).toContain('vendor_payment.create');
    expect(JSON.stringify(prompt)).toContain('Pay V-1001 5 USD');
  });

  test.each([
    ['nothing', undefined],
    ['an answer without arguments', { action: 'inventory.read', confidence: 1 }],
    ['a confidence that is none', { action: 'inventory.read', arguments: {}, confidence: 7 }],
    ['an action that is no text', { action: { id: 'x' }, arguments: {}, confidence: 1 }],
  ])('%s makes no request', async (_name, answer) => {
    const { error } = await extract({ extractor: 'model' }, { chatModel: modelThatSays(answer) });
    expect(error?.message).toBe('The chat model gave no usable intent');
    expect(service.requests.size).toBe(0);
  });

  test('without a model it says what to do', async () => {
    const { outputs } = await extract(
      { extractor: 'model' },
      { settings: { onError: 'continueRegularOutput' } },
    );
    expect(outputs[0]?.[0]?.json.problem).toMatchObject({
      detail: expect.stringMatching(/Chat Model.*must be connected/),
    });
    expect(service.requests.size).toBe(0);
  });

  test('the model is not asked unless it is chosen', async () => {
    await extract({}, { chatModel: modelThatSays({}) });
    expect(asked).toEqual([]);
    expect(service.requests.size).toBe(2);
  });
});

describe('Submit Intent', () => {
  test('arguments from the form; fields left empty are not given', async () => {
    await submit({
      argumentsMode: 'form',
      argumentsForm: {
        mappingMode: 'defineBelow',
        value: { vendor_id: 'V-1001', amount: '250.00', memo: '', invoice_ref: null },
        schema: [],
      },
      confidence: 0.7,
      options: { requestText: 'Pay V-1001' },
    });
    expect(service.calls[0]?.body).toEqual({
      requestedBy: 'ana@example.com',
      source: 'webhook',
      requestText: 'Pay V-1001',
      intent: {
        action: 'vendor_payment.create',
        arguments: { vendor_id: 'V-1001', amount: '250.00' },
        confidence: 0.7,
      },
    });
  });

  test('arguments as JSON', async () => {
    await submit({ argumentsMode: 'json', arguments: '={{ ({ vendor_id: "V-1001" }) }}' });
    expect(service.calls[0]?.body.intent).toEqual({
      action: 'vendor_payment.create',
      arguments: { vendor_id: 'V-1001' },
      confidence: 1,
    });
  });
});

describe('in the editor', () => {
  function editor(action = '') {
    const options: NodeRun = {
      node: 'extractIntent',
      baseUrl: service.url,
      parameters: {
        operation: 'submitIntent',
        action: { __rl: true, mode: 'list', value: action },
      },
    };
    const { workflow, node } = workflowOf(options);
    return new LoadOptionsContext(workflow, node, additionalData(options, workflow), '');
  }
  const { listSearch, resourceMapping } = NODES.extractIntent.methods;

  test('actions are searched at the service', async () => {
    const all = await listSearch.searchActions.call(editor());
    expect(all.results.map(({ value }) => value)).toEqual(ACTIONS.map(({ id }) => id));
    const found = await listSearch.searchActions.call(editor(), 'pay');
    expect(found.results).toMatchObject([
      { name: 'Pay vendor (vendor_payment.create)', value: 'vendor_payment.create' },
    ]);
  });

  test("the form has a field for each of the action's arguments", async () => {
    const { fields } = await resourceMapping.getActionArguments.call(
      editor('vendor_payment.create'),
    );
    expect(fields.map(({ id, type, required }) => [id, type, required])).toEqual([
      ['vendor_id', 'string', true],
      ['amount', 'string', true],
      ['priority', 'options', false],
      ['quantity', 'number', false],
      ['urgent', 'boolean', false],
      ['tags', 'array', false],
      ['address', 'object', false],
    ]);
    expect(fields[2]?.options?.map(({ value }) => value)).toEqual(['low', 'high']);
  });

  test('no action, no fields', async () => {
    expect(await resourceMapping.getActionArguments.call(editor())).toEqual({ fields: [] });
  });

  test('a service that cannot be asked is told, not shown as an empty list', async () => {
    service.intercept = () => ({ status: 502, body: 'Bad gateway' });
    const lists = [
      listSearch.searchActions.call(editor()),
      resourceMapping.getActionArguments.call(editor()),
    ];
    for (const list of lists) await expect(list).rejects.toThrow(/answer cannot be read/);
    service.intercept = () => ok({ nothing: true });
    expect(await listSearch.searchActions.call(editor())).toEqual({ results: [] });
  });
});
