import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Answers of many shapes and versions; a wrong path is undefined, and `expectState` tells. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Body = any;

/** The same in every fixture, so that tests can sign in. */
export const PASSWORD = 'a password for the fixture';

/** One version of the service with a mock ERP, driven through its public doors alone. */
export class Installation {
  readonly dataDir: string;
  erpUrl = '';
  private url = '';
  private token = '';
  private keys = 0;
  private readonly children = new Map<string, ChildProcess>();
  private readonly sessions = new Map<string, Record<string, string>>();

  constructor(
    private readonly checkout: string,
    private readonly work: string,
  ) {
    this.dataDir = join(work, 'data');
  }

  /** Runs one command. @returns its standard output @throws Error when it fails */
  cli(args: string[], input = ''): string {
    const run = spawnSync(process.execPath, [this.bin(), ...args], {
      env: this.settings({}),
      input,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`${args.join(' ')}: ${run.stderr}${run.stdout}`);
    return run.stdout.trim();
  }

  /** A folder with the bundle of this fixture over the shipped one. */
  bundle(): string {
    const folder = join(this.work, 'bundle');
    for (const part of ['catalogue', 'policies', 'connectors']) {
      cpSync(join(this.checkout, 'policy-service', part), join(folder, part), { recursive: true });
    }
    cpSync(join(__dirname, 'bundle'), folder, { recursive: true });
    return folder;
  }

  async startErp(): Promise<void> {
    this.erpUrl = await this.start('mock-erp', {});
  }

  async startService(settings: Record<string, string> = {}): Promise<void> {
    this.url = await this.start('serve', settings);
  }

  useToken(token: string): void {
    this.token = token;
  }

  /** As if the power went. */
  kill(name: 'serve' | 'mock-erp'): Promise<void> {
    return this.end(name, 'SIGKILL');
  }

  /** Gives an action of the bundle its next version. */
  reversion(bundle: string, action: string): void {
    const file = join(bundle, 'catalogue', `${action}.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^version: 1$/m, 'version: 2'));
  }

  async stop(): Promise<void> {
    for (const name of [...this.children.keys()]) await this.end(name, 'SIGTERM');
  }

  /** A call by the token with a key of its own. @throws Error for a status of 400 and above */
  async call(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Body> {
    this.keys += 1;
    return this.fetch(path, body, {
      authorization: `Bearer ${this.token}`,
      'idempotency-key': `fixture-${this.keys}`,
      ...headers,
    });
  }

  /** A call by a person, who signs in when needed. */
  async as(email: string, path: string, body?: unknown): Promise<Body> {
    const known = this.sessions.get(email);
    if (known) return this.fetch(path, body, known);
    const response = await fetch(`${this.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    const { csrfToken } = (await response.json()) as Body;
    const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0]);
    this.sessions.set(email, { cookie: cookie.join('; '), 'x-csrf-token': csrfToken });
    return this.as(email, path, body);
  }

  /** A call to the mock ERP itself. */
  async erp(path: string, body: unknown): Promise<void> {
    await fetch(`${this.erpUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  private async fetch(path: string, body: unknown, headers: object): Promise<Body> {
    const response = await fetch(`${this.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = (await response.json()) as Body;
    if (response.status >= 400) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  private bin(): string {
    return join(this.checkout, 'policy-service', 'bin', 'execution-layer.js');
  }

  private settings(more: Record<string, string>): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      EXECUTION_LAYER_DATA_DIR: this.dataDir,
      EXECUTION_LAYER_BUNDLE_DIR: join(this.work, 'bundle'),
      EXECUTION_LAYER_MOCK_ERP_URL: this.erpUrl || 'http://127.0.0.1:4320',
      EXECUTION_LAYER_MOCK_ERP_PORT: '0',
      EXECUTION_LAYER_PORT: '0',
      ...more,
    };
  }

  private async start(command: string, more: Record<string, string>): Promise<string> {
    mkdirSync(this.dataDir, { recursive: true });
    // The mock ERP's database is no part of the fixture.
    const settings =
      command === 'mock-erp' ? { EXECUTION_LAYER_DATA_DIR: join(this.work, 'erp') } : more;
    const child = spawn(process.execPath, [this.bin(), command], {
      env: this.settings(settings),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.set(command, child);
    let said = '';
    return new Promise((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-2_000);
        const url = /listens on (http:\S+)/.exec(said)?.[1];
        if (url) resolve(url);
      });
      child.once('exit', () => reject(new Error(`${command} ended before it listened: ${said}`)));
    });
  }

  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.children.get(name);
    this.children.delete(name);
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}
