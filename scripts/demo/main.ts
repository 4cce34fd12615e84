import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAllChildren, pause } from '../stack/child';
import { PortTakenError } from '../stack/ports';
import { readSamples, type Sample } from '../stack/samples';
import { startStack, stopStack, type Stack } from '../stack/stack';
import { checkErp, checkRun } from './check';
import { HELP, readOptions, type DemoOptions } from './options';
import { approve, isUnderWay, refresh, sendSample, settle, type SampleRun } from './run';
import { links, signIns, table } from './show';

const APPROVAL_TO_END_MS = 180_000;
const WATCH_MS = 1_500;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-demo-'));
  const cleanUp = (): void => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', killAllChildren);
  let stack: Stack | undefined;
  const interrupted = new Promise<void>((resolve) => {
    const end = (): void => {
      if (stack) return resolve();
      // Still starting: there is nothing to end in order.
      killAllChildren();
      cleanUp();
      process.exit(130);
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
  try {
    stack = await startStack({
      ports: options.ports,
      dataDir,
      progress: (line) => console.log(`  ${line}`),
    });
    const ended = await Promise.race([present(stack, options), interrupted.then(() => undefined)]);
    if (ended !== undefined && !options.once) {
      console.log('\nEverything stays up for you to look around. Ctrl-C ends it.');
      // A signal handler alone does not keep Node running.
      const keepRunning = setInterval(() => undefined, 60_000);
      await interrupted;
      clearInterval(keepRunning);
    }
    console.log('\nStopping ...');
    await stopStack(stack);
    cleanUp();
    return options.once && ended !== true ? 1 : 0;
  } catch (error) {
    killAllChildren();
    if (error instanceof PortTakenError) cleanUp();
    else console.error(`\nThe logs are kept in ${join(dataDir, 'logs')}.`);
    throw error;
  }
}

/** Sends the samples and follows them to their end. @returns whether each ended as it should */
async function present(stack: Stack, options: DemoOptions): Promise<boolean> {
  const samples = readSamples();
  console.log(`\nSending ${samples.length} requests to ${stack.webhookUrl}\n`);
  let runs: SampleRun[] = [];
  for (const sample of samples) {
    const run = await sendSample(stack, sample);
    runs.push(run);
    console.log(`  ${run.answer.status} ${run.answer.body.state}  ${sample.title}.`);
  }
  console.log(`\n${table(runs)}\n\n${links(stack, runs)}\n\n${signIns(stack)}`);

  if (options.auto) {
    console.log(`\nApproving as ${stack.approver.email} ...`);
    for (const run of runs) await approve(stack, run);
    runs = await Promise.all(runs.map((run) => settle(stack, run, APPROVAL_TO_END_MS)));
  } else if (runs.some(isUnderWay)) {
    console.log(`\nNow approve in the inbox: ${stack.service.url}/inbox`);
    runs = await watch(stack, runs);
  }
  console.log(`\n${table(runs)}\n`);
  return report(stack, runs, samples);
}

/** Tells each change until nothing is under way any more. */
async function watch(stack: Stack, runs: SampleRun[]): Promise<SampleRun[]> {
  let current = runs;
  while (current.some(isUnderWay)) {
    await pause(WATCH_MS);
    const next = await Promise.all(current.map((run) => refreshOrKeep(stack, run)));
    next.forEach((run, index) => {
      const before = current[index]?.request?.state;
      if (run.request && run.request.state !== before) {
        console.log(`  ${index + 1}: ${before} -> ${run.request.state}. ${run.request.message}`);
      }
    });
    current = next;
  }
  return current;
}

/** Whoever tries what happens without the service must not end the demo by it. */
function refreshOrKeep(stack: Stack, run: SampleRun): Promise<SampleRun> {
  return refresh(stack, run).catch(() => run);
}

async function report(stack: Stack, runs: SampleRun[], samples: Sample[]): Promise<boolean> {
  const problems = runs.flatMap((run) =>
    checkRun(run).map((problem) => `${run.sample.payload}: ${problem}`),
  );
  problems.push(...(await checkErp(stack, samples)));
  if (problems.length === 0) {
    console.log('Each request ended as it should, and the ERP holds each write exactly once.');
    return true;
  }
  console.log(['Not as expected:', ...problems].join('\n  - '));
  return false;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof PortTakenError) {
      console.error(
        'End what uses it, or choose other ports: npm run demo -- --port-offset 1000 (see --help).',
      );
    }
    process.exit(1);
  },
);
