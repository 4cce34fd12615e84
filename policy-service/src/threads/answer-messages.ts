import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './thread';

/** The other side of a Thread: answers each message with what `handle` returns or throws. */
export function answerMessages<T>(handle: (message: T) => unknown): void {
  const say = (said: ThreadAnswer): void => parentPort?.postMessage(said);
  parentPort?.on('message', (message: T) => {
    void Promise.resolve(message)
      .then(handle)
      .then(
        (answer) => say({ answer }),
        (error: unknown) => say({ error }),
      );
  });
  say('ready');
}
