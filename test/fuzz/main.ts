import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fuzzedCondition } from './conditions';
import type { FuzzReport, FuzzTask } from './worker';

const HELP = `usage: npm run fuzz [-- OPTIONS]

Feeds generated and mutated conditions to the rule engine: none may crash it, hang it, or reach
anything but the names that rules have. The seed repeats a run; with --from and --count one case.

  --count N   conditions to try (default 1000000)
  --seed N    (default: from the clock)
  --from N    index of the first one (default 0)
  --help      this text`;

/** A condition that takes longer is a hang: it has at most 10,000 steps. */
const HANG_MS = 20_000;
const PROGRESS_MS = 5_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      from: { type: 'string', default: '0' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [count, seed, from] = [values.count, values.seed, values.from].map(Number);
  if (![count, seed, from].every((n) => Number.isSafeInteger(n) && (n as number) >= 0)) {
    console.error('--count, --seed and --from are whole numbers.');
    return 2;
  }
  console.error(`${count} conditions, --seed ${seed}`);
  return fuzz({ count: count as number, seed: seed as number, from: from as number });
}

async function fuzz({ count, seed, from }: Omit<FuzzTask, 'progress'>): Promise<number> {
  const progress = new SharedArrayBuffer(4);
  const current = new Int32Array(progress);
  const task: FuzzTask = { count, seed, from, progress };
  const worker = new Worker(join(__dirname, 'worker.ts'), {
    workerData: task,
    execArgv: ['--require', 'tsx/cjs'],
  });
  const startedAt = Date.now();
  let last = { index: -1, at: Date.now() };
  const repeat = (index: number): string =>
    `npm run fuzz -- --seed ${seed} --from ${index} --count 1`;

  return new Promise((resolve) => {
    const finish = (code: number, text: string): void => {
      clearInterval(watch);
      console.log(text);
      void worker.terminate().then(() => resolve(code));
    };
    const watch = setInterval(() => {
      const index = Atomics.load(current, 0);
      if (index !== last.index) last = { index, at: Date.now() };
      else if (Date.now() - last.at > HANG_MS) {
        const source = JSON.stringify(fuzzedCondition(seed, index));
        return finish(1, `Condition ${index} hangs: ${source}\nRepeat it with: ${repeat(index)}`);
      }
      const done = index - from;
      const rate = Math.round((done / (Date.now() - startedAt)) * 1000);
      console.error(`${done} of ${count} (${rate}/s)`);
    }, PROGRESS_MS);
    worker.on('message', (report: FuzzReport) => {
      if ('failed' in report) {
        const { index, source, message } = report.failed;
        const shown = JSON.stringify(source);
        return finish(
          1,
          `Condition ${index}: ${message}\n${shown}\nRepeat it with: ${repeat(index)}`,
        );
      }
      const told = Object.entries(report.done).map(([outcome, times]) => `${times} ${outcome}`);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
      finish(
        0,
        `${count} conditions in ${seconds} s: ${told.join(', ')}. None escaped, hung or crashed.`,
      );
    });
    worker.on('error', (error) => {
      const index = Atomics.load(current, 0);
      finish(
        1,
        `Condition ${index} crashed the process: ${error.message}\nRepeat it with: ${repeat(index)}`,
      );
    });
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
