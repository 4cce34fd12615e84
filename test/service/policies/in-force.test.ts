import { activateBundle } from '../../../policy-service/src/application/policies/activate-bundle';
import { storeBundle } from '../../../policy-service/src/application/policies/store-bundle';
import { composeService, type Service } from '../../../policy-service/src/compose';
import { readConfig } from '../../../policy-service/src/config';
import { TestService, type Body } from '../harness';
import { stricterStock, withoutCases, shippedWith } from './bundles';

const CHANGE = { sku: 'SKU-1001', quantity: 100, warehouse_id: 'WH-01' };
const CLIENTS = 6;
const TURNS = 8;

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(() => service.stop());

async function stored(files: ReturnType<typeof stricterStock>): Promise<string> {
  return (await service.call('/v1/policies', { files })).body.version;
}
const activate = (version: string): Promise<Body> =>
  service.call(`/v1/policies/${version}/activate`, { reason: 'test' });

test('activating while calls stream in drops none, and each decision is by the rules it names', async () => {
  const effects: Record<string, string> = {
    [await stored(stricterStock(500 + 1))]: 'allow',
    [await stored(stricterStock(50))]: 'require_approval',
  };
  const versions = Object.keys(effects);
  await activate(versions[0] ?? '');
  let inForce = versions[0];
  let over = false;
  const seen = new Set<string>();
  const client = async (): Promise<void> => {
    while (!over) {
      const settled = inForce;
      const answer = await service.tool('inventory.adjust', CHANGE);
      expect(answer.status).toBe(200);
      const { effect, policyVersion } = answer.body.decision;
      expect(effect).toBe(effects[policyVersion]);
      // Nothing was activated during this call, so the one in force took the decision.
      if (settled !== undefined && settled === inForce) expect(policyVersion).toBe(settled);
      seen.add(policyVersion);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  for (let turn = 1; turn <= TURNS; turn += 1) {
    const next = versions[turn % 2] ?? '';
    await service.tool('inventory.adjust', CHANGE);
    inForce = undefined;
    expect((await activate(next)).status).toBe(200);
    inForce = next;
    await service.tool('inventory.adjust', CHANGE);
  }
  over = true;
  await Promise.all(clients);
  expect([...seen].sort()).toEqual([...versions].sort());
});

describe('a second process on the same data', () => {
  let other: Service;
  beforeEach(async () => {
    const settings = {
      EXECUTION_LAYER_DATA_DIR: service.dataDir,
      EXECUTION_LAYER_MOCK_ERP_URL: service.erpUrl,
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
    };
    other = await composeService(readConfig(settings), settings);
  });
  afterEach(() => other.close());

  test('a stricter policy that is durable wins over an execution that knows only the old one', async () => {
    const allowed = await service.tool('inventory.adjust', CHANGE);
    expect(allowed.body.state).toBe('allowed');
    const { version } = await activateElsewhere();
    // No background work runs here: this process has not been told.
    expect(service.service.deps.bundle().version).not.toBe(version);
    const refused = await service.execute(allowed.body.id);
    expect(refused).toMatchObject({ status: 409, body: { state: 'awaiting_approval' } });
    expect(await service.records('movements')).toHaveLength(0);
    expect(
      (await service.call(`/v1/requests/${allowed.body.id}`)).body.decision.policyVersion,
    ).toBe(version);
  });

  test('follows without being asked', async () => {
    service.background();
    const { version } = await activateElsewhere();
    const giveUp = Date.now() + 100_000;
    while (service.service.deps.bundle().version !== version) {
      if (Date.now() > giveUp) throw new Error('the other process never followed');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const decided = await service.tool('inventory.adjust', CHANGE);
    expect(decided.body.decision).toMatchObject({
      effect: 'require_approval',
      policyVersion: version,
    });
  });

  async function activateElsewhere(): Promise<{ version: string }> {
    const { deps } = other;
    const by = { actor: { kind: 'cli' as const, id: 'command-line' }, name: 'ops@example.com' };
    const { version } = await storeBundle(deps, by, stricterStock(50), 'test');
    return activateBundle(deps, by, version, 'from elsewhere');
  }
});

test('a bundle whose connector lacks a setting of this process is refused with a sentence', async () => {
  const files = withoutCases(
    shippedWith(/baseUrl: .*/, 'baseUrl: ${EXECUTION_LAYER_TEST_ERP}', 'connectors/mock-erp.yaml'),
  );
  const before = (await service.call('/v1/policies')).body.active.version;
  const version = await stored(files);
  expect(await activate(version)).toMatchObject({
    status: 422,
    body: {
      code: 'bundle_invalid',
      errors: [{ message: expect.stringContaining('EXECUTION_LAYER_TEST_ERP') }],
    },
  });
  expect((await service.call('/v1/policies')).body.active.version).toBe(before);
});

test('calls that outlive the lease refuse the activation', async () => {
  const files = withoutCases(
    shippedWith(/totalMs: 20000/, 'totalMs: 300000', 'connectors/mock-erp.yaml'),
  );
  const version = await stored(files);
  expect(await activate(version)).toMatchObject({
    status: 422,
    body: { errors: [{ message: expect.stringContaining('EXECUTION_LAYER_LEASE_SECONDS') }] },
  });
});
