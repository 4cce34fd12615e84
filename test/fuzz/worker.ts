import { parentPort, workerData } from 'node:worker_threads';
import { fuzzedCondition } from './conditions';
import { tryCondition, type Outcome } from './try-condition';

export interface FuzzTask {
  seed: number;
  from: number;
  count: number;
  /** One number, the index under way: the parent sees when it stands still. */
  progress: SharedArrayBuffer;
}
export type FuzzReport =
  | { done: Record<Outcome, number> }
  | { failed: { index: number; source: string; message: string } };

const { seed, from, count, progress } = workerData as FuzzTask;
const current = new Int32Array(progress);
const outcomes: Record<Outcome, number> = { refused: 0, matched: 0, 'not matched': 0, error: 0 };
const globalsBefore = Object.getOwnPropertyNames(globalThis).join();
const prototypeBefore = Object.getOwnPropertyNames(Object.prototype).join();

function report(message: FuzzReport): void {
  parentPort?.postMessage(message);
}

function run(): FuzzReport {
  for (let index = from; index < from + count; index += 1) {
    Atomics.store(current, 0, index);
    const source = fuzzedCondition(seed, index);
    try {
      outcomes[tryCondition(source)] += 1;
      if (Object.getOwnPropertyNames(Object.prototype).join() !== prototypeBefore) {
        throw new Error('it changed Object.prototype');
      }
    } catch (error) {
      return { failed: { index, source, message: String(error) } };
    }
  }
  if (Object.getOwnPropertyNames(globalThis).join() !== globalsBefore) {
    const message = 'one of the conditions left a global behind';
    return { failed: { index: from, source: '', message } };
  }
  return { done: outcomes };
}

report(run());
