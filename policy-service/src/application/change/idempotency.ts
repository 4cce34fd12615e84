import { canonicalJson, sha256Hex } from '../../domain/canonical-json';
import { after, IDEMPOTENCY_SECONDS } from '../../domain/deadlines';
import { AppError } from '../../domain/errors';
import type { JsonObject } from '../../domain/request/request';
import type { Deps } from './deps';
import { livedBy, type IdempotencyRecord } from '../ports';
import { openedAnswer, sealedAnswer } from './sealed-answer';
import { IdempotencyTaken } from './change-request';

export interface IdempotentCall {
  tokenId: string;
  /** Method and route template with its parameters filled in. */
  route: string;
  /** The caller's Idempotency-Key. */
  key: string;
  payload: JsonObject;
}

export interface StoredAnswer {
  status: number;
  body: unknown;
  /** `body` as JSON, where it was written already. */
  text?: string;
  replayed: boolean;
}

/** How long a concurrent twin waits for the first call. */
const TWIN_WAIT_MS = 30_000;

/**
 * Same key and payload: the first answer again. The row is committed with the change that it
 * answers, so a crash leaves either both or none. Refusals are not stored: what failed may be
 * sent again.
 */
export class Idempotency {
  private readonly underWay = new Map<string, Promise<StoredAnswer>>();

  constructor(private readonly deps: Deps) {}

  /**
   * @param run does the work; it must commit `record(status, body)` with its change
   * @throws AppError `idempotency_key_reused` (422), `concurrent_request` (409)
   */
  async run(
    call: IdempotentCall,
    run: (record: (status: number, body: unknown) => IdempotencyRecord) => Promise<unknown>,
    status: number,
  ): Promise<StoredAnswer> {
    const scope = `${call.tokenId} ${call.route}`;
    const fingerprint = sha256Hex(canonicalJson(call.payload));
    const id = `${scope} ${call.key}`;
    const twin = this.underWay.get(id);
    if (twin) {
      await this.waitFor(twin);
      // The first call's stored answer decides; had it failed, this one runs as if it were the first.
      return this.run(call, run, status);
    }
    const work = this.first(scope, call.key, fingerprint, run, status);
    this.underWay.set(id, work);
    try {
      return await work;
    } finally {
      this.underWay.delete(id);
    }
  }

  private async first(
    scope: string,
    key: string,
    fingerprint: string,
    run: (record: (status: number, body: unknown) => IdempotencyRecord) => Promise<unknown>,
    status: number,
  ): Promise<StoredAnswer> {
    const stored = await this.stored(scope, key, fingerprint);
    if (stored) return stored;
    const expiresAt = after(livedBy(this.deps.clock), IDEMPOTENCY_SECONDS);
    let recorded: { answer: unknown; text: string } | undefined;
    try {
      const body = await run((code, answer) => {
        recorded = { answer, text: JSON.stringify(answer) };
        const stored = sealedAnswer(this.deps.sealer, answer, recorded.text);
        return { scope, key, fingerprint, status: code, body: stored, expiresAt };
      });
      const text = recorded?.answer === body ? recorded?.text : undefined;
      return { status, body, text, replayed: false };
    } catch (error) {
      // Another process may have done the same call first; its change can also look like an
      // illegal transition from here.
      if (!(error instanceof IdempotencyTaken || error instanceof AppError)) throw error;
      const winner = await this.stored(scope, key, fingerprint);
      if (winner) return winner;
      throw error;
    }
  }

  private async stored(
    scope: string,
    key: string,
    fingerprint: string,
  ): Promise<StoredAnswer | undefined> {
    const record = await this.deps.store.idempotency(scope, key);
    if (!record || record.expiresAt <= livedBy(this.deps.clock).toISOString()) return undefined;
    if (record.fingerprint !== fingerprint) {
      throw new AppError(
        'idempotency_key_reused',
        'This Idempotency-Key was used with another payload. Send a new key with a new payload.',
      );
    }
    const body = openedAnswer(this.deps.sealer, record.body);
    return { status: record.status, body, replayed: true };
  }

  private async waitFor(twin: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new AppError(
              'concurrent_request',
              'A call with the same Idempotency-Key is still running. Try again in a moment.',
            ),
          ),
        TWIN_WAIT_MS,
      );
    });
    try {
      await Promise.race([twin.catch(() => undefined), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}
