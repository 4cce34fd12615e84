import { bundleFolder } from '../bundle-folder';
import { TestService } from '../harness';

let service: TestService;
afterEach(() => service.stop());

async function hint(bundle: string): Promise<string> {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: bundle });
  const { body } = await service.call('/v1/requests', {
    source: 'test',
    requestedBy: 'ana@example.com',
    requestText: 'Good morning',
  });
  const answer = await service.call(`/v1/requests/${body.id}/validate`, {});
  expect(answer.body.state).toBe('invalid');
  return answer.body.validation.errors[0].message as string;
}

const without = (text: string): string => text.replace(/^ {2}examples:\n(?: {4}.*\n)*/m, '');
const CATALOGUE = [
  'crm.contact.update',
  'customer.notify',
  'inventory.adjust',
  'inventory.read',
  'journal_entry.post',
  'ticket.route',
  'vendor.read',
  'vendor_payment.create',
];

test('a text that was not understood is answered with an example of the active catalogue', async () => {
  const edit = Object.fromEntries(CATALOGUE.map((id) => [`catalogue/${id}.yaml`, without]));
  edit['catalogue/vendor.read.yaml'] = (text) =>
    `${without(text)}  examples:\n    - { text: 'Look up vendor V-1003', arguments: { vendor_id: V-1003 } }\n`;
  expect(await hint(bundleFolder({ edit }))).toBe(
    'No action was recognised. Say what should be done, for example "Look up vendor V-1003".',
  );
});

test('a token is given no example of an action that it may not use', async () => {
  service = await TestService.start();
  const token = await service.newToken({ actions: ['vendor.read'] });
  const { body } = await service.call(
    '/v1/requests',
    { source: 'test', requestedBy: 'ana@example.com', requestText: 'Good morning' },
    { token },
  );
  const answer = await service.call(`/v1/requests/${body.id}/validate`, {}, { token });
  expect(answer.body.validation.errors[0].message).toMatch(/for example "[^"]*(V-1003|V-1002)/);
});

test('a catalogue without examples gives no foreign one', async () => {
  const edit = Object.fromEntries(CATALOGUE.map((id) => [`catalogue/${id}.yaml`, without]));
  expect(await hint(bundleFolder({ edit }))).toBe(
    'No action was recognised. Say what should be done.',
  );
});
