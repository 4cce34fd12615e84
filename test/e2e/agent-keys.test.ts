import { AgentLab, each, propose, requestsFrom } from './harness/agent-lab';
import type { Script, ScriptedCall } from './harness/scripted-model';
import { records } from './harness/stack';
import { nodeNamed } from './harness/variants';

jest.setTimeout(300_000);

/** Different calls are different requests and true repeats are one, as n8n really calls the nodes. */
let lab: AgentLab;
beforeAll(async () => {
  lab = await AgentLab.start();
});
afterAll(() => lab?.stop());

describe.each([2.2, 3.1])('AI Agent %d', (agent) => {
  test('calls of one turn, and the same call in a later turn, are requests of their own', async () => {
    const script: Script = [
      [propose(3), propose(4)],
      [propose(3)],
      each('Validate', [0, 1, 2]),
      each('Decide', [0, 1, 2]),
      each('Execute', [0, 1, 2]),
      each('Execute', [0]),
    ];
    const { read } = await lab.ask(agent, [script]);
    const [steps = []] = read;
    const ids = steps.slice(0, 3).map(({ id }) => id ?? '');
    expect(new Set(ids).size).toBe(3);
    expect(steps.slice(9)).toMatchObject([
      { id: ids[0], state: 'executed' },
      { id: ids[1], state: 'executed' },
      { id: ids[2], state: 'executed' },
      { id: ids[0], state: 'executed', repeated: true },
    ]);
    for (const [index, quantity] of [3, 4, 3].entries()) {
      expect(await records('movements', ids[index])).toMatchObject([{ quantity }]);
    }
  });

  test.each([1, 3])('several items, %d at a time, are requests of their own', async (batchSize) => {
    const script: Script = [[propose(6), propose(6)], [propose(6)]];
    const { read, source } = await lab.ask(agent, [script, script, script], { batchSize });
    expect(read.flat()).toHaveLength(9);
    expect(read.flat().filter(({ repeated }) => repeated)).toEqual([]);
    expect(await requestsFrom(source)).toHaveLength(9);
  });

  test('the model reads the whole of a refusal and goes on', async () => {
    const { read } = await lab.ask(agent, [
      [
        [propose('many')],
        each('Validate', [0]),
        [propose(7)],
        each('Validate', [2]),
        each('Execute', [2]),
      ],
    ]);
    const [steps = []] = read;
    expect(steps[1]).toMatchObject({
      state: 'invalid',
      validation: {
        errors: [{ pointer: '/quantity', message: expect.stringMatching(/./) }],
      },
    });
    expect(steps[4]).toMatchObject({
      state: 'validated',
      problem: { code: 'not_executable', detail: expect.stringMatching(/./) },
    });
  });

  test('under a key that the model gives, a true repeat is joined and another call is refused', async () => {
    const idempotencyKey = `={{ $fromAI('key', 'a key', 'string') }}`;
    const keyed = (quantity: number, key: string): ScriptedCall => {
      const { tool, args } = propose(quantity);
      return { tool, args: { ...args, key: `${agent}-${key}` } };
    };
    const { read, source } = await lab.ask(
      agent,
      [[[keyed(3, 'a')], [keyed(3, 'a'), keyed(4, 'a'), keyed(3, 'b')]]],
      {
        change: (workflow) =>
          (nodeNamed(workflow, 'Propose').parameters = {
            ...nodeNamed(workflow, 'Propose').parameters,
            idempotencyKey,
          }),
      },
    );
    const [first, second, third, fourth] = read[0] ?? [];
    expect(second).toMatchObject({ id: first?.id, repeated: true });
    expect(third).toMatchObject({
      problem: { code: 'idempotency_key_reused', detail: expect.stringMatching(/./) },
    });
    expect(fourth?.id).not.toBe(first?.id);
    expect(await requestsFrom(source)).toHaveLength(2);
  });
});

test("AI Agent 3.1 with several items shows each of them the first one's results of earlier turns: what that leads to is done once, and said", async () => {
  const script: Script = [
    [propose(6)],
    each('Validate', [0]),
    each('Decide', [0]),
    each('Execute', [0]),
  ];
  const { read, source } = await lab.ask(3.1, [script, script, script]);
  const executed = read.map((steps) => steps.at(-1));
  const [first] = executed;
  expect(executed).toMatchObject([
    { state: 'executed' },
    { id: first?.id, state: 'executed', repeated: true },
    { id: first?.id, state: 'executed', repeated: true },
  ]);
  const made = await requestsFrom(source);
  expect(made.map(({ state }) => state).sort()).toEqual(['executed', 'validated', 'validated']);
  for (const { id, state } of made) {
    expect(await records('movements', id)).toHaveLength(state === 'executed' ? 1 : 0);
  }
});

describe('Retry On Fail, when the answer to the first try is lost', () => {
  const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 200 };

  test('AI Agent 3.1: one request, and the model reads that it is a repeat', async () => {
    lab.proxy.lose(1);
    const { read, source } = await lab.ask(3.1, [[[propose(8)]]], {
      credential: lab.throughProxy,
      propose: retry,
    });
    expect(read[0]).toMatchObject([{ state: 'extracted', repeated: true }]);
    expect(await requestsFrom(source)).toHaveLength(1);
  });

  test('AI Agent 2.2: the model reads the outage; what it calls again is a new request', async () => {
    lab.proxy.lose(1);
    const { read, source } = await lab.ask(2.2, [[[propose(8)], [propose(8)]]], {
      credential: lab.throughProxy,
      propose: retry,
    });
    expect(read[0]).toMatchObject([
      { problem: { code: 'service_unreachable', detail: expect.stringMatching(/Check/) } },
      { state: 'extracted' },
    ]);
    expect(await requestsFrom(source)).toHaveLength(2);
  });
});
