import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { resolve } from 'node:path';
import { TestService } from '../harness';

/** A pattern that backtracks: refused in what is new, told of what decides already. */
let test: TestService;
beforeAll(async () => {
  test = await TestService.start();
});
afterAll(() => test.stop());

const CHANGED = 'catalogue/crm.contact.update.yaml';
const files = readBundleFolder(resolve(__dirname, '../../../policy-service')).map((file) =>
  file.path === CHANGED
    ? {
        ...file,
        text: file.text.replace('maxLength: 500', () => "pattern: '^(a?.*)+$', maxLength: 500"),
      }
    : file,
);

it('is not stored, and not asked in a what-if', async () => {
  expect(await test.call('/v1/policies', { files })).toMatchObject({
    status: 422,
    body: {
      errors: [{ message: expect.stringMatching(/crm\.contact\.update.*too long to check/) }],
    },
  });
  const question = {
    action: 'vendor.read',
    arguments: { vendor_id: 'V-1001' },
    requestedBy: 'ana',
  };
  const draft = files.filter(({ path }) => path === CHANGED);
  for (const sent of [draft, files]) {
    expect(
      await test.call('/v1/policies/simulate', { request: question, bundle: { files: sent } }),
    ).toMatchObject({ status: 422, body: { code: 'bundle_invalid' } });
  }
});

it('goes on where it is active, and a new activation is refused', () => {
  const { bundles } = test.service.deps;
  expect(bundles.read(files, 'x', 'active').problems).toEqual([
    expect.stringMatching(/crm\.contact\.update.*too long to check/),
  ]);
  expect(() => bundles.read(files, 'x')).toThrow(/cannot be used/);
});
