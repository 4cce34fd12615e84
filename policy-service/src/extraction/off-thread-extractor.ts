import { extname, join } from 'node:path';
import { ExtractionFailed, type ExtractionInput, type Extractor } from '../application/ports';
import type { Action } from '../domain/catalogue/action';
import { AppError } from '../domain/errors';
import type { Intent } from '../domain/request/request';
import { workerChannel } from '../threads/start-worker';
import { Overrun, ThreadEnded, type Thread } from '../threads/thread';
import { PoolBusy, ThreadPool } from '../threads/thread-pool';
import type { TextToRead } from './extraction-thread';

/** A usual text takes a thousandth of it. */
const LIMIT_MS = 2_000;
/** Texts that take long are long: one thread is kept for those up to here. */
const SHORT = 600;

/**
 * Reads texts as PatternExtractor does, in threads of its own, so that no text can stop the
 * service. One that takes too long is given up; texts of others go on beside it.
 */
export class OffThreadExtractor implements Extractor {
  readonly name = 'pattern';
  private readonly pool = new ThreadPool({
    start: () =>
      workerChannel(join(__dirname, `extraction-thread${extname(__filename)}`), {
        maxOldGenerationSizeMb: 128,
      }),
    threads: 2,
    perCaller: 1_000,
    waitMs: 10_000,
  });
  /** The catalogue that a thread was told last. */
  private readonly told = new WeakMap<Thread, Action[]>();

  /** @throws ExtractionFailed; AppError `rate_limited` when too many texts wait */
  async extract({ text, actions, by = '' }: ExtractionInput): Promise<Intent> {
    try {
      return await this.pool.run({
        by,
        small: text.length <= SHORT,
        work: (thread) => this.read(thread, text, actions),
      });
    } catch (error) {
      if (error instanceof PoolBusy) throw busy();
      if (error instanceof Overrun) throw new ExtractionFailed(TOO_LONG);
      if (error instanceof ThreadEnded) throw new ExtractionFailed(GIVEN_UP);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async read(thread: Thread, text: string, actions: Action[]): Promise<Intent> {
    const known = this.told.get(thread) === actions;
    const message: TextToRead = known ? { text } : { text, actions };
    this.told.set(thread, actions);
    return thread.ask<Intent>(message, LIMIT_MS);
  }
}

const TOO_LONG = `Reading the text was given up after ${LIMIT_MS / 1000} seconds. Send it shorter, or submit the intent directly.`;
const GIVEN_UP =
  'Reading the text was given up, because it took too much memory or the thread that read it has ended. Send it shorter, or submit the intent directly.';

function busy(): AppError {
  return new AppError(
    'rate_limited',
    'Too many texts wait to be read, so this one was not taken. Try again in 5 s.',
  );
}
