import { randomBytes, scryptSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBackground } from '../../policy-service/src/application/background';
import {
  issueToken,
  type NewToken,
} from '../../policy-service/src/application/identity/manage-identities';
import { readBundleFolder } from '../../policy-service/src/bundle/read-folder';
import { composeService, type Service } from '../../policy-service/src/compose';
import { createBackup, restoreBackup } from '../../policy-service/src/compose-backup';
import { readConfig, type Config } from '../../policy-service/src/config';
import { SCOPES } from '../../policy-service/src/domain/identity/identity';
import type { ClockReading } from '../../policy-service/src/domain/service-time';
import type { GovernedRequest } from '../../policy-service/src/domain/request/request';
import { ServiceClock } from '../../policy-service/src/system/service-clock';
import { startMockErp } from '../../policy-service/src/mock-erp/server';

/** Strong enough for the service, and the same for every test person. */
export const PASSWORD = 'a password for tests';

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
  token?: string | null;
  key?: string | null;
  headers?: Record<string, string>;
  /** Sent as it is. */
  raw?: string | Buffer;
}

/** A real service with a real database and a real mock ERP, all in this process. */
export class TestService {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-test-'));
  url = '';
  erpUrl = '';
  token = '';
  service!: Service;
  private keys = 0;
  private machine?: () => ClockReading;
  private readonly sessions = new Map<string, Promise<{ cookie: string; csrf: string }>>();
  private server!: Server;
  private closeErp!: () => Promise<void>;
  private stopBackground: () => Promise<void> = async () => undefined;

  /** @param machine the clocks of the machine; default: the real ones */
  static async start(
    env: NodeJS.ProcessEnv = {},
    machine?: () => ClockReading,
  ): Promise<TestService> {
    const test = new TestService();
    test.machine = machine;
    const erp = await startMockErp({ dataDir: join(test.dataDir, 'mock-erp'), port: 0 });
    test.erpUrl = erp.url;
    test.closeErp = () => erp.close();
    await test.listen(env);
    await test.newPerson('owner@example.com', ['finance_approver'], ['The Owner']);
    test.token = await test.newToken();
    return test;
  }

  /** A service on a copy of a data directory that an earlier version wrote; nothing is added to it. */
  static async on(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<TestService> {
    const test = new TestService();
    cpSync(dataDir, test.dataDir, { recursive: true });
    const erp = await startMockErp({ dataDir: join(test.dataDir, 'mock-erp'), port: 0 });
    test.erpUrl = erp.url;
    test.closeErp = () => erp.close();
    await test.listen(env);
    return test;
  }

  private async listen(env: NodeJS.ProcessEnv): Promise<void> {
    this.server = createServer();
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const settings = {
      EXECUTION_LAYER_DATA_DIR: this.dataDir,
      EXECUTION_LAYER_PUBLIC_URL: this.url,
      EXECUTION_LAYER_MOCK_ERP_URL: this.erpUrl,
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
      ...env,
    };
    const clock = new ServiceClock(this.machine);
    this.service = await composeService(readConfig(settings), settings, { clock });
    this.server.on('request', this.service.app);
  }

  /** Runs expiry, recovery and callbacks as `serve` does. */
  background(): void {
    this.stopBackground = startBackground(this.service.deps);
  }

  newToken(options: Partial<NewToken> = {}): Promise<string> {
    return issueToken(this.service.deps, {
      name: 'test',
      scopes: [...SCOPES],
      owner: 'owner@example.com',
      actions: null,
      actsFor: 'claims',
      ...options,
    });
  }

  async newPerson(email: string, roles: string[], aliases: string[] = []): Promise<void> {
    await this.service.deps.store.commit({
      people: [
        {
          email,
          name: email.split('@')[0] ?? email,
          roles,
          aliases,
          passwordHash: cheapHash(PASSWORD),
          createdAt: new Date().toISOString(),
        },
      ],
    });
  }

  /** A call with the test's token and a fresh Idempotency-Key unless told otherwise. */
  async call(path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const method =
      options.method ?? (body === undefined && options.raw === undefined ? 'GET' : 'POST');
    const headers: Record<string, string> = { ...options.headers };
    if (options.token !== null) headers['authorization'] = `Bearer ${options.token ?? this.token}`;
    if (method === 'POST' && options.key !== null) {
      headers['idempotency-key'] = options.key ?? `key-${(this.keys += 1)}`;
    }
    const content = options.raw ?? (body === undefined ? undefined : JSON.stringify(body));
    if (content !== undefined) headers['content-type'] ??= 'application/json';
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      body: content as BodyInit,
      redirect: 'manual',
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: json && text ? JSON.parse(text) : text,
    };
  }

  propose(requestText: string, requestedBy = 'ana@example.com'): Promise<Answer> {
    return this.call('/v1/requests', { source: 'test', requestedBy, requestText });
  }

  tool(action: string, args: unknown, more: object = {}): Promise<Answer> {
    return this.call(`/v1/tools/${action}`, {
      requestedBy: 'ana@example.com',
      arguments: args,
      ...more,
    });
  }

  execute(id: string, options: CallOptions = {}): Promise<Answer> {
    return this.call(`/v1/requests/${id}/execute`, {}, options);
  }

