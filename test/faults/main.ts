import { rmSync } from 'node:fs';
import { HELP, readOptions } from './options';
import { Run, type Outcome } from './run';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const run = new Run(options, (line) => console.log(`${new Date().toISOString()} ${line}`));
  console.log(`seed ${run.seed}, files in ${options.dir}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log(`Go on with: npm run test:faults -- --resume ${options.dir}/state.json`);
      void run.stop().then(() => process.exit(130));
    });
  }
  const outcome = await run.toTheEnd().finally(() => run.stop());
  tell(outcome, run.seed);
  const sound = outcome.violations.length === 0;
  if (sound && options.temporary) rmSync(options.dir, { recursive: true, force: true });
  return sound ? 0 : 1;
}

/** The last line is the result. */
function tell({ kills, requests, permitsOpen, violations }: Outcome, seed: number): void {
  for (const { rule, requestId, message } of violations) {
    console.log(`VIOLATION ${rule} ${requestId ?? ''} ${message}`);
  }
  if (permitsOpen > 0) {
    console.log(`${permitsOpen} requests wait for the report of a permit that a kill took away.`);
  }
  if (violations.length > 0) {
    console.log(`The same schedule again: npm run test:faults -- --kills ${kills} --seed ${seed}`);
  }
  console.log(`faults: ${kills} kills, ${requests} requests, ${violations.length} violations`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
