import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StorageUnavailable } from '../../application/ports';
import type { Outcome } from './batch';
import type { Writer } from './writer';

export interface WriteThreadData {
  file: string;
  busyTimeoutMs: number;
}

/** What the thread says: first that it is ready, then of each batch that it is durable or refused. */
export type WriteThreadAnswer = 'ready' | { outcomes: Outcome[] } | { refused: unknown };

/**
 * Starts a thread that commits on a connection of its own, so that the disk is waited for there.
 * A thread that ends by itself ends the process, as a failing main thread would: what it was
 * writing is then either durable or not there, as after any crash.
 * @throws StorageUnavailable when it cannot open the database
 */
export async function startWriteThread(data: WriteThreadData): Promise<Writer> {
  const entry = join(__dirname, `write-thread-entry${extname(__filename)}`);
  // Run from its source, as tests do, a thread has to learn TypeScript by itself.
  const worker = entry.endsWith('.ts')
    ? new Worker(`require('tsx/cjs'); require(${JSON.stringify(entry)});`, {
        workerData: data,
        eval: true,
      })
    : new Worker(entry, { workerData: data });
  await once(worker, 'message').catch((error: Error) => {
    throw new StorageUnavailable(`The database cannot be written: ${error.message}`, {
      cause: error,
    });
  });

  let waiting: { resolve(outcomes: Outcome[]): void; reject(error: unknown): void } | undefined;
  let closing = false;
  worker.on('message', (answer: WriteThreadAnswer) => {
    const asked = waiting;
    waiting = undefined;
    if (answer === 'ready') return;
    if ('outcomes' in answer) asked?.resolve(answer.outcomes);
    else asked?.reject(answer.refused);
  });
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('exit', (code) => {
    if (!closing) throw new Error(`The thread that writes the database has ended (${code}).`);
  });
  return {
    write(batch) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        worker.postMessage(batch);
      });
    },
    async close() {
      closing = true;
      worker.postMessage('close');
      await once(worker, 'exit');
    },
  };
}
