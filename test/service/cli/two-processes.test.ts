import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adjust, call, cli, start, type Running } from './processes';

/** Calls that each client keeps in flight. */
const CLIENTS = 8;
/** So many are acknowledged before one of the two is killed, and again after it. */
const ENOUGH = 25;

let dataDir: string;
let erp: Running;
let services: Running[];
let settings: Record<string, string>;
let token: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-two-'));
  settings = {
    EXECUTION_LAYER_DATA_DIR: dataDir,
    EXECUTION_LAYER_LOG_LEVEL: 'silent',
    EXECUTION_LAYER_PORT: '0',
    EXECUTION_LAYER_MOCK_ERP_PORT: '0',
    EXECUTION_LAYER_LEASE_SECONDS: '25',
  };
  erp = await start(['mock-erp'], settings);
  settings['EXECUTION_LAYER_MOCK_ERP_URL'] = erp.url;
  token = cli(
    [
      'token',
      'create',
      '--name',
      'load',
      '--scopes',
      'requests:propose,requests:decide,requests:execute,requests:read,audit:read',
    ],
    settings,
  ).stdout.trim();
  services = await Promise.all([start(['serve'], settings), start(['serve'], settings)]);
});
afterAll(async () => {
  await Promise.all([...services, erp].map((one) => one.stop()));
  rmSync(dataDir, { recursive: true, force: true });
});

async function until(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 240_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen within 240 seconds');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('two services on one data directory under load, one killed: nothing lost, the log contiguous', async () => {
  const [first, second] = services as [Running, Running];
  const acknowledged: string[] = [];
  const keys: string[] = [];
  let open = true;
  const client = async (service: Running, name: string): Promise<void> => {
    for (let turn = 0; open; turn += 1) {
      const key = `${name}-${turn}`;
      keys.push(key);
      try {
        const answer = await adjust(service, token, key);
        if (answer.status === 200) acknowledged.push(answer.body.id);
      } catch {
        // The killed process: its callers know nothing, and ask the other one below.
        return;
      }
    }
  };
  const load = Promise.all(
    services.flatMap((service, index) =>
      Array.from({ length: CLIENTS }, (_, n) => client(service, `c${index}-${n}`)),
    ),
  );
  await until(async () => acknowledged.length >= ENOUGH);
  await first.stop('SIGKILL');
  const before = acknowledged.length;
  await until(async () => acknowledged.length >= before + ENOUGH);
  open = false;
  await load;

  // Everybody who heard nothing repeats with the same key at the process that is left.
  for (const key of keys) {
    const answer = await adjust(second, token, key);
    expect(answer).toMatchObject({ status: 200 });
    expect(['executed', 'executing']).toContain(answer.body.state);
  }
  // What the dead process had begun is finished by the other once its lease is over.
  await until(async () => {
    const unfinished = await call(second, token, '/v1/requests?state=executing,outcome_unknown');
    return unfinished.body.items.length === 0;
  });

  const movements = (await (await fetch(`${erp.url}/records/movements`)).json()) as {
    reason: string;
  }[];
  const reasons = movements.map(({ reason }) => reason);
  expect(reasons.sort()).toEqual([...keys].sort());
  for (const id of acknowledged) {
    expect(await call(second, token, `/v1/requests/${id}`)).toMatchObject({
      status: 200,
      body: { state: 'executed' },
    });
  }
  const verified = await call(second, token, '/v1/audit/verify');
  expect(verified.body).toMatchObject({ valid: true, problems: [] });
}, 600_000);
