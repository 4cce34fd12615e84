import { join } from 'node:path';
import { workerChannel } from '../../../policy-service/src/threads/start-worker';
import { Overrun, ThreadEnded } from '../../../policy-service/src/threads/thread';
import {
  PoolBusy,
  ThreadPool,
  type PoolOptions,
} from '../../../policy-service/src/threads/thread-pool';

/** Threads that never end, each given up after this. */
const LIMIT_MS = 400;

let pool: ThreadPool;
const open = (options: Partial<PoolOptions> = {}): ThreadPool =>
  (pool = new ThreadPool({
    start: () =>
      workerChannel(join(__dirname, 'fixture-thread.ts'), { maxOldGenerationSizeMb: 32 }),
    threads: 2,
    perCaller: 10,
    waitMs: 60_000,
    ...options,
  }));
afterEach(() => pool.close());

const ask = (message: object, by = 'a', small = true): Promise<unknown> =>
  pool.run({ by, small, work: (thread) => thread.ask(message, LIMIT_MS) });
const echo = (value: unknown, by = 'a', small = true): Promise<unknown> =>
  pool.run({ by, small, work: (thread) => thread.ask({ echo: value }, 60_000) });

test('answers, and passes on what was thrown', async () => {
  open();
  expect(await echo({ a: 1 })).toEqual({ a: 1 });
  const failing = pool.run({
    by: 'a',
    small: true,
    work: (thread) => thread.ask({ fail: 'no' }, 60_000),
  });
  await expect(failing).rejects.toThrow('no');
  expect(await echo(2)).toBe(2);
});

test('what never ends is given up, and the next finds a new thread', async () => {
  open();
  await expect(ask({ spin: true })).rejects.toThrow(Overrun);
  expect(await echo(1)).toBe(1);
});

test('what fills its memory ends its own thread only', async () => {
  open();
  const filling = pool.run({
    by: 'a',
    small: true,
    work: (thread) => thread.ask({ fill: true }, 60_000),
  });
  await expect(filling).rejects.toThrow(ThreadEnded);
  expect(await echo(1)).toBe(1);
});

test('small jobs go on while large ones never end', async () => {
  open();
  const ended: string[] = [];
  const large = [1, 2, 3, 4].map(() =>
    ask({ spin: true }, 'a', false).catch(() => void ended.push('large')),
  );
  const small = [1, 2, 3].map((n) => echo(n, 'a').then(() => void ended.push('small')));
  await Promise.all([...large, ...small]);
  // One after the other in one thread: the last of them is given up after four times the limit.
  expect(ended.lastIndexOf('small')).toBeLessThan(ended.lastIndexOf('large'));
});

test('callers take turns, however many jobs one of them has', async () => {
  open({ threads: 1 });
  const order: string[] = [];
  const of = (by: string): Promise<void> => echo(by, by).then(() => void order.push(by));
  await Promise.all([of('a'), of('a'), of('a'), of('a'), of('b'), of('b')]);
  expect(order).toEqual(['a', 'a', 'b', 'a', 'b', 'a']);
});

test('a caller with too many jobs is told so, and the others are not', async () => {
  open({ perCaller: 2 });
  const jobs = [echo(1), echo(2)];
  await expect(echo(3)).rejects.toThrow(PoolBusy);
  expect(await echo(4, 'b')).toBe(4);
  expect(await Promise.all(jobs)).toEqual([1, 2]);
});

test('who waits too long is told so', async () => {
  open({ threads: 2, waitMs: 1 });
  const first = ask({ spin: true }, 'a', false).catch((error: unknown) => error);
  await expect(echo(1, 'a', false)).rejects.toThrow(PoolBusy);
  expect(await first).toBeInstanceOf(Overrun);
});

test('closing refuses what waits and what runs', async () => {
  open();
  const jobs = [ask({ spin: true }, 'a', false), ask({ spin: true }, 'a', false)];
  const told = Promise.allSettled(jobs);
  await pool.close();
  expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
