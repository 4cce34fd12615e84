import { NODES, runNode, type NodeName } from './support/harness';
import { problem, StubService } from './support/stub-service';

/** While execution is stopped, every node that a reader looks at passes the stop on. */
let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(() => service.stop());

const stopped = { reason: 'The bank reports odd payments', target: { kind: 'all' } };
const SENTENCE = 'Execution is stopped: The bank reports odd payments.';

async function leaves(node: NodeName, operation?: string) {
  const { outputs } = await runNode({
    node,
    parameters: operation ? { operation } : {},
    items: [{ id: 'req_1' }],
    baseUrl: service.url,
  });
  expect(outputs.flat()).toHaveLength(1);
  const output = outputs.findIndex((items) => items.length === 1);
  return { output, json: outputs[output]?.[0]?.json };
}

test('Guardrail Decide decides as usual and carries the stop', async () => {
  service.put('req_1', 'validated', { stopped });
  const allow = 2;
  expect(await leaves('guardrailDecide')).toMatchObject({ output: allow, json: { stopped } });
});

test('Human Approval tells the verdict and carries the stop', async () => {
  service.put('req_1', 'approved', { approval: { state: 'approved' }, stopped });
  expect(await leaves('humanApproval', 'sendAndWait')).toMatchObject({
    json: { approved: true, stopped },
  });
});

describe('ERP Execute', () => {
  beforeEach(() => {
    service.put('req_1', 'approved');
    service.intercept = ({ path }) =>
      path.endsWith('/execute')
        ? problem(409, 'not_executable', {
            detail: SENTENCE,
            state: 'approved',
            reasons: [{ ruleId: 'stopped', message: SENTENCE }],
            request: { id: 'req_1', state: 'approved', stopped },
          })
        : undefined;
  });

  test('a stopped request leaves on Not Executed, with the stop and why', async () => {
    expect(await leaves('erpExecute', 'execute')).toEqual({
      output: 0,
      json: {
        id: 'req_1',
        state: 'approved',
        stopped,
        problem: expect.objectContaining({ code: 'not_executable', detail: SENTENCE }),
      },
    });
  });

  test('after the lift the same node executes the same request', async () => {
    await leaves('erpExecute', 'execute');
    service.intercept = () => undefined;
    expect(await leaves('erpExecute', 'execute')).toMatchObject({
      output: 2,
      json: { state: 'executed' },
    });
    const keys = service.callsTo('/execute').map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys)).toEqual(new Set(['execute:req_1']));
  });

  test('Get Status shows a stop that holds the request back', async () => {
    service.put('req_1', 'approved', { stopped });
    expect(await leaves('erpExecute', 'getStatus')).toMatchObject({ output: 0, json: { stopped } });
  });
});

test.each(['guardrailDecide', 'humanApproval', 'erpExecute'] as const)(
  '%s points at the stop beside its output',
  (name) => {
    const hint = NODES[name].description.hints?.find(({ message }) => /stopped/i.test(message));
    expect(hint).toMatchObject({ location: 'outputPane', type: 'warning' });
    expect(hint?.displayCondition).toContain('$json.stopped');
  },
);
