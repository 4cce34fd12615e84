import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { TestService, type Body } from '../harness';
import { SHIPPED, stricterStock } from './bundles';

const CHANGE = { sku: 'SKU-1001', quantity: 5, warehouse_id: 'WH-01' };
const BLOCKED = {
  state: 'blocked',
  decision: { effect: 'block', reasons: [{ ruleId: 'no-valid-policy' }], policyVersion: 'none' },
};

let service: TestService;
afterEach(() => service.stop());

/** The active bundle no longer fits its version, as after a restored backup or an intruder. */
function breakActive(): void {
  const db = new Database(join(service.dataDir, 'execution-layer.sqlite'));
  const { changes } = db
    .prepare("UPDATE bundles SET files = replace(files, 'arguments.quantity > 500', 'false')")
    .run();
  db.close();
  expect(changes).toBe(1);
}

async function expectEverythingBlocked(): Promise<void> {
  expect((await service.tool('inventory.adjust', CHANGE)).body).toMatchObject(BLOCKED);
  const text = await service.propose('Increase inventory for item SKU-1001 by 5 units in WH-01');
  expect(text).toMatchObject({ status: 201, body: { state: 'extracted' } });
  const validated = await service.call(`/v1/requests/${text.body.id}/validate`, {});
  expect(validated.body).toMatchObject(BLOCKED);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/^execution_layer_policy_valid 0$/m);
  expect((await service.call('/v1/policies')).body.problem).toEqual(expect.any(String));
  const as = await service.person('owner@example.com');
  for (const page of ['/inbox', '/requests', '/policies', '/controls']) {
    expect((await as(page)).body).toContain('Everything is blocked');
  }
}

async function expectWorking(): Promise<void> {
  expect((await service.tool('inventory.adjust', CHANGE)).body.state).toBe('allowed');
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/^execution_layer_policy_valid 1$/m);
  const as = await service.person('owner@example.com');
  expect((await as('/inbox')).body).not.toContain('Everything is blocked');
}

test('an active bundle that cannot be used blocks everything until another one is activated', async () => {
  service = await TestService.start();
  const allowed: Body = (await service.tool('inventory.adjust', CHANGE)).body;
  const validated: Body = (
    await service.propose('Increase inventory for item SKU-1001 by 5 units in WH-01')
  ).body;
  await service.call(`/v1/requests/${validated.id}/validate`, {});
  breakActive();
  await service.restart();
  await expectEverythingBlocked();

  expect((await service.call(`/v1/requests/${validated.id}/decide`, {})).body).toMatchObject(
    BLOCKED,
  );
  expect(await service.execute(allowed.id)).toMatchObject({
    status: 503,
    body: { code: 'policy_unavailable' },
  });
  expect((await service.call(`/v1/requests/${allowed.id}`)).body.state).toBe('allowed');
  expect(await service.records('movements')).toHaveLength(0);

  // The broken one is not let in again either.
  const { version } = (await service.call('/v1/policies')).body.active;
  expect(await service.call(`/v1/policies/${version}/activate`, { reason: 'again' })).toMatchObject(
    {
      status: 422,
    },
  );
  const { body } = await service.call('/v1/policies', { files: stricterStock(501) });
  expect(
    await service.call(`/v1/policies/${body.version}/activate`, { reason: 'repair' }),
  ).toMatchObject({ status: 200, body: { changed: true } });
  await expectWorking();
  expect((await service.execute(allowed.id)).body.state).toBe('executed');
});

test('a bundle that fails its tests on the first start is not activated; the service runs and blocks', async () => {
  service = await TestService.start();
  const folder = service.bundleWith((rules) =>
    rules.replace('decimal("10000")', 'decimal("20000")'),
  );
  const tests = SHIPPED.filter(({ path }) => path.startsWith('tests/'));
  mkdirSync(join(folder, 'tests'), { recursive: true });
  for (const { path, text } of tests) writeFileSync(join(folder, path), text);
  // As on a fresh machine: only the people and tokens stay.
  const db = new Database(join(service.dataDir, 'execution-layer.sqlite'));
  db.exec(
    'DELETE FROM activations; DELETE FROM bundles; UPDATE settings_revision SET revision = 0',
  );
  db.close();
  await service.restart({ EXECUTION_LAYER_BUNDLE_DIR: folder });
  expect(service.service.policyNote).toMatch(/^EVERYTHING IS BLOCKED.*the test case/s);
  await expectEverythingBlocked();
  expect((await service.call('/v1/policies')).body).toMatchObject({ bundles: [], activations: [] });

  rmSync(join(folder, 'tests'), { recursive: true });
  await service.restart({ EXECUTION_LAYER_BUNDLE_DIR: folder });
  expect(service.service.policyNote).toBeUndefined();
  await expectWorking();
});

test('a restart keeps the active bundle; a folder that differs is only told', async () => {
  service = await TestService.start();
  const folder = service.bundleWith((rules) => rules.replace('quantity > 500', 'quantity > 4'));
  const before = (await service.call('/v1/policies')).body.active;
  await service.restart({ EXECUTION_LAYER_BUNDLE_DIR: folder });
  expect((await service.call('/v1/policies')).body.active).toEqual(before);
  expect(service.service.policyNote).toContain(folder);
  expect(service.service.policyNote).toContain('not the active policy');
  await expectWorking();

  const version = await service.activate(folder);
  await service.restart();
  expect((await service.call('/v1/policies')).body.active.version).toBe(version);
  expect((await service.tool('inventory.adjust', CHANGE)).body.state).toBe('awaiting_approval');
});