  /** Signs a person in and calls as them. */
  async person(
    email: string,
    password = PASSWORD,
  ): Promise<(path: string, body?: unknown, options?: CallOptions) => Promise<Answer>> {
    const session = this.sessions.get(email) ?? this.signIn(email, password);
    this.sessions.set(email, session);
    const { cookie, csrf } = await session;
    return (path, body, options = {}) =>
      this.call(path, body, {
        token: null,
        key: null,
        ...options,
        headers: { cookie, 'x-csrf-token': csrf, ...options.headers },
      });
  }

  private async signIn(email: string, password: string): Promise<{ cookie: string; csrf: string }> {
    const answer = await this.call('/v1/session', { email, password }, { token: null, key: null });
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return { cookie, csrf: answer.body.csrfToken };
  }

  /** One approval as a signed-in person of finance sees it. */
  async approval(id: string): Promise<Body> {
    const as = await this.person('owner@example.com');
    return (await as(`/v1/approvals/${id}`)).body;
  }

  async vote(
    email: string,
    approvalId: string,
    vote: 'approve' | 'reject',
    digest?: string,
  ): Promise<Answer> {
    const as = await this.person(email);
    const approval = await as(`/v1/approvals/${approvalId}`);
    return as(`/v1/approvals/${approvalId}/votes`, {
      vote,
      digest: digest ?? approval.body.digest,
    });
  }

  async timeline(id: string): Promise<Answer['body'][]> {
    return (await this.call(`/v1/requests/${id}/timeline`)).body.items;
  }

  /** Everything of one kind that the ERP itself holds. */
  async records(kind: string): Promise<Answer['body'][]> {
    return (await fetch(`${this.erpUrl}/records/${kind}`)).json() as Promise<Answer['body'][]>;
  }

  async fault(kind: string, count = 1, delayMs?: number): Promise<void> {
    await fetch(`${this.erpUrl}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind, count, ...(delayMs ? { delayMs } : {}) }),
    });
  }

  /** Changes a record behind everybody's back, as somebody working in the ERP would. */
  async deactivateVendor(vendorId: string): Promise<void> {
    const db = new Database(join(this.dataDir, 'mock-erp', 'mock-erp.sqlite'));
    db.prepare("UPDATE vendors SET status = 'inactive' WHERE vendor_id = ?").run(vendorId);
    db.close();
  }

  /** Changes a stored request behind the service's back, as an intruder with the file would. */
  async tamper(id: string, change: (request: GovernedRequest) => void): Promise<void> {
    const db = new Database(join(this.dataDir, 'execution-layer.sqlite'));
    const { doc } = db.prepare('SELECT doc FROM requests WHERE id = ?').get(id) as { doc: string };
    const request = JSON.parse(doc) as GovernedRequest;
    change(request);
    db.prepare('UPDATE requests SET doc = ? WHERE id = ?').run(JSON.stringify(request), id);
    db.close();
  }

  /** A copy of the shipped bundle with changed rules. */
  bundleWith(change: (rules: string) => string): string {
    const folder = mkdtempSync(join(this.dataDir, 'bundle-'));
    const shipped = resolve(__dirname, '../../policy-service');
    for (const part of ['catalogue', 'policies', 'connectors']) {
      cpSync(join(shipped, part), join(folder, part), { recursive: true });
    }
    const file = join(folder, 'policies', 'shipped.yaml');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    return folder;
  }

  /** Stores the bundle of a folder and lets it decide from now on. */
  async activate(folder: string, reason = 'test'): Promise<string> {
    const stored = await this.call('/v1/policies', { files: readBundleFolder(folder) });
    expect(stored).toMatchObject({ status: 201 });
    const { version } = stored.body;
    const activated = await this.call(`/v1/policies/${version}/activate`, { reason });
    expect(activated).toMatchObject({ status: 200, body: { version } });
    return version;
  }

  /** The service stops and starts again on the same data; the ERP goes on. */
  async restart(env: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.stopService();
    await this.listen(env);
  }

  /** The commands' settings for this service's data. */
  get config(): Config {
    return readConfig({ EXECUTION_LAYER_DATA_DIR: this.dataDir });
  }

  /** As `execution-layer backup`, beside the running service. */
  async backUp(): Promise<string> {
    const file = join(this.dataDir, `backup-${(this.keys += 1)}.sqlite`);
    await createBackup(this.config, file, { withKey: false, by: 'test' });
    return file;
  }

  /** As `execution-layer restore` while the service is stopped; the ERP goes on. */
  async restoreFrom(file: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.stopService();
    await restoreBackup(this.config, file, { withKey: false, replace: true, by: 'test' });
    this.sessions.clear();
    await this.listen(env);
  }

  async stopErp(): Promise<void> {
    await this.closeErp();
  }

  async stop(): Promise<void> {
    await this.stopService();
    await this.closeErp().catch(() => undefined);
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async stopService(): Promise<void> {
    await this.stopBackground();
    this.stopBackground = async () => undefined;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.service.close();
  }
}

/** The service reads the cost from the stored hash; tests need no slow one. */
function cheapHash(password: string): string {
  const cost = { N: 1024, r: 8, p: 1 };
  const salt = randomBytes(16);
  const key = scryptSync(password, salt, 32, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join(
    '$',
  );
}
