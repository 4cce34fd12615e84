import type { LoadResult } from '../load-process';
import { quantile } from '../statistics';

/** What one round of calls took. */
export type Timed = LoadResult & {
  /** Milliseconds of processor time that the process which talks to the ERP took for each call. */
  cpu: number;
};

/**
 * Makes one call for each item, so many at once.
 * @throws what a call throws; no further call is begun then
 */
export async function timedCalls<T>(
  items: readonly T[],
  connections: number,
  call: (item: T) => Promise<void>,
): Promise<LoadResult> {
  const times: number[] = [];
  const left = each(items);
  const startedAt = performance.now();
  const connection = async (): Promise<void> => {
    for (const item of left) {
      const sentAt = performance.now();
      await call(item);
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    answers: times.length,
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}

/** Unlike the iterator of an array, a generator ends for everybody when one loop over it fails. */
function* each<T>(items: readonly T[]): Generator<T> {
  yield* items;
}
