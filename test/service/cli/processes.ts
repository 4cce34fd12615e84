import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Body } from '../harness';

export const BIN = resolve(__dirname, '../../../policy-service/bin/execution-layer.js');

/** Calls a service with a token; a call with a body is a POST. */
export async function call(
  { url }: { url: string },
  token: string,
  path: string,
  body?: unknown,
  key = '',
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Proposes and executes a change of stock whose reason is the key. */
export function adjust(
  service: { url: string },
  token: string,
  key: string,
): Promise<{ status: number; body: Body }> {
  const body = {
    requestedBy: 'ana',
    execute: true,
    arguments: { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01', reason: key },
  };
  return call(service, token, '/v1/tools/inventory.adjust', body, key);
}

/** Runs one command to its end. */
export function cli(
  args: string[],
  settings: Record<string, string>,
  input?: string,
): { status: number | null; stdout: string; stderr: string } {
  const run = spawnSync(process.execPath, [BIN, ...args], {
    env: { PATH: process.env['PATH'], ...settings },
    input: input ?? '',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** As `cli`, while this process goes on. */
export async function spawnCli(
  args: string[],
  settings: Record<string, string>,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

export interface Running {
  child: ChildProcess;
  /** Text of the first line that matched. */
  url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a long-running command and waits until it says where it listens.
 * @param wrapper command line that the command is appended to, for example strace
 */
export async function start(
  args: string[],
  settings: Record<string, string>,
  wrapper: string[] = [],
): Promise<Running> {
  const command = [...wrapper, process.execPath, BIN, ...args];
  const child = spawn(command[0] as string, command.slice(1), {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolvePromise, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /listens on (http:\S+)/.exec(output)?.[1];
      if (found) resolvePromise(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) =>
      reject(new Error(`${args.join(' ')} ended with ${code}: ${output}`)),
    );
  });
  return {
    child,
    url,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((done) => child.once('exit', done));
      child.kill(signal);
      await ended;
    },
  };
}
