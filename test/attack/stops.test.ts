import { Target } from './support/target';

/** What strangers send to keep the service from answering others. */
let target: Target;
beforeAll(async () => {
  target = await Target.start();
});
afterAll(() => target?.stop());

const propose = (requestText: string) =>
  target.call('/v1/requests', { source: 'attack', requestedBy: 'ana@example.com', requestText });

test('texts that are slow to read go to a person, and everything else goes on', async () => {
  const slow = `Pay vendor V-1001 500 USD ${'5$\n'.repeat(3000)}`.slice(0, 8000);
  const attack = Promise.all([propose(slow), propose(slow), propose(slow)]);
  const { result, answers, silence } = await target.during(attack);
  for (const { status } of result) expect(status).toBe(201);
  expect(answers).toBeGreaterThan(5);
  expect(silence).toBeLessThan(0.5);
  expect(await propose('Pay vendor V-1001 500 USD')).toMatchObject({
    status: 201,
    body: { intent: { action: 'vendor_payment.create' } },
  });
});

test('the page of the API runs nothing', async () => {
  const page = await fetch(`${target.url}/docs`);
  expect(page.headers.get('content-security-policy')).not.toMatch(/script-src|unsafe/);
  expect(await page.text()).not.toContain('<script');
});
