import { ExecuteRequest } from '../../../policy-service/src/application/execution/execute';
import { serviceCaller } from '../../../policy-service/src/application/change/caller';
import { TestService } from '../harness';

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };
const CALLS = 500;

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(() => service.stop());

test.each([
  ['one key', () => 'the-key'],
  ['a key each', (index: number) => `key-${index}`],
])(
  '500 calls at once under %s: one call to the ERP, one document, 500 same answers',
  async (_n, key) => {
    const { body } = await service.tool('vendor_payment.create', PAYMENT);
    const answers = await Promise.all(
      Array.from({ length: CALLS }, (_, index) => service.execute(body.id, { key: key(index) })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(CALLS).fill(200));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ state: 'executed', execution: { attempts: 1 } });
    expect(await service.records('payments')).toHaveLength(1);
    const types = (await service.timeline(body.id)).map(({ type }) => type);
    expect(types.filter((type) => type === 'request.executing')).toHaveLength(1);
    expect(types.filter((type) => type === 'request.executed')).toHaveLength(1);
  },
);

test('an execution that begins in the same process during the lookups is left to whoever began it', async () => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  const { deps } = service.service;
  const entities = deps.facts.entities.bind(deps.facts);
  const other = new ExecuteRequest(deps);
  let begun: Promise<unknown> | undefined;
  deps.facts.entities = async (...asked) => {
    const facts = await entities(...asked);
    if (begun) return facts;
    await service.fault('delay', 1, 300);
    begun = other.run(serviceCaller('other', body.traceId), body.id);
    while ((await deps.store.request(body.id))?.value.state !== 'executing') {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return facts;
  };
  expect((await service.execute(body.id)).body).toMatchObject({
    state: 'executed',
    execution: { attempts: 1 },
  });
  await begun;
  const types = (await service.timeline(body.id)).map(({ type }) => type);
  expect(types).not.toContain('request.late_answer');
});
