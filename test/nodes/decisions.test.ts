import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { runNode, type NodeName, type NodeRun } from './support/harness';
import { ok, StubService } from './support/stub-service';

let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(() => service.stop());

const run = (node: NodeName, ids = ['req_1'], more: Partial<NodeRun> = {}) =>
  runNode({ node, items: ids.map((id) => ({ id })), baseUrl: service.url, ...more });

/** The output that the only item left on. */
async function outputOf(node: NodeName, more: Partial<NodeRun> = {}): Promise<number> {
  const { outputs } = await run(node, ['req_1'], more);
  expect(outputs.flat()).toHaveLength(1);
  return outputs.findIndex((items) => items.length === 1);
}

describe('Validate', () => {
  test.each([
    ['validated', 1],
    ['invalid', 0],
    ['blocked', 0],
  ])('a request that becomes %s leaves on output %i', async (state, output) => {
    service.put('req_1', 'extracted');
    service.outcomes.validate = state;
    expect(await outputOf('validate')).toBe(output);
  });

  test.each([
    ['allowed', true, 1],
    ['executed', true, 1],
    ['blocked', true, 1],
    ['blocked', false, 0],
    ['invalid', false, 0],
    ['extraction_failed', undefined, 0],
    ['a_state_of_tomorrow', true, 0],
  ])(
    'a workflow that runs again on %s (valid: %s) finds output %i',
    async (state, valid, output) => {
      service.put('req_1', state, { validation: { valid } });
      expect(await outputOf('validate')).toBe(output);
      expect(service.callsTo('/validate')).toHaveLength(1);
    },
  );
});

describe('Guardrail Decide', () => {
  test.each([
    ['allowed', 2],
    ['awaiting_approval', 1],
    ['recommended', 0],
    ['blocked', 0],
  ])('a request that becomes %s leaves on output %i', async (state, output) => {
    service.put('req_1', 'validated');
    service.outcomes.decide = state;
    expect(await outputOf('guardrailDecide')).toBe(output);
  });

  test.each([
    ['allowed', 'allow', 2],
    ['executed', 'allow', 2],
    ['outcome_unknown', 'allow', 2],
    ['approved', 'require_approval', 1],
    ['executed', 'require_approval', 1],
    ['awaiting_approval', 'require_approval', 1],
    ['rejected', 'require_approval', 0],
    ['expired', 'require_approval', 0],
    ['cancelled', 'allow', 0],
    ['failed', 'allow', 0],
    ['allowed', 'block', 0],
    ['allowed', undefined, 0],
    ['recommended', 'recommend', 0],
  ])('a workflow that runs again on %s (%s) finds output %i', async (state, effect, output) => {
    service.put('req_1', state, { decision: { effect } });
    expect(await outputOf('guardrailDecide')).toBe(output);
  });

  test('decides in the order of the items, so that limits are used up in that order', async () => {
    const ids = ['req_1', 'req_2', 'req_3', 'req_4'];
    for (const id of ids) service.put(id, 'validated');
    await run('guardrailDecide', ids);
    expect(service.calls.map(({ path }) => path)).toEqual(
      ids.map((id) => `/v1/requests/${id}/decide`),
    );
  });
});

describe('whatever the service answers', () => {
  const word = fc.constantFrom(
    ...['extracted', 'validated', 'allowed', 'awaiting_approval', 'approved', 'executed'],
    ...['blocked', 'rejected', 'executing', 'outcome_unknown', 'constructor', 'ALLOWED', ''],
  );
  const answer = fc.record(
    {
      id: fc.oneof(fc.constant('req_1'), fc.constant('req_2'), fc.anything()),
      state: fc.oneof(word, fc.anything()),
      validation: fc.oneof(fc.record({ valid: fc.constantFrom(true, false, 'true', 1) }), word),
      decision: fc.oneof(
        fc.record({ effect: fc.constantFrom('allow', 'block', 'require_approval', true) }),
        word,
      ),
    },
    { requiredKeys: [] },
  );
  const grounds: Record<string, (told: IDataObject) => boolean> = {
    validate: (told) => (told.validation as IDataObject | undefined)?.valid === true,
    guardrailDecide: (told) => (told.decision as IDataObject | undefined)?.effect === 'allow',
    erpExecute: (told) => told.state === 'executed',
  };

  test.each(Object.entries(grounds))('%s permits only on its grounds', async (node, holds) => {
    await fc.assert(
      fc.asyncProperty(answer, async (told) => {
        service.intercept = () => ok(told as IDataObject);
        const { outputs, error } = await run(node as NodeName);
        expect(error).toBeUndefined();
        expect(outputs.flat()).toHaveLength(1);
        const permitted = outputs.at(-1)?.[0];
        // JSON is what travels: undefined and exotic values do not.
        const sent = JSON.parse(JSON.stringify(told)) as IDataObject;
        if (permitted) expect(sent.id === 'req_1' && holds(sent)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('as an agent tool', () => {
  test.each([
    ['validate', 'extracted'],
    ['guardrailDecide', 'validated'],
    ['erpExecute', 'allowed'],
  ] as const)('%s answers on output 0, all that an agent sees', async (node, state) => {
    service.put('req_1', state);
    expect(await outputOf(node, { variant: 'Tool' })).toBe(0);
  });
});
