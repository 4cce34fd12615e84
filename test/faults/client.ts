import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson, sha256Hex } from '../../policy-service/src/domain/canonical-json';
import type { Json } from '../../policy-service/src/domain/request/request';
import type { Fleet } from './fleet';
import type { Acknowledged, Journal } from './journal';

/** Answers of many shapes; a wrong path is undefined, and the comparison finds it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Body = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Body;
}

/** No answer came, and it is not asked for again. */
export class GivenUp extends Error {}

export interface Call {
  path: string;
  body: object;
  key: string;
  repeat: Acknowledged['repeat'];
  /** Without an answer the call is not repeated. */
  givesUp: boolean;
}

const TIMEOUT_MS = 20_000;
const PAUSE_MS = 250;
/** Answers that say: nothing was done, send it again. */
const AGAIN = [429, 500, 502, 503];
const REPEATS = 60;

/**
 * Calls whichever service is up, and writes down what it acknowledges. A call is repeated with its
 * key until an answer comes, as a careful client does.
 */
export class Client {
  private session?: { cookie: string; 'x-csrf-token': string };

  constructor(
    private readonly fleet: Fleet,
    private readonly journal: Journal,
    private readonly token: string,
    private readonly person: { email: string; password: string },
  ) {}

  /** A command with an Idempotency-Key. @throws GivenUp */
  async command(call: Call): Promise<Answer> {
    const answer = await this.until(call.givesUp, () =>
      this.fetch(call.path, call.body, {
        authorization: `Bearer ${this.token}`,
        'idempotency-key': call.key,
      }),
    );
    if (answer.status < 300) this.journal.answer(acknowledged(call, answer));
    return answer;
  }

  /** A read by the token. @throws GivenUp */
  read(path: string): Promise<Answer> {
    return this.until(false, () =>
      this.fetch(path, undefined, { authorization: `Bearer ${this.token}` }),
    );
  }

  /** A call as the person, who signs in when needed. @throws GivenUp */
  asPerson(path: string, body?: object): Promise<Answer> {
    return this.until(false, async () => {
      this.session ??= await this.signIn();
      return this.session ? this.fetch(path, body, this.session) : undefined;
    });
  }

  private async signIn(): Promise<Client['session']> {
    const answer = await this.fetch('/v1/session', this.person, {});
    if (answer?.status !== 200) return undefined;
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    return { cookie: cookies.join('; '), 'x-csrf-token': answer.body.csrfToken };
  }

  private async until(givesUp: boolean, call: () => Promise<Answer | undefined>): Promise<Answer> {
    for (let n = 0; n < REPEATS; n += 1) {
      const answer = await call();
      const twin = answer?.body?.code === 'concurrent_request';
      if (answer && !AGAIN.includes(answer.status) && !twin) return answer;
      if (givesUp && !answer) break;
      await sleep(PAUSE_MS);
    }
    throw new GivenUp('The service gave no answer.');
  }

  /** One attempt; undefined when no whole answer came. */
  private async fetch(
    path: string,
    body: object | undefined,
    headers: Record<string, string>,
  ): Promise<Answer | undefined> {
    const url = this.fleet.anyUrl();
    if (url === undefined) {
      // Nothing is up, so nothing is sent: waiting costs no attempt worth counting.
      await sleep(PAUSE_MS);
      return { status: 503, headers: new Headers(), body: {} };
    }
    try {
      const response = await fetch(`${url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    } catch {
      return undefined;
    }
  }
}

function acknowledged({ path, key, repeat }: Call, { body }: Answer): Acknowledged {
  // A permit is shown once, so a repeat has everything but the secret.
  const shown = { ...(body as { [name: string]: Json }) };
  delete shown['permit'];
  return {
    call: `${path} ${key}`,
    repeat,
    hash: sha256Hex(canonicalJson(shown)),
    requestId: body.requestId ?? body.id,
    state: body.state,
    erpReference: body.execution?.erpReference,
  };
}
