import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TestService } from '../harness';

let test: TestService;
beforeAll(async () => {
  test = await TestService.start();
});
afterAll(() => test.stop());

it('a policy that is sent along opens no records that the token’s own actions do not', async () => {
  const path = 'catalogue/vendor_payment.create.yaml';
  const text = readFileSync(resolve(__dirname, '../../../policy-service', path), 'utf8');
  const request = {
    action: 'vendor_payment.create',
    arguments: { vendor_id: 'V-1001', amount: '1', currency: 'EUR' },
    requestedBy: 'ana@example.com',
  };
  const foreign = text
    .replace('lookup: vendor', 'lookup: ticket')
    .replace('with: { vendor_id: vendor_id }', 'with: { ticket_id: vendor_id }')
    .replace(
      'fields: { vendor_id: string, name: string, status: string }',
      'fields: { ticket_id: string, queue: string, status: string }',
    );
  const bundle = { files: [{ path, text: foreign }] };
  const token = await test.newToken({
    scopes: ['requests:read'],
    actions: ['vendor_payment.create'],
  });
  const asked = (more: object) =>
    test.call('/v1/policies/simulate', { request, ...more }, { token });
  expect(await asked({ bundle })).toMatchObject({
    status: 400,
    body: { code: 'invalid_parameter' },
  });
  expect(await asked({})).toMatchObject({ status: 200, body: { effect: 'allow' } });
});
