import { setTimeout as sleep } from 'node:timers/promises';
import { Body } from './body';
import { ErpRefusal } from './refusal';

/**
 * How the next writes misbehave:
 * - `delay`: the answer (and the commit) comes `delayMs` later, even when the caller has left
 * - `drop_before_commit`: the connection is cut and nothing is booked
 * - `drop_after_commit`: the document is booked, then the connection is cut without an answer
 * - `duplicate_answer`: booked; the body of the answer comes twice in a row, which is no JSON text
 * - `truncated_answer`: booked; the connection is cut in the middle of the answer's body
 * - `poisonous_answer`: booked; the answer holds what no canonical JSON can: half a character, a number
 *   that is too large, and far too many levels
 * - `status_429`: answered 429 with Retry-After: 1; nothing is booked
 * - `status_500_committed`: the document is booked, and the answer is 500 all the same
 */
export const FAULT_KINDS = [
  'delay',
  'drop_before_commit',
  'drop_after_commit',
  'duplicate_answer',
  'truncated_answer',
  'poisonous_answer',
  'status_429',
  'status_500_committed',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  /** Writes that still misbehave. */
  count: number;
  /** Milliseconds to wait before the write is looked at. */
  delayMs: number;
}

const MAX_DELAY_MS = 60_000;
const DEFAULT_DELAY_MS = 1_000;

/** Faults in the order in which they were set; each write takes one. Kept in memory only. */
export class FaultQueue {
  private queue: Fault[] = [];
  private released = new AbortController();

  /** @throws ErpRefusal when the fault is not understood */
  add(value: unknown): Fault {
    const body = new Body(value, ['kind', 'count', 'delayMs']);
    const kind = body.oneOf('kind', FAULT_KINDS) as FaultKind;
    const fault: Fault = {
      kind,
      count: bounded(body.raw('count') ?? 1, 'count', 1, 1_000_000),
      delayMs: bounded(
        body.raw('delayMs') ?? (kind === 'delay' ? DEFAULT_DELAY_MS : 0),
        'delayMs',
        0,
        MAX_DELAY_MS,
      ),
    };
    this.queue.push(fault);
    return { ...fault };
  }

  /** The fault of the next write, if any; uses it up by one. */
  take(): Fault | undefined {
    const fault = this.queue[0];
    if (!fault) return undefined;
    fault.count -= 1;
    if (fault.count === 0) this.queue.shift();
    return fault;
  }

  list(): Fault[] {
    return this.queue.map((fault) => ({ ...fault }));
  }

  clear(): void {
    this.queue = [];
  }

  /** Waits so long, or until delayed writes are let go on or the signal aborts. */
  async delay(ms: number, signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([this.released.signal, signal]);
    await sleep(ms, undefined, { signal: ended }).catch(() => undefined);
  }

  /** Lets the writes that are delayed now go on at once. */
  release(): void {
    this.released.abort();
    this.released = new AbortController();
  }
}

function bounded(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new ErpRefusal(
      'bad_field',
      `The field ${field} must be a whole number from ${min} to ${max}.`,
      field,
    );
  }
  return value;
}
