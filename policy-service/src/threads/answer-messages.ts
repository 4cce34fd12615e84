import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './thread';

/**
 * The other side of a Thread, in a thread or a process: answers each message with what `handle`
 * returns or throws.
 */
export function answerMessages<T>(handle: (message: T) => unknown): void {
  const say = (said: ThreadAnswer): void => {
    if (parentPort) parentPort.postMessage(said);
    else process.send?.(said);
  };
  (parentPort ?? process).on('message', (message: T) => {
    void Promise.resolve(message)
      .then(handle)
      .then(
        (answer) => say({ answer }),
        (error: unknown) => say({ error }),
      );
  });
  say('ready');
}
