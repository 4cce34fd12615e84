import { Worker, type ResourceLimits } from 'node:worker_threads';
import type { Channel } from './channel';

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

/** A worker that keeps no process alive, as the channel of a Thread. */
export function workerChannel(entry: string, resourceLimits: ResourceLimits): Channel {
  const worker = startWorker(entry, { resourceLimits });
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (hear) => void worker.on('message', hear),
    onEnd: (hear) => {
      worker.on('error', (error) => hear(error.message));
      worker.on('exit', () => hear('The thread has ended.'));
    },
    end: async () => void (await worker.terminate()),
  };
}
