import { TestService, type Answer } from '../harness';

/** Texts that cost more to read the longer they are: none may stop the service. */
let test: TestService;
beforeAll(async () => {
  test = await TestService.start();
});
afterAll(() => test.stop());

const SLOW = `Pay vendor V-1001 500 USD ${'5$\n'.repeat(3000)}`.slice(0, 8000);
const QUICK = 'Pay vendor V-1001 500 USD';

it('is given up, goes to a person, and others are read meanwhile', async () => {
  let slowDone = false;
  const slow = test.propose(SLOW).then((answer) => {
    slowDone = true;
    return answer;
  });
  // Calls one after the other: each needs the event loop, and a thread that reads.
  const meanwhile: Answer[] = [];
  while (!slowDone)
    meanwhile.push(await test.propose(QUICK, `ana+${meanwhile.length}@example.com`));
  const { status, body } = await slow;
  expect(status).toBe(201);
  expect(body).toMatchObject({ state: 'extraction_failed', needsPerson: true });
  const failed = (await test.timeline(body.id)).find(
    ({ type }) => type === 'request.extraction_failed',
  );
  expect(failed.data.message).toMatch(/given up after 2 seconds.*submit the intent/);
  expect(meanwhile.length).toBeGreaterThan(5);
  for (const one of meanwhile) {
    expect(one).toMatchObject({
      status: 201,
      body: { intent: { action: 'vendor_payment.create' } },
    });
  }
});
