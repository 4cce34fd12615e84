import type { Running } from '../../service/cli/processes';
import {
  callOver,
  Served,
  type Answer,
  type Body,
  type CallOptions,
  type NewToken,
} from '../../support/served';

/** Strong enough for the service, and the same for every person of the attacks. */
export const PASSWORD = 'correct horse battery staple 42';

/** A real service and a real ERP of its own (the mock ERP, or a hostile stand-in), as strangers meet them. */
export class Target {
  token = '';
  private keys = 0;

  private constructor(
    readonly served: Served,
    private running: Running,
    /** The mock ERP, where no stand-in serves instead. */
    readonly erpUrl: string,
  ) {}

  /** @param more settings; with EXECUTION_LAYER_MOCK_ERP_URL no mock ERP is started */
  static async start(more: Record<string, string> = {}): Promise<Target> {
    const served = new Served(more);
    const erpUrl = more['EXECUTION_LAYER_MOCK_ERP_URL'] ?? (await served.startErp()).url;
    const token = served.newToken({ name: 'attack' });
    const target = new Target(served, await served.serve(), erpUrl);
    target.token = token;
    return target;
  }

  get url(): string {
    return this.running.url;
  }

  get child(): Running['child'] {
    return this.running.child;
  }

  /** The service ends and starts again, on the same data. */
  async restart(): Promise<void> {
    await this.running.stop();
    this.running = await this.served.serve();
  }

  newToken(options: NewToken): string {
    return this.served.newToken(options);
  }

  newPerson(email: string, roles: string, more: string[] = []): void {
    const args = ['--email', email, '--name', email.split('@')[0] ?? email, '--roles', roles];
    const created = this.served.cli(
      ['person', 'create', ...args, ...more, '--password-stdin'],
      PASSWORD,
    );
    if (created.status !== 0) throw new Error(created.stderr);
  }

  /** A call with the token and a key of its own, unless told otherwise. */
  call(path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const key = `key-${(this.keys += 1)}`;
    return callOver(this.url, path, body, { token: this.token, key, ...options });
  }

  propose(requestText: string, options?: CallOptions): Promise<Answer> {
    const body = { source: 'attack', requestedBy: 'ana@example.com', requestText };
    return this.call('/v1/requests', body, options);
  }

  tool(action: string, args: object, more: object = {}, options?: CallOptions): Promise<Answer> {
    const body = { requestedBy: 'ana@example.com', arguments: args, ...more };
    return this.call(`/v1/tools/${action}`, body, options);
  }

  /** A call without a token. */
  anonymous(path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    return callOver(this.url, path, body, options);
  }

  /** Signs somebody in. @returns the headers by which their browser calls */
  async signIn(
    email: string,
    password = PASSWORD,
  ): Promise<{ cookie: string; 'x-csrf-token': string }> {
    const answer = await this.anonymous('/v1/session', { email, password });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    return { cookie, 'x-csrf-token': answer.body.csrfToken };
  }

  /** Everything of one kind that the mock ERP itself holds. */
  async records(kind: string): Promise<Body[]> {
    return (await fetch(`${this.erpUrl}/records/${kind}`)).json() as Promise<Body[]>;
  }

  /**
   * Asks for the service's health again and again until an attack has ended, and before it as
   * often as tells what is usual here now.
   * @returns what the attack gave; how often the service answered meanwhile; and whether it was
   *   ever silent for longer than a busy machine explains
   */
  async during<T>(
    attack: () => Promise<T>,
  ): Promise<{ result: T; answers: number; stalled: boolean; silence: number; idle: number }> {
    let idle = 0;
    let idleTotal = 0;
    for (let n = 0; n < IDLE_CALLS; n += 1) {
      const time = await this.answerTime();
      idle = Math.max(idle, time);
      idleTotal += time;
    }
    let over = false;
    const begun = performance.now();
    const ended = attack().finally(() => (over = true));
    ended.catch(() => undefined);
    let answers = 0;
    let silence = 0;
    do {
      silence = Math.max(silence, await this.answerTime());
      answers += 1;
    } while (!over);
    const elapsed = performance.now() - begun;
    // One long silence, or many short ones that leave next to no answers in a long time.
    const silent = silence > Math.max(LEAST_SILENCE_MS, idle * BUSIER);
    const usual = Math.max(LEAST_MEAN_MS, (idleTotal / IDLE_CALLS) * BUSIER_MEAN);
    const stalled = silent || (elapsed > LONG_MS && elapsed / answers > usual);
    return { result: await ended, answers, stalled, silence, idle };
  }

  private async answerTime(): Promise<number> {
    const begun = performance.now();
    await fetch(`${this.url}/healthz`).then((response) => response.text());
    return performance.now() - begun;
  }

  stop(): Promise<void> {
    return this.served.end('SIGTERM');
  }
}

const IDLE_CALLS = 50;
/** A service under load answers so much later than an idle one, and no attack of seconds hides in it. */
const BUSIER = 40;
/** An idle answer takes a millisecond, and its multiple is nothing yet. */
const LEAST_SILENCE_MS = 3_000;
/** In an attack as long as this the mean says something too. */
const LONG_MS = 2_000;
const LEAST_MEAN_MS = 100;
const BUSIER_MEAN = 20;
