import { bundleFolder } from '../bundle-folder';
import { TestService } from '../harness';

let service: TestService;
beforeAll(async () => {
  const folder = bundleFolder({
    edit: {
      'catalogue/vendor.read.yaml': (text) =>
        text
          .replace("pattern: '^V-[0-9]{4}$',", '')
          .replace('maxLength: 6', 'maxLength: 40')
          .replace('    vendor_id: { kind: id, nouns: [vendor, supplier, creditor] }\n', '')
          .replace('  arguments:\n  examples:', '  examples:'),
    },
  });
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: folder });
});
afterAll(() => service.stop());

/** Ids that pass a loose schema and would reach another route of the ERP. */
test.each(['..', 'V-1/../V-2', 'V-1%2F..%2FV-2', '%252e%252e', 'V-1;x', '..\\x'])(
  'the id %j is invalid with its pointer, and the ERP is not asked',
  async (id) => {
    // More often than failures open a circuit.
    for (let time = 0; time < 6; time += 1) {
      const { body } = await service.tool('vendor.read', { vendor_id: id });
      expect(body).toMatchObject({
        state: 'invalid',
        needsPerson: true,
        validation: { errors: [{ pointer: '/vendor_id', code: 'not_sendable' }] },
      });
    }
    expect(service.service.deps.connectorHealth()).toMatchObject([{ reads: 'closed' }]);
  },
);

test('an ordinary id is still looked up', async () => {
  const { body } = await service.tool('vendor.read', { vendor_id: 'V-1001' }, { execute: true });
  expect(body).toMatchObject({ state: 'executed', execution: { result: { vendor_id: 'V-1001' } } });
});
