import { ownBundle } from '../decisions/own-bundle';
import { TestService, type Body } from '../harness';

/** Of twins in a backup each may have been the one that was paid after it. */

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
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  env = { EXECUTION_LAYER_BUNDLE_DIR: ownBundle(RULES) };
  service = await TestService.start(env);
  await service.newPerson('fin@example.com', ['finance']);
  await service.newPerson('op@example.com', ['operator']);
});
afterEach(() => service.stop());

const pay = async (more: object, execute = false): Promise<Body> => {
  const payment = { vendor_id: 'V-1001', amount: '200.00', currency: 'USD', ...more };
  return (await service.tool('vendor_payment.create', payment, { execute })).body;
};
const paid = async (): Promise<number> => (await service.records('payments')).length;
const approveAndExecute = async ({ id, approval }: Body): Promise<Body> => {
  await service.vote('fin@example.com', approval.id, 'approve');
  return (await service.execute(id)).body;
};

test.each([
  ['first', 0],
  ['second', 1],
])('both waited, the %s was paid after the backup: nothing is paid again', async (_, which) => {
  const twins = [await pay({ memo: 'ask' }), await pay({ memo: 'ask' })];
  const file = await service.backUp();
  expect((await approveAndExecute(twins[which] as Body)).state).toBe('executed');
  await service.restoreFrom(file, env);
  for (const twin of [...twins].reverse()) await approveAndExecute(twin);
  for (const twin of twins) await service.execute(twin.id);
  expect(await paid()).toBe(1);
});

test('a new twin of one that waited is blocked', async () => {
  const waited = await pay({ memo: 'ask' });
  const file = await service.backUp();
  expect((await approveAndExecute(waited)).state).toBe('executed');
  await service.restoreFrom(file, env);
  expect((await pay({}, true)).state).toBe('blocked');
  expect(await paid()).toBe(1);
});
