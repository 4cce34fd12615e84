import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { withoutCases } from '../policies/bundles';
import { TestService } from '../harness';

/** An ERP that ignores a filter and answers its first record. */
let service: TestService;
let erp: Server;
beforeEach(async () => {
  erp = createServer((_req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ vendor_id: 'V-1003', name: 'The first one', status: 'active' }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => erp.once('listening', resolve));
  service = await TestService.start({
    EXECUTION_LAYER_CONNECTOR_VARIABLES: 'mock-erp:ERP_THAT_IGNORES',
    ERP_THAT_IGNORES: `http://127.0.0.1:${(erp.address() as AddressInfo).port}`,
  });
});
afterEach(async () => {
  await service.stop();
  await new Promise((resolve) => erp.close(resolve));
});

test.each([
  ['by query', "path: /vendors\n    query: { vendor_id: '{vendor_id}' }\n    notFound"],
  ['by path', 'path: /vendors/{vendor_id}\n    notFound'],
])('%s: neither found nor missing, and nothing is decided', async (_how, path) => {
  const files = withoutCases(readBundleFolder(service.bundleWith((rules) => rules))).map((file) =>
    file.path === 'connectors/mock-erp.yaml'
      ? {
          ...file,
          text: file.text
            .replace(/^baseUrl:.*$/m, 'baseUrl: ${ERP_THAT_IGNORES}')
            .replace('path: /vendors/{vendor_id}\n    notFound', path),
        }
      : file,
  );
  const { status, body } = await service.call('/v1/policies', { files });
  expect(status).toBe(201);
  await service.call(`/v1/policies/${body.version}/activate`, { reason: 'test' });
  const pay = (vendor_id: string) =>
    service.tool('vendor_payment.create', { vendor_id, amount: '10.00', currency: 'USD' });
  expect(await pay('V-1001')).toMatchObject({
    status: 503,
    body: {
      code: 'facts_unavailable',
      detail: expect.stringMatching(
        /another record than the one asked for: its \/vendor_id is "V-1003"/,
      ),
    },
  });
  expect((await pay('V-1003')).body.state).toBe('allowed');
});
