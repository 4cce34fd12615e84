import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  startMockErp,
  type MockErp,
  type MockErpOptions,
} from '../../../policy-service/src/mock-erp/server';

/** A record, a document or an error of the mock ERP; only what its kind has is there. */
export interface ErpJson {
  number: string;
  error: { code: string; message: string };
  [member: string]: unknown;
}

export interface ErpReply {
  status: number;
  headers: Headers;
  body: ErpJson;
}

/** A mock ERP on a free port with a data directory of its own, spoken to over HTTP. */
export class TestErp {
  private constructor(
    readonly dataDir: string,
    private erp: MockErp,
    private readonly options: Partial<MockErpOptions>,
  ) {}

  static async start(options: Partial<MockErpOptions> = {}): Promise<TestErp> {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mock-erp-'));
    return new TestErp(dataDir, await startMockErp({ port: 0, ...options, dataDir }), options);
  }

  get url(): string {
    return this.erp.url;
  }

  async restart(): Promise<void> {
    await this.erp.close();
    this.erp = await startMockErp({ port: 0, ...this.options, dataDir: this.dataDir });
  }

  async stop(): Promise<void> {
    await this.erp.close();
    fs.rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Resolves when a write has taken the last fault: a delayed one is then under way. */
  async tookAllFaults(): Promise<void> {
    const giveUpAt = Date.now() + 60_000;
    while (((await this.call('GET', '/faults')).body as unknown as unknown[]).length > 0) {
      if (Date.now() > giveUpAt) throw new Error('no write took the fault within 60 seconds');
    }
  }

  async call(method: string, target: string, body?: unknown, key?: string): Promise<ErpReply> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (key !== undefined) headers['idempotency-key'] = key;
    const response = await fetch(this.url + target, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  async records(kind: string): Promise<ErpJson[]> {
    const response = await fetch(`${this.url}/records/${kind}`);
    return (await response.json()) as ErpJson[];
  }

  async fault(kind: string, count = 1, delayMs?: number): Promise<void> {
    const reply = await this.call('POST', '/faults', { kind, count, delayMs });
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
  }
}
