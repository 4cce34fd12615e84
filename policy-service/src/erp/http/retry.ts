import { ExponentialBackoff, handleWhenResult, retry, type IBackoffFactory } from 'cockatiel';
import type { RetryDefinition } from './definition';

/** What the retry needs to know of one call. */
export interface Repeatable {
  again: boolean;
  /** The ERP asked to wait this long. */
  retryAfterMs?: number;
}

/** Milliseconds that are left for the whole operation. */
export type TimeLeft = () => number;

/**
 * Calls until a result says `again: false`, the attempts are used up, the time is over or the
 * signal is aborted. Waits between calls grow exponentially with decorrelated jitter, and are at
 * least what the ERP asked for, up to `maxDelayMs`.
 * @param call makes one call, given the time that is left in milliseconds
 * @returns the last result
 */
export async function callWithRetry<T extends Repeatable>(
  options: RetryDefinition,
  call: (timeLeftMs: number) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const end = performance.now() + options.totalMs;
  const timeLeft: TimeLeft = () => Math.ceil(end - performance.now());
  let last: T | undefined;
  const mayGoOn = (): boolean => timeLeft() > 0 && !signal?.aborted;
  const policy = retry(
    handleWhenResult((result) => (result as T).again && mayGoOn()),
    {
      maxAttempts: options.attempts - 1,
      backoff: atLeast(
        () => Math.min(last?.retryAfterMs ?? 0, options.maxDelayMs, Math.max(timeLeft(), 0)),
        new ExponentialBackoff({
          initialDelay: options.initialDelayMs,
          maxDelay: options.maxDelayMs,
        }),
      ),
    },
  );
  return policy.execute(async () => {
    // The time may have run out during the wait: the last result then stands.
    if (last !== undefined && !mayGoOn()) return { ...last, again: false };
    last = await call(Math.max(timeLeft(), 1));
    return last;
  });
}

/** A back-off whose waits have a lower bound that is asked anew each time. */
function atLeast(bound: () => number, factory: IBackoffFactory<unknown>): IBackoffFactory<unknown> {
  return {
    next: (context) => {
      const backoff = factory.next(context);
      return { ...atLeast(bound, backoff), duration: Math.max(backoff.duration, bound()) };
    },
  };
}
