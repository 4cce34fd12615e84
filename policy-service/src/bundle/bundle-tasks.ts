import type { SourceFile } from '../application/ports';
import type { CaseSummary } from '../application/policies/bundle-reader';
import { diffBundles, type BundleDiff } from '../application/policies/diff-bundles';
import { askInPlace, replaySteps } from '../application/what-if/ask-in-place';
import type { AskedPolicy, ReplayStep } from '../application/what-if/asked-policy';
import { AppError, type ErrorCode, type ErrorDetail } from '../domain/errors';
import type { ConnectorDefinition } from '../erp/connectors';
import { casesOf, partsOfFiles, readBundle } from './bundle-reader';
import type { LoadedBundle } from './load-bundle';

/** What became of a task; an AppError loses its class on its way between processes. */
export type TaskAnswer<T> = { done: T } | { refused: RefusedTask };

export interface RefusedTask {
  code: ErrorCode;
  message: string;
  extra: Record<string, unknown>;
  errors: ErrorDetail[];
}

export interface OpenedBundle {
  version: string;
  files: SourceFile[];
  connectors: ConnectorDefinition[];
  /** How long it took to compile. */
  ms: number;
}

/** A bundle is opened first; the other tasks are about the one that was opened last. */
export class BundleTasks {
  private opened: { loaded: LoadedBundle; policy: AskedPolicy } | undefined;
  private replayed: ReplayStep | undefined;

  open(files: SourceFile[], name: string, use: 'active' | 'new'): OpenedBundle {
    // Two at a time could need more memory than one may.
    this.opened = undefined;
    this.replayed = undefined;
    const begun = performance.now();
    const loaded = readBundle(files, name, use);
    this.opened = { loaded, policy: askInPlace(loaded.bundle) };
    const { bundle, connectors } = loaded;
    return {
      version: bundle.version,
      files: loaded.files,
      connectors,
      ms: performance.now() - begun,
    };
  }

  cases(): CaseSummary {
    return casesOf(this.current.loaded);
  }

  outline(): ReturnType<AskedPolicy['outline']> {
    return this.current.policy.outline();
  }

  check(...asked: Parameters<AskedPolicy['check']>): ReturnType<AskedPolicy['check']> {
    return this.current.policy.check(...asked);
  }

  judge(...asked: Parameters<AskedPolicy['judge']>): ReturnType<AskedPolicy['judge']> {
    return this.current.policy.judge(...asked);
  }

  beginReplay(): void {
    this.replayed = replaySteps(this.current.loaded.bundle);
  }

  replay(...next: Parameters<ReplayStep>): ReturnType<ReplayStep> {
    if (!this.replayed) throw new Error('No replay was begun.');
    return this.replayed(...next);
  }

  diff(from: SourceFile[], to: SourceFile[]): BundleDiff {
    return diffBundles({ parts: partsOfFiles }, from, to);
  }

  private get current(): { loaded: LoadedBundle; policy: AskedPolicy } {
    if (!this.opened) throw new Error('No bundle was opened.');
    return this.opened;
  }
}

/** Tasks by name. */
export type TaskName = Exclude<keyof BundleTasks, symbol>;
export type TaskArguments<T extends TaskName> = Parameters<BundleTasks[T]>;
export type TaskResult<T extends TaskName> = Awaited<ReturnType<BundleTasks[T]>>;

export interface Task {
  name: TaskName;
  args: unknown[];
}

/** Carries a task out; a refusal is an answer too. */
export async function perform(
  tasks: BundleTasks,
  { name, args }: Task,
): Promise<TaskAnswer<unknown>> {
  try {
    const work = tasks[name] as (...given: unknown[]) => unknown;
    return { done: await work.apply(tasks, args) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, extra, errors } = error;
    return { refused: { code, message, extra, errors } };
  }
}
