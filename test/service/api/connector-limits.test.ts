import { bundleFolder } from '../bundle-folder';
import { TestService, type Answer } from '../harness';

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };
const ADJUSTMENT = { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' };

let service: TestService;
afterEach(() => service.stop());

/** Writes of which no answer came, one after the other, until the circuit is open. */
async function breakCircuit(): Promise<void> {
  await service.fault('drop_before_commit', 1000);
  for (let i = 0; i < 5; i += 1) {
    const { body } = await service.tool('inventory.adjust', ADJUSTMENT, { execute: true });
    expect(body.state).toBe('outcome_unknown');
  }
}

test('an ERP that does not answer is left alone: nothing is begun, and the request stays as it is', async () => {
  service = await TestService.start();
  // Decided before: an open circuit tries again after five seconds, however slow the machine is.
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  await breakCircuit();
  const refused = await service.execute(body.id);
  expect(refused).toMatchObject({ status: 503, body: { code: 'connector_unavailable' } });
  expect(refused.headers.get('retry-after')).toBe('5');
  const { body: now } = await service.call(`/v1/requests/${body.id}`);
  expect(now).toMatchObject({ state: 'allowed' });
  expect(now.execution).toBeUndefined();

  const ready = await service.call('/readyz', undefined, { token: null });
  expect(ready).toMatchObject({
    status: 200,
    body: { connectors: [{ id: 'mock-erp', reads: 'closed', writes: 'open' }] },
  });
  const metrics = await service.call('/metrics', undefined, { token: null });
  expect(metrics.body).toMatch(/circuit_open\{connector="mock-erp",circuit="writes"\} 1/);

  expect(await service.records('payments')).toHaveLength(0);

  await service.restart();
  await until(async () => {
    const [health] = (await service.call('/readyz', undefined, { token: null })).body.connectors;
    return health.writes === 'open';
  });

  await fetch(`${service.erpUrl}/faults`, { method: 'DELETE' });
  await until(async () => (await service.execute(body.id)).status === 200);
  expect((await service.call(`/v1/requests/${body.id}`)).body.state).toBe('executed');
});

test('more executions than there are places wait for one; none is lost or doubled', async () => {
  const folder = bundleFolder({
    edit: {
      'connectors/mock-erp.yaml': (text) => text.replace(/concurrency: \d+/, 'concurrency: 2'),
    },
  });
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: folder });
  await service.fault('delay', 40, 20);
  const answers: Answer[] = await Promise.all(
    Array.from({ length: 40 }, () =>
      service.tool('inventory.adjust', ADJUSTMENT, { execute: true }),
    ),
  );
  expect(answers.map(({ body }) => body.state)).toEqual(Array(40).fill('executed'));
  expect(await service.records('movements')).toHaveLength(40);
});

async function until(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 100_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen within 100 seconds');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
