import type { Channel } from './channel';
import { Thread } from './thread';

export interface PoolOptions {
  /** Starts a thread or a process whose module calls answerMessages. */
  start(): Channel;
  /** At least two, so that one is free for small jobs. */
  threads: number;
  /** Jobs of one caller that run at the same time; as many as there are threads when absent. */
  atOnce?: number;
  /** Jobs of one caller that wait or run. */
  perCaller: number;
  /** Jobs of all callers that wait; no such bound when absent. */
  waiting?: number;
  /** A job that could not begin in this time is refused. */
  waitMs: number;
}

/** A piece of work for one thread. */
export interface Job<T> {
  /** Whose turn it is: callers take turns, however much one of them asks for. */
  by: string;
  /** Small jobs find a thread that large ones never take. */
  small: boolean;
  work(thread: Thread): Promise<T>;
}

/** There is more to do than the threads can take up; later there may be room. */
export class PoolBusy extends Error {}

interface Queued extends Job<unknown> {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  timer?: NodeJS.Timeout;
}

/**
 * Threads that jobs are lent, one job at a time each. They start when they are first needed, and
 * one that was ended is replaced by a new one.
 */
export class ThreadPool {
  private readonly idle: Thread[] = [];
  private readonly busy = new Set<Thread>();
  /** Waiting jobs by caller; the caller whose turn is next comes first. */
  private readonly lines = new Map<string, Queued[]>();
  private readonly running = new Map<string, number>();
  private queued = 0;
  private large = 0;
  private closed = false;

  constructor(private readonly options: PoolOptions) {}

  /** @throws PoolBusy, and what the job throws */
  run<T>(job: Job<T>): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      const line = this.lines.get(job.by) ?? [];
      const own = line.length + (this.running.get(job.by) ?? 0);
      const { perCaller, waiting = Infinity } = this.options;
      if (this.closed || own >= perCaller || this.queued >= waiting) return reject(new PoolBusy());
      const queued: Queued = { ...job, resolve, reject };
      line.push(queued);
      this.queued += 1;
      this.lines.set(job.by, line);
      this.takeUp();
      if (line.includes(queued)) {
        queued.timer = setTimeout(() => {
          this.remove(queued);
          reject(new PoolBusy());
        }, this.options.waitMs);
      }
    }) as Promise<T>;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const queued of [...this.lines.values()].flat()) {
      this.remove(queued);
      queued.reject(new PoolBusy());
    }
    await Promise.all([...this.idle, ...this.busy].map((thread) => thread.end()));
  }

  private takeUp(): void {
    while (this.busy.size < this.options.threads) {
      const next = this.next();
      if (!next) return;
      void this.perform(next);
    }
  }

  /** The first job that may begin; its caller then waits for all others' turns. */
  private next(): Queued | undefined {
    const { threads, atOnce = threads } = this.options;
    const roomForLarge = this.large < threads - 1;
    for (const [by, line] of this.lines) {
      if ((this.running.get(by) ?? 0) >= atOnce) continue;
      const job = line.find(({ small }) => small || roomForLarge);
      if (!job) continue;
      this.remove(job);
      if (line.length > 0) {
        this.lines.delete(by);
        this.lines.set(by, line);
      }
      return job;
    }
    return undefined;
  }

  private remove(job: Queued): void {
    clearTimeout(job.timer);
    this.queued -= 1;
    const line = this.lines.get(job.by) ?? [];
    line.splice(line.indexOf(job), 1);
    if (line.length === 0) this.lines.delete(job.by);
  }

  private async perform(job: Queued): Promise<void> {
    const thread = this.idle.pop() ?? new Thread(this.options.start());
    this.count(job, thread, 1);
    try {
      job.resolve(await job.work(thread));
    } catch (error) {
      job.reject(error);
    } finally {
      this.count(job, thread, -1);
      if (thread.alive && !this.closed) this.idle.push(thread);
      this.takeUp();
    }
  }

  private count(job: Queued, thread: Thread, by: 1 | -1): void {
    if (by === 1) this.busy.add(thread);
    else this.busy.delete(thread);
    if (!job.small) this.large += by;
    const own = (this.running.get(job.by) ?? 0) + by;
    if (own === 0) this.running.delete(job.by);
    else this.running.set(job.by, own);
  }
}
