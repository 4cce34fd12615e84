import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, start, type Running } from '../service/cli/processes';

/** Tests read answers of many shapes; a wrong path fails the assertion. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Body = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Body;
}

export interface CallOptions {
  method?: string;
  /** A service token's secret. */
  token?: string;
  key?: string;
  headers?: Record<string, string>;
  /** Sent as it is. */
  raw?: string | Buffer;
}

/** One call over HTTP: a GET without a body, else a POST. */
export async function callOver(
  url: string,
  path: string,
  body?: unknown,
  { method, token, key, headers = {}, raw }: CallOptions = {},
): Promise<Answer> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method: method ?? (content === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: content as BodyInit | undefined,
    redirect: 'manual',
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body:
      json && text && !/ndjson/.test(response.headers.get('content-type') ?? '')
        ? JSON.parse(text)
        : text,
  };
}

/** What a command of the command line is given besides its name. */
export interface NewToken {
  name?: string;
  scopes?: string;
  more?: string[];
}

/** Every scope that a service token can have. */
export const ALL_SCOPES = [
  'requests:propose',
  'requests:decide',
  'requests:execute',
  'requests:read',
  'audit:read',
  'audit:write',
  'policies:write',
  'controls:write',
].join(',');

/** A data directory of its own, and the processes on it: real ones, on this machine only. */
export class Served {
  readonly folder = mkdtempSync(join(tmpdir(), 'execution-layer-served-'));
  readonly dataDir = join(this.folder, 'data');
  readonly settings: Record<string, string>;
  private readonly running: Running[] = [];

  constructor(more: Record<string, string> = {}) {
    this.settings = {
      EXECUTION_LAYER_DATA_DIR: this.dataDir,
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
      EXECUTION_LAYER_PORT: '0',
      EXECUTION_LAYER_MOCK_ERP_PORT: '0',
      ...more,
    };
  }

  /** A mock ERP, which the services that start from now on call. */
  async startErp(): Promise<Running> {
    const erp = await this.start(['mock-erp']);
    this.settings['EXECUTION_LAYER_MOCK_ERP_URL'] = erp.url;
    return erp;
  }

  /** @param wrapper command line that the service's is appended to, for example strace */
  serve(wrapper?: string[], more: Record<string, string> = {}): Promise<Running> {
    return this.start(['serve'], wrapper, more);
  }

  cli(args: string[], input?: string): ReturnType<typeof cli> {
    return cli(args, this.settings, input);
  }

  /** @returns the token's secret */
  newToken({ name = 'test', scopes = ALL_SCOPES, more = [] }: NewToken = {}): string {
    const created = this.cli(['token', 'create', '--name', name, '--scopes', scopes, ...more]);
    if (created.status !== 0) throw new Error(created.stderr);
    return created.stdout.trim();
  }

  /** Ends what still runs, and removes the data. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await Promise.all(this.running.map((one) => one.stop(signal)));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(
    args: string[],
    wrapper?: string[],
    more: Record<string, string> = {},
  ): Promise<Running> {
    const started = await start(args, { ...this.settings, ...more }, wrapper);
    this.running.push(started);
    return started;
  }
}

/** A stock movement that policy allows, with its key as the reason. */
export function adjust({ url }: Running, token: string, key: string): Promise<Answer> {
  const body = {
    requestedBy: 'ana',
    execute: true,
    arguments: { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01', reason: key },
  };
  return callOver(url, '/v1/tools/inventory.adjust', body, { token, key });
}
