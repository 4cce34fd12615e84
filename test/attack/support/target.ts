import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, start, type Running } from '../../service/cli/processes';

/** A real service and a real mock ERP, each a process of its own, on this machine only. */
export class Target {
  private keys = 0;

  private constructor(
    readonly settings: Record<string, string>,
    readonly url: string,
    readonly token: string,
    private readonly running: Running[],
  ) {}

  static async start(more: Record<string, string> = {}): Promise<Target> {
    const settings: Record<string, string> = {
      EXECUTION_LAYER_DATA_DIR: mkdtempSync(join(tmpdir(), 'execution-layer-attack-')),
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
      EXECUTION_LAYER_PORT: '0',
      EXECUTION_LAYER_MOCK_ERP_PORT: '0',
    };
    const erp = await start(['mock-erp'], settings);
    Object.assign(settings, { EXECUTION_LAYER_MOCK_ERP_URL: erp.url }, more);
    const scopes =
      'requests:propose,requests:decide,requests:execute,requests:read,policies:write,audit:read';
    const token = cli(['token', 'create', '--name', 'attack', '--scopes', scopes], settings);
    const service = await start(['serve'], settings);
    return new Target(settings, service.url, token.stdout.trim(), [service, erp]);
  }

  /** A call with the token and a key of its own. */
  async call(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        'idempotency-key': `key-${(this.keys += 1)}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? (JSON.parse(text) as unknown) : undefined };
  }

  /**
   * Asks for the service's health again and again until an attack has ended.
   * @returns what the attack gave; how often the service answered meanwhile; and the longest
   *   silence as a share of the attack's time: near 1 where the attack stopped everything
   */
  async during<T>(attack: Promise<T>): Promise<{ result: T; answers: number; silence: number }> {
    const begun = performance.now();
    let over = false;
    const ended = attack.finally(() => (over = true));
    ended.catch(() => undefined);
    let answers = 0;
    let longest = 0;
    for (let last = begun; !over;) {
      await fetch(`${this.url}/healthz`).then((response) => response.text());
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      answers += 1;
    }
    const result = await ended;
    return { result, answers, silence: longest / (performance.now() - begun) };
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((one) => one.stop()));
    rmSync(this.settings['EXECUTION_LAYER_DATA_DIR'] as string, { recursive: true, force: true });
  }
}
