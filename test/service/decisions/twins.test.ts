import fc from 'fast-check';
import { expireDue } from '../../../policy-service/src/application/requests/expire-due';
import { TestService, type Answer, type Body } from '../harness';
import { ownBundle } from './own-bundle';

const RULES = `
duplicates:
  - id: paid-before
    actions: [vendor_payment.create]
    key: [arguments.vendor_id, arguments.amount, arguments.currency]
    window: 30d
    effect: block
    message: The same payment was made before.
rules:
  - id: asked
    actions: [vendor_payment.create]
    when: has(arguments.memo) && arguments.memo == "ask"
    effect: require_approval
    message: Asked for.
    approval: { stages: [{ role: finance, count: 1 }], expiresIn: 1h }
`;

let service: TestService;
let amount = 100;
beforeAll(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: ownBundle(RULES) });
  await service.newPerson('fin@example.com', ['finance']);
});
afterAll(() => service.stop());

const pay = (more: object = { memo: 'ask' }): Promise<Answer> =>
  service.tool('vendor_payment.create', {
    vendor_id: 'V-1001',
    amount: `${amount}.00`,
    currency: 'USD',
    ...more,
  });
const approve = (body: Body, vote = 'approve'): Promise<Answer> =>
  service.vote('fin@example.com', body.approval.id, vote as 'approve');
const stateOf = async (id: string): Promise<string> =>
  (await service.call(`/v1/requests/${id}`)).body.state;
const written = async (): Promise<number> =>
  (await service.records('payments')).filter((one) => Number(one.amount) === amount).length;

beforeEach(() => {
  amount += 1;
});

test('of two that wait, approved and executed in any order, the one approved first is written', async () => {
  const [a, b] = [(await pay()).body, (await pay()).body];
  await approve(a);
  await approve(b);
  expect((await service.execute(a.id)).body.state).toBe('executed');
  const refused = await service.execute(b.id);
  expect(refused).toMatchObject({ status: 409, body: { code: 'not_executable' } });
  expect(JSON.stringify(refused.body.reasons)).toContain(a.id);
  expect(await written()).toBe(1);
});

test("the approver's page names the twins and how they stand", async () => {
  const [a, b] = [(await pay()).body, (await pay()).body];
  const as = await service.person('fin@example.com');
  const page = async (): Promise<string> =>
    ((await as(`/inbox/${b.approval.id}`)).body as string).replace(/\s+/g, ' ');
  expect(await page()).toContain(`<code>${a.id}</code></a> (awaiting approval)`);
  await approve(a);
  await service.execute(a.id);
  expect(await page()).toContain(`<code>${a.id}</code></a> (executed)`);
});

test('the later one goes when the earlier one ends without a write', async () => {
  const [a, b] = [(await pay()).body, (await pay()).body];
  await approve(a);
  await approve(b);
  await service.call(`/v1/requests/${a.id}/cancel`, {});
  expect((await service.execute(b.id)).body.state).toBe('executed');
});

test('a twin whose outcome is unknown counts as written, whichever was approved first', async () => {
  const [a, b] = [(await pay()).body, (await pay()).body];
  await approve(a);
  await approve(b);
  await service.tamper(a.id, (one) => {
    one.state = 'outcome_unknown';
  });
  expect((await service.execute(b.id)).status).toBe(409);
  expect(await written()).toBe(0);
});

test('one that was undone does not count', async () => {
  const c = (await pay({})).body;
  await service.execute(c.id);
  const undo = (await service.call(`/v1/requests/${c.id}/compensate`, { reason: 'wrong account' }))
    .body;
  if (undo.approval) {
    await service.newPerson('rev@example.com', ['reviewer']);
    await service.vote('rev@example.com', undo.approval.id, 'approve');
  }
  expect((await service.execute(undo.id)).body.state).toBe('executed');
  expect(await stateOf(c.id)).toBe('compensated');
  const d = (await pay({})).body;
  expect(d.decision.effect).toBe('allow');
});

test('any order of calls, also at once, over any number of twins writes at most one', async () => {
  const call = fc.record({
    twin: fc.nat(3),
    does: fc.constantFrom('approve', 'approve', 'execute', 'execute', 'cancel', 'reject', 'expire'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 2, maxLength: 4 }),
      fc.array(fc.array(call, { maxLength: 4 }), { maxLength: 5 }),
      async (asked, rounds) => {
        amount += 1;
        const twins = (
          await Promise.all(asked.map((waits) => pay(waits ? { memo: 'ask' } : {})))
        ).map(({ body }) => body);
        const last = twins.map((_, twin) => ({ twin, does: 'execute' as const }));
        for (const round of [...rounds, last]) {
          await Promise.all(
            round.map(async ({ twin, does }) => {
              const body = twins[twin % twins.length];
              if (does === 'execute') return service.execute(body.id);
              if (does === 'cancel') return service.call(`/v1/requests/${body.id}/cancel`, {});
              if (does === 'expire') {
                return service.tamper(body.id, (one) => {
                  if (one.deadline && one.state !== 'executing')
                    one.deadline = '2026-01-01T00:00:00.000Z';
                });
              }
              return body.approval ? approve(body, does) : undefined;
            }),
          );
          await expireDue(service.service.deps);
        }
        expect(await written()).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 15 },
  );
});
