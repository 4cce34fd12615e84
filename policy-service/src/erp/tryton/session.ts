import { livedBy, type Clock } from '../../application/ports';
import { judgeStatus, type JsonAnswer, type JsonTransport } from '../documents/json-transport';
import type { RpcAnswer, RpcOptions } from '../documents/rpc';

export interface Credentials {
  database: string;
  login: string;
  password: string;
}

type SignedIn = { header: string } | { failed: RpcAnswer };

/** Tryton answers each failed sign-in later than the one before, and in the end only 429. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The session of one login. One sign-in is under way at a time, and after a failed one there is a
 * growing pause, in which calls are answered at once as not taken up.
 */
export class TrytonSession {
  private header: string | undefined;
  private underWay: Promise<SignedIn> | undefined;
  private failures = 0;
  private failure: Exclude<RpcAnswer, { outcome: 'done' }> | undefined;
  private notBefore = 0;

  constructor(
    private readonly transport: JsonTransport,
    private readonly credentials: Credentials,
    private readonly clock: Clock,
  ) {}

  /** The header that authenticates a call. */
  async authorization(options: RpcOptions): Promise<SignedIn> {
    if (this.header !== undefined) return { header: this.header };
    this.underWay ??= this.signIn(options).finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  /** The server no longer knows the session of this header. */
  forget(header: string): void {
    if (this.header === header) this.header = undefined;
  }

  private async signIn(options: RpcOptions): Promise<SignedIn> {
    const wait = this.notBefore - livedBy(this.clock).getTime();
    if (wait > 0 && this.failure) return { failed: { ...this.failure, retryAfterMs: wait } };
    const { database, login, password } = this.credentials;
    const answer = await this.transport.post(
      {
        target: `/${encodeURIComponent(database)}/`,
        headers: {},
        body: { id: 0, method: 'common.db.login', params: [login, { password }, 'en'] },
        writes: false,
      },
      // A sign-in is shared by several calls, so none of them may abort it.
      { ...options, signal: undefined },
    );
    if ('absent' in answer) {
      // Signing in writes nothing: whatever became of it, it was only not achieved.
      return { failed: { outcome: 'transient', message: messageOf(answer.absent) } };
    }
    const session = sessionOf(answer.json);
    if (answer.status === 200 && session) {
      this.failures = 0;
      const [userId, key] = session;
      this.transport.secrets.renew('tryton session', key);
      this.header = `Session ${Buffer.from(`${login}:${userId}:${key}`).toString('base64')}`;
      this.transport.secrets.renew('tryton header', this.header.slice('Session '.length));
      return { header: this.header };
    }
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
    this.notBefore = livedBy(this.clock).getTime() + Math.max(pause, answer.retryAfterMs ?? 0);
    this.failure = failureOf(answer);
    return { failed: this.failure };
  }
}

/** A wrong password stays wrong; whatever else it was, nothing was written. */
function failureOf(answer: JsonAnswer): Exclude<RpcAnswer, { outcome: 'done' }> {
  if (answer.status === 401 || answer.status === 200) {
    const message = 'Tryton does not accept the login and its password. Check both.';
    return { outcome: 'caller_error', message };
  }
  const judged = judgeStatus(answer);
  const outcome = judged.outcome === 'caller_error' ? 'caller_error' : 'transient';
  return { outcome, message: messageOf(judged) };
}

function messageOf(answer: RpcAnswer): string {
  return answer.outcome === 'done' ? '' : answer.message;
}

function sessionOf(json: unknown): [number, string] | undefined {
  const result = (json as { result?: unknown } | undefined)?.result;
  if (!Array.isArray(result)) return undefined;
  const [userId, key] = result as unknown[];
  return typeof userId === 'number' && typeof key === 'string' ? [userId, key] : undefined;
}
