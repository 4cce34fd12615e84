import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An answer of 2xx to a call with a key, as far as it must stay true. */
export interface Acknowledged {
  /** Path and Idempotency-Key. */
  call: string;
  /** whole: a repeat gives this very answer; current: it tells how the request stands by then. */
  repeat: 'whole' | 'current';
  hash: string;
  requestId?: string;
  state?: string;
  erpReference?: string;
}

/** A call to be repeated at a later comparison. */
export interface KeptCall {
  path: string;
  key: string;
  body: unknown;
  repeat: Acknowledged['repeat'];
}

/** A write that the holder of a permit did in a system of its own. */
export interface ExternalWrite {
  requestId: string;
  number: string;
}

export interface Checkpoint {
  size: number;
  rootHash: string;
  note: string;
  verifierKey: string;
}

export interface Violation {
  /** Name of what does not hold. */
  rule: string;
  requestId?: string;
  message: string;
}

/** Where a run stands: with this, it goes on after an interruption. */
export interface Progress {
  seed: number;
  target: number;
  /** Processes killed, and plans of the schedule that are used up. */
  kills: number;
  plans: number;
  operations: number;
  elapsedMs: number;
  token: string;
  /** Processes that an interruption may have left behind. */
  pids: number[];
}

type Line =
  | { kind: 'answer'; value: Acknowledged }
  | { kind: 'call'; value: KeptCall }
  | { kind: 'leaf'; value: [sequence: number, leafHash: string] }
  | { kind: 'checkpoint'; value: Checkpoint }
  | { kind: 'external'; value: ExternalWrite }
  | { kind: 'violation'; value: Violation };

/**
 * Everything that the service acknowledged to us, in a file beside its data: what it may never
 * take back. Written line by line, so that an interruption loses nothing.
 */
export class Journal {
  readonly answers = new Map<string, Acknowledged>();
  readonly calls: KeptCall[] = [];
  readonly leaves = new Map<number, string>();
  readonly checkpoints = new Map<number, Checkpoint>();
  readonly externals: ExternalWrite[] = [];
  readonly violations: Violation[] = [];
  private readonly file: string;
  private readonly stateFile: string;

  constructor(readonly dir: string) {
    this.file = join(dir, 'acknowledged.ndjson');
    this.stateFile = join(dir, 'state.json');
    if (existsSync(this.file)) this.replay();
  }

  private replay(): void {
    const lines = readFileSync(this.file, 'utf8').split('\n');
    // The last line is empty, or was cut off by the interruption.
    for (const line of lines.slice(0, -1)) this.take(JSON.parse(line) as Line);
    if (lines.at(-1)) appendFileSync(this.file, '\n');
  }

  progress(): Progress | undefined {
    if (!existsSync(this.stateFile)) return undefined;
    return JSON.parse(readFileSync(this.stateFile, 'utf8')) as Progress;
  }

  saveProgress(progress: Progress): void {
    const draft = `${this.stateFile}.new`;
    writeFileSync(draft, `${JSON.stringify(progress, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, this.stateFile);
  }

  answer(value: Acknowledged): void {
    const first = this.answers.get(value.call);
    if (!first) return this.write({ kind: 'answer', value });
    const problem = contradiction(first, value);
    if (problem) {
      const { requestId } = first;
      this.violation({ rule: 'replay', requestId, message: `${value.call}: ${problem}` });
    }
  }

  keep(value: KeptCall): void {
    this.write({ kind: 'call', value });
  }

  leaf(sequence: number, leafHash: string): void {
    const known = this.leaves.get(sequence);
    if (known === undefined) this.write({ kind: 'leaf', value: [sequence, leafHash] });
    else if (known !== leafHash) {
      const message = `Entry ${sequence} had the leaf hash ${known} before, and has ${leafHash} now.`;
      this.violation({ rule: 'audit', message });
    }
  }

  checkpoint(value: Checkpoint): void {
    const known = this.checkpoints.get(value.size);
    if (!known) this.write({ kind: 'checkpoint', value });
    else if (known.rootHash !== value.rootHash) {
      const message = `Two checkpoints of ${value.size} entries differ in their root.`;
      this.violation({ rule: 'audit', message });
    }
  }

  external(value: ExternalWrite): void {
    this.write({ kind: 'external', value });
  }

  violation(value: Violation): void {
    this.write({ kind: 'violation', value });
  }

  private write(line: Line): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
    this.take(line);
  }

  private take(line: Line): void {
    switch (line.kind) {
      case 'answer':
        return void this.answers.set(line.value.call, line.value);
      case 'call':
        return void this.calls.push(line.value);
      case 'leaf':
        return void this.leaves.set(...line.value);
      case 'checkpoint':
        return void this.checkpoints.set(line.value.size, line.value);
      case 'external':
        return void this.externals.push(line.value);
      case 'violation':
        return void this.violations.push(line.value);
    }
  }
}

/** What may still become of a request that was told to be in this state; any for others. */
const NEXT: Record<string, string[]> = {
  executed: ['executed', 'compensating', 'compensated', 'compensation_failed'],
  compensating: ['compensating', 'compensated', 'compensation_failed'],
  compensated: ['compensated'],
  compensation_failed: ['compensation_failed'],
  failed: ['failed'],
  rejected: ['rejected'],
  blocked: ['blocked'],
};

/** Why a later answer takes back what an earlier one said; undefined when it does not. */
export function contradiction(
  first: Acknowledged,
  later: Omit<Acknowledged, 'call'>,
): string | undefined {
  if (first.repeat === 'whole') {
    return first.hash === later.hash ? undefined : 'The repeat got another answer than the first.';
  }
  if (first.requestId !== later.requestId) {
    return `The repeat is about ${later.requestId}, the first was about ${first.requestId}.`;
  }
  const admitted = first.state === undefined ? undefined : NEXT[first.state];
  if (admitted && !admitted.includes(later.state ?? '')) {
    return `It was ${first.state} and is ${later.state}.`;
  }
  if (first.erpReference !== undefined && first.erpReference !== later.erpReference) {
    return `It was booked as ${first.erpReference} and is ${later.erpReference}.`;
  }
  return undefined;
}
