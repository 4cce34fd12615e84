import { Worker, type ResourceLimits } from 'node:worker_threads';

/**
 * Starts a worker thread from a module of ours.
 * @param entry path of the module, with its ending
 */
export function startWorker(
  entry: string,
  options: { workerData?: unknown; resourceLimits?: ResourceLimits } = {},
): Worker {
  // Run from its source, as tests do, a thread has to learn TypeScript by itself.
  return entry.endsWith('.ts')
    ? new Worker(`require('tsx/cjs'); require(${JSON.stringify(entry)});`, {
        ...options,
        eval: true,
      })
    : new Worker(entry, options);
}
