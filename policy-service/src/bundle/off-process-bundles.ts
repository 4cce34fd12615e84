import { extname, join } from 'node:path';
import { assertCasesPass } from '../application/policies/assert-usable';
import type { BundleDiff } from '../application/policies/diff-bundles';
import type { CheckedBundle, SentBundles } from '../application/policies/sent-bundles';
import type { SourceFile } from '../application/ports';
import type { AskedPolicy } from '../application/what-if/asked-policy';
import { AppError } from '../domain/errors';
import { startProcess } from '../threads/start-process';
import { Overrun, ThreadEnded, type Thread } from '../threads/thread';
import { PoolBusy, ThreadPool } from '../threads/thread-pool';
import type { Connect } from './bundle-reader';
import type {
  OpenedBundle,
  Task,
  TaskAnswer,
  TaskArguments,
  TaskName,
  TaskResult,
} from './bundle-tasks';
import { bundleVersion, inOrder } from './source-files';

export interface BundleLimits {
  /** Of each process. */
  memoryMb: number;
  /** For opening, for the test cases, for a question, for a page of a replay, for a comparison. */
  taskMs: number;
  /** A bundle that takes longer to open is not activated: each process of the service opens it. */
  activationMs: number;
}

const LIMITS: BundleLimits = { memoryMb: 256, taskMs: 10_000, activationMs: 5_000 };
/** A bundle that was too costly a moment ago is not tried again at once. */
const REMEMBERED_MS = 60_000;
const REMEMBERED = 200;

/**
 * Reads, tests and asks bundles in processes of their own, so that none can stop the service, fill
 * its memory or see its environment. Callers take turns.
 */
export class OffProcessBundles implements SentBundles {
  private readonly pool: ThreadPool;
  /** What a process has opened. */
  private readonly opened = new WeakMap<Thread, { key: string; as: OpenedBundle }>();
  private readonly costly = new Map<string, { until: number; refusal: AppError }>();

  constructor(
    private readonly connect: Connect,
    private readonly limits = LIMITS,
  ) {
    this.pool = new ThreadPool({
      start: () =>
        startProcess(join(__dirname, `bundle-process${extname(__filename)}`), limits.memoryMb),
      threads: 3,
      atOnce: 1,
      perCaller: 4,
      waiting: 40,
      waitMs: 3 * limits.taskMs,
    });
  }

  check(files: SourceFile[], name: string, by: string): Promise<CheckedBundle> {
    return this.opening({ files, name, by, use: 'new' }, async (thread, opened) => {
      const casesPassed = assertCasesPass(await tell(thread, this.limits, 'cases'), name);
      const { version, connectors, ms } = opened;
      return {
        version,
        files: opened.files,
        casesPassed,
        connect: () => {
          if (ms > this.limits.activationMs) throw tooSlow(ms, this.limits);
          this.connect(connectors, 'new');
        },
      };
    });
  }

  diff(from: SourceFile[], to: SourceFile[], by: string): Promise<BundleDiff> {
    return this.run({ by, small: true }, (thread) => tell(thread, this.limits, 'diff', from, to));
  }

  ask(files: SourceFile[], name: string, by: string, use: 'active' | 'new' = 'new'): AskedPolicy {
    const bundle: Sent = { files, name, by, use };
    const { limits } = this;
    return {
      version: bundleVersion(inOrder(files)),
      outline: () => this.opening(bundle, (thread) => tell(thread, limits, 'outline')),
      check: (...asked) =>
        this.opening(bundle, (thread) => tell(thread, limits, 'check', ...asked)),
      judge: (...asked) =>
        this.opening(bundle, (thread) => tell(thread, limits, 'judge', ...asked)),
      replay: (work) =>
        this.opening({ ...bundle, long: true }, async (thread) => {
          await tell(thread, limits, 'beginReplay');
          return work((...next) => tell(thread, limits, 'replay', ...next));
        }),
    };
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** Lends a process that has opened the bundle. */
  private async opening<T>(
    bundle: Sent,
    work: (thread: Thread, opened: OpenedBundle) => Promise<T>,
  ): Promise<T> {
    const { files, name, by, use, long = false } = bundle;
    const key = `${use} ${bundleVersion(inOrder(files))}`;
    const known = this.costly.get(key);
    if (known && performance.now() < known.until) throw known.refusal;
    this.costly.delete(key);
    return this.run(
      { by, small: !long },
      async (thread) => {
        let opened = this.opened.get(thread);
        if (opened?.key !== key) {
          this.opened.delete(thread);
          opened = { key, as: await tell(thread, this.limits, 'open', files, name, use) };
          this.opened.set(thread, opened);
        }
        return work(thread, opened.as);
      },
      (refusal) => this.remember(key, refusal),
    );
  }

  /** @throws AppError */
  private async run<T>(
    job: { by: string; small: boolean },
    work: (thread: Thread) => Promise<T>,
    costly: (refusal: AppError) => void = () => undefined,
  ): Promise<T> {
    try {
      return await this.pool.run({ ...job, work });
    } catch (error) {
      if (error instanceof PoolBusy) throw busy();
      if (!(error instanceof Overrun) && !(error instanceof ThreadEnded)) throw error;
      const refusal = givenUp(error, this.limits);
      costly(refusal);
      throw refusal;
    }
  }

  private remember(key: string, refusal: AppError): void {
    this.costly.set(key, { until: performance.now() + REMEMBERED_MS, refusal });
    const [oldest] = this.costly.keys();
    if (this.costly.size > REMEMBERED && oldest !== undefined) this.costly.delete(oldest);
  }
}

interface Sent {
  files: SourceFile[];
  name: string;
  by: string;
  use: 'active' | 'new';
  /** Takes a process for long, so that one is kept free for others. */
  long?: boolean;
}

/** @throws AppError as the task refused; Overrun, ThreadEnded */
async function tell<T extends TaskName>(
  thread: Thread,
  { taskMs }: BundleLimits,
  name: T,
  ...args: TaskArguments<T>
): Promise<TaskResult<T>> {
  const task: Task = { name, args };
  const answer = await thread.ask<TaskAnswer<TaskResult<T>>>(task, taskMs);
  if ('done' in answer) return answer.done;
  const { code, message, extra, errors } = answer.refused;
  throw new AppError(code, message, extra, errors);
}

const SMALLER =
  'Send a smaller one: fewer rules that apply to every action, shorter schemas and conditions, fewer test cases';

function givenUp(error: Overrun | ThreadEnded, { taskMs, memoryMb }: BundleLimits): AppError {
  return new AppError(
    'bundle_too_costly',
    error instanceof Overrun
      ? `Working on the bundle was given up after ${taskMs / 1000} seconds. ${SMALLER}. It is not tried again within a minute.`
      : `Working on the bundle was given up, because it took more than ${memoryMb} MB of memory or its process has ended. ${SMALLER}. It is not tried again within a minute.`,
  );
}

function tooSlow(ms: number, { activationMs }: BundleLimits): AppError {
  return new AppError(
    'bundle_too_costly',
    `Compiling the bundle took ${(ms / 1000).toFixed(1)} seconds, and at most ${activationMs / 1000} are allowed, because the service answers nobody meanwhile. ${SMALLER}. Or activate it with the command line when the service may pause.`,
  );
}

function busy(): AppError {
  return new AppError(
    'rate_limited',
    'Too many bundles wait to be read, yours or those of others, so this one was not taken. Try again in 5 s.',
  );
}
