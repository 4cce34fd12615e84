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
