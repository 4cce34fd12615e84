import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN, cli } from './processes';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-closed-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a command whose output goes nowhere: its reader is gone at once, or the disk is full. */
function unread(args: string[], settings: Record<string, string>, output: 'closed' | 'full') {
  const full = openSync('/dev/full', 'w');
  const stdio = output === 'full' ? full : 'pipe';
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env['PATH'], EXECUTION_LAYER_DATA_DIR: dataDir, ...settings },
    stdio: ['ignore', stdio, stdio],
  });
  closeSync(full);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { child, ended: once(child, 'exit') };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

test.each([
  ['serve', 'closed', 'EXECUTION_LAYER_PORT', '/v1/catalogue'],
  ['serve', 'full', 'EXECUTION_LAYER_PORT', '/v1/catalogue'],
  ['mock-erp', 'closed', 'EXECUTION_LAYER_MOCK_ERP_PORT', '/records/payments'],
] as const)('%s goes on without its output (%s)', async (command, output, setting, path) => {
  const port = await freePort();
  const settings = { [setting]: String(port), EXECUTION_LAYER_LOG_LEVEL: 'trace' };
  const { child, ended } = unread([command], settings, output);
  const url = `http://127.0.0.1:${port}${path}`;
  const end = Date.now() + 60_000;
  while (!(await answers(url))) {
    if (Date.now() > end || child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // Each call is logged, too.
  for (let call = 0; call < 5; call += 1) await answers(url);
  expect(await answers(url)).toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toEqual([output === 'full' ? 1 : 0, null]);
});

test('a command whose output nobody reads to the end stops without a stack trace', async () => {
  cli(['token', 'create', '--name', 'n8n', '--scopes', 'requests:read'], {
    EXECUTION_LAYER_DATA_DIR: dataDir,
  });
  for (const args of [
    ['audit', 'export'],
    ['token', 'list'],
    ['policy', 'list', '--json'],
  ]) {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env['PATH'], EXECUTION_LAYER_DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' });
  }
});
