import type { Clock } from '../../application/ports';
import type { Log } from '../../application/change/deps';
import type { Attempt } from '../../domain/request/execution';
import type { Json } from '../../domain/request/request';
import { callWithRetry } from '../http/retry';
import type { Redactor } from '../redact';
import { Lost, Refused, Unreachable } from './outcomes';
import type { RpcAnswer, RpcCall, RpcClient } from './rpc';

/** Times in milliseconds. */
export interface WalkTimes {
  /** For one call. */
  timeoutMs: number;
  /** For the whole walk. */
  totalMs: number;
  /** A server finishes what it received although nobody waits: how long until that can be read. */
  settleMs: number;
}

export interface WalkParts {
  client: RpcClient;
  redactor: Redactor;
  clock: Clock;
  log: Pick<Log, 'warn'>;
  times: WalkTimes;
}

export interface WalkContext {
  /** Name of the connector, for the log. */
  connector: string;
  traceId: string;
  signal?: AbortSignal;
  /** Step whose calls are recorded; absent for lookups, whose calls are not. */
  step?: string;
}

/** A call that nobody took up is made again this often at most, with growing waits. */
const REPEATS = { attempts: 4, initialDelayMs: 100, maxDelayMs: 2_000 };

/** The calls that one lookup or operation makes, in order, within one total time. */
export class Walk {
  readonly attempts: Attempt[] = [];
  /** What the ERP holds because of this walk, in words; undefined while it holds nothing. */
  holds: string | undefined;
  /** Something was written, or may have been, and what it came to was not read back. */
  unread = false;
  private readonly end: number;

  constructor(
    private readonly parts: WalkParts,
    private readonly context: WalkContext,
  ) {
    this.end = performance.now() + parts.times.totalMs;
  }

  /**
   * A call that changes nothing.
   * @throws Refused when the ERP says no, Unreachable when it gives no readable answer
   */
  async read(call: Omit<RpcCall, 'writes'>): Promise<Json> {
    const answer = await this.make({ ...call, writes: false });
    if (answer.outcome === 'done') return answer.value;
    if (answer.outcome === 'refused' || answer.outcome === 'caller_error') {
      throw new Refused(answer.message);
    }
    throw new Unreachable(answer.message);
  }

  /**
   * A call that may change something. Only a call that was not taken up is made again. Once it was
   * taken up, nobody may say "nothing was written" before {@link readBack}.
   * @param rolledBack tells from an answer that the ERP did nothing
   * @throws Refused, Unreachable when nothing was taken up, Lost when nobody can say
   */
  async write(
    call: Omit<RpcCall, 'writes'>,
    rolledBack: (answer: Json) => boolean = () => false,
  ): Promise<Json> {
    const answer = await this.make({ ...call, writes: true });
    switch (answer.outcome) {
      case 'done':
        this.unread ||= !rolledBack(answer.value);
        return answer.value;
      case 'unknown':
        this.unread = true;
        throw new Lost(answer.message);
      case 'transient':
        throw new Unreachable(answer.message);
      default:
        throw new Refused(answer.message);
    }
  }

  /** What the writes so far came to was read in the ERP; {@link holds} says what it holds of it. */
  readBack(): void {
    this.unread = false;
  }

  /**
   * Waits for what a write without an answer becomes, so that it can be read back.
   * @returns what was lost, to be thrown when the write turns out not to be there
   */
  async settled(write: () => Promise<unknown>): Promise<Lost | undefined> {
    try {
      await write();
      return undefined;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      await this.settle();
      return error;
    }
  }

  /** Waits until the ERP has finished what it may have received. */
  async settle(): Promise<void> {
    const wait = Math.min(this.parts.times.settleMs, Math.max(0, this.timeLeft()));
    await new Promise((resolve) => setTimeout(resolve, wait));
  }

  private async make(call: RpcCall): Promise<RpcAnswer> {
    const { answer } = await callWithRetry(
      { ...REPEATS, totalMs: Math.max(1, this.timeLeft()) },
      async (timeLeftMs) => {
        const made = await this.once(call, timeLeftMs);
        const again = made.outcome === 'transient' || (made.outcome === 'unknown' && !call.writes);
        return {
          again,
          answer: made,
          retryAfterMs: 'retryAfterMs' in made ? made.retryAfterMs : undefined,
        };
      },
      this.context.signal,
    );
    return answer;
  }

  private async once(call: RpcCall, timeLeftMs: number): Promise<RpcAnswer> {
    const { client, clock, times, redactor } = this.parts;
    const startedAt = clock.now();
    const started = performance.now();
    if (this.timeLeft() <= 0) {
      return { outcome: 'transient', message: 'The time for this operation is over.' };
    }
    const answer = await client.call(call, {
      timeoutMs: Math.min(times.timeoutMs, timeLeftMs),
      traceId: this.context.traceId,
      signal: this.context.signal,
    });
    const told: RpcAnswer =
      answer.outcome === 'done' ? answer : { ...answer, message: redactor.text(answer.message) };
    // A read writes nothing, whatever became of its answer.
    const judged: RpcAnswer =
      told.outcome === 'unknown' && !call.writes ? { ...told, outcome: 'transient' } : told;
    this.record(call, judged, startedAt, Math.round(performance.now() - started));
    return judged;
  }

  private record(call: RpcCall, answer: RpcAnswer, startedAt: Date, durationMs: number): void {
    const { client, redactor, log } = this.parts;
    const message = answer.outcome === 'done' ? undefined : answer.message;
    if (message !== undefined) {
      const { connector, step } = this.context;
      const { model, method } = call;
      log.warn(
        { connector, step, call: `${model}.${method}`, outcome: answer.outcome, message },
        'call to the ERP did not succeed',
      );
    }
    if (this.context.step === undefined) return;
    this.attempts.push({
      step: this.context.step,
      number: this.attempts.length + 1,
      startedAt: startedAt.toISOString(),
      durationMs,
      outcome: answer.outcome,
      request: {
        url: client.address,
        call: `${call.model}.${call.method}`,
        body: redactor.body(call.recorded ?? call.params),
      },
      ...(answer.outcome === 'done' ? { response: { body: redactor.body(answer.value) } } : {}),
      ...(message === undefined ? {} : { message }),
    });
  }

  private timeLeft(): number {
    return Math.ceil(this.end - performance.now());
  }
}
