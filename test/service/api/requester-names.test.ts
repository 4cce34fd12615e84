import { bundleFolder } from '../bundle-folder';
import { TestService, type Answer } from '../harness';

/** What one requester did is counted once, under whatever name. */
let service: TestService;
beforeAll(async () => {
  const limit = `limits:
  - id: per-requester
    actions: [inventory.adjust]
    key: [subject.requestedBy]
    window: 24h
    max: '2'
    effect: block
    message: Two a day for each requester.
`;
  service = await TestService.start({
    EXECUTION_LAYER_BUNDLE_DIR: bundleFolder({
      edit: { 'policies/shipped.yaml': (text) => text.replace('limits:\n', limit) },
    }),
  });
});
afterAll(() => service?.stop());

let quantity = 0;
function ask(requestedBy: string): Promise<Answer> {
  const args = { sku: 'SKU-1001', quantity: (quantity += 1), warehouse_id: 'WH-01' };
  return service.tool('inventory.adjust', args, { requestedBy });
}

async function blocked(requestedBy: string): Promise<boolean> {
  const { body } = await ask(requestedBy);
  return JSON.stringify(body.decision?.reasons ?? []).includes('per-requester');
}

test.each([
  'ana@example.com <u-1>',
  '<u-1> ana@example.com',
  'ana@example.com, bob@example.com',
  '"bob@example.com" <ana@example.com>',
  'ana@example.com (bob@example.com)',
  'Somebody <u-1> <u-2>',
  'mailto:bob@example.com?cc=ana@example.com',
])('%j names more than one, and is refused with what to write', async (name) => {
  expect(await ask(name)).toMatchObject({
    status: 400,
    body: { code: 'invalid_body', detail: expect.stringContaining('Write one address') },
  });
});

test('spellings of one address that no account has are counted as one', async () => {
  expect(await blocked('x1=carl@example.com')).toBe(false);
  expect(await blocked('x2=carl@example.com')).toBe(false);
  expect(await blocked('Carl <c.a.r.l+x3@Example.com>')).toBe(true);
  expect(await blocked('dora@example.com')).toBe(false);
});

test('an alias, and the name of an account, are counted as the account', async () => {
  await service.newPerson('ben@example.com', ['reviewer']);
  await service.service.deps.store.commit({
    people: [
      {
        ...(await service.service.deps.store.person('ben@example.com'))!,
        name: 'Ben Berg',
        aliases: ['u-17'],
      },
    ],
  });
  expect(await blocked('u-17')).toBe(false);
  expect(await blocked('ben berg')).toBe(false);
  expect(await blocked('ben@example.com')).toBe(true);
  expect(await blocked('Somebody <U-17>')).toBe(true);
});
