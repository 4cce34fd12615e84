import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../policy-service/src/cli/main';
import { answers, ScriptedServer, type ReceivedCall } from '../http-connector/harness';
import { TestService } from '../harness';

const DOCUMENT = join(__dirname, '../../fixtures/openapi/fastapi-orders.json');
const CREATE = 'create_order_orders_post';

let desk: ScriptedServer;
let folder: string;
let test: TestService;
beforeAll(async () => {
  desk = await ScriptedServer.start();
  folder = mkdtempSync(join(tmpdir(), 'governed-'));
});
afterAll(async () => {
  await test?.stop();
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command of the command line and gives what it printed. */
async function run(...args: string[]): Promise<string> {
  let printed = '';
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    await main(['node', 'execution-layer', ...args]);
  } finally {
    out.mockRestore();
  }
  return printed;
}

const raise = (file: string, from: string, to: string): void => {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
};

it('a FastAPI system is governed: imported, checked, raised, approved, written once', async () => {
  const listed = await run('catalogue', 'import', DOCUMENT, '--list');
  expect(listed).toMatch(
    new RegExp(`^${CREATE} +POST +/orders +write +medium +C +Create Order$`, 'm'),
  );

  const told = await run(
    'catalogue',
    'import',
    DOCUMENT,
    '--operation',
    CREATE,
    '--out',
    folder,
    '--base-url',
    desk.url,
  );
  expect(told).toMatch(
    /Imported 1 operation\..*connectors\/order-desk\.yaml.*Set before the start: ORDER_DESK_TOKEN/s,
  );
  expect(readFileSync(join(folder, 'connectors/order-desk.yaml'), 'utf8')).toContain('/health');
  expect(await run('policy', 'check', folder)).toMatch(/valid: 1 actions/);

  raise(`catalogue/order-desk.${CREATE}.yaml`, 'stage: recommend', 'stage: approve');
  raise('tests/order-desk.yaml', 'effect: recommend', 'effect: require_approval');
  test = await TestService.start({
    EXECUTION_LAYER_BUNDLE_DIR: folder,
    ORDER_DESK_TOKEN: 'canary-token',
    EXECUTION_LAYER_CONNECTOR_VARIABLES: 'order-desk:ORDER_DESK_URL,ORDER_DESK_TOKEN',
  });
  await test.newPerson('reviewer@example.com', ['reviewer', 'operations']);

  const order = {
    x_desk: 'north',
    customer: 'Ann',
    items: [{ sku: 'A', quantity: 2, price: 1.5 }],
  };
  const { body: refused } = await test.tool(`order-desk.${CREATE}`, { ...order, admin: true });
  expect(refused.state).toBe('invalid');
  const { body: waiting } = await test.tool(`order-desk.${CREATE}`, order);
  expect(waiting).toMatchObject({ state: 'awaiting_approval' });
  desk.script(answers(201, { orderId: 'ORD-000001', state: 'new' }));
  expect((await test.execute(waiting.id)).status).toBe(409);
  expect(desk.received).toEqual([]);

  expect((await test.vote('reviewer@example.com', waiting.approval.id, 'approve')).status).toBe(
    200,
  );
  const { body: executed } = await test.execute(waiting.id);
  expect(executed).toMatchObject({
    state: 'executed',
    execution: { erpReference: 'ORD-000001', result: { order_id: 'ORD-000001', state: 'new' } },
  });
  const again = await test.execute(waiting.id);
  expect(again.body.state).toBe('executed');
  const writes = desk.received.filter(({ method }: ReceivedCall) => method === 'POST');
  expect(writes).toHaveLength(1);
  expect(writes[0]).toMatchObject({
    url: '/orders',
    headers: { authorization: 'Bearer canary-token', 'x-desk': 'north' },
  });
  expect(JSON.parse(writes[0]!.body)).toEqual({ customer: 'Ann', items: order.items });
  expect(JSON.stringify(await test.timeline(waiting.id))).not.toContain('canary-token');
});

it('a document that cannot be used is one sentence on stderr', async () => {
  let told = '';
  const err = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
  try {
    await main(['node', 'execution-layer', 'catalogue', 'import', '/nowhere/openapi.json']);
    expect(process.exitCode).toBe(1);
  } finally {
    err.mockRestore();
    process.exitCode = 0;
  }
  expect(told).toBe(
    'execution-layer: /nowhere/openapi.json cannot be read (ENOENT). Give a file or a URL.\n',
  );
});
