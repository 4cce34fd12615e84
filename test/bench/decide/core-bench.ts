import { isDeepStrictEqual } from 'node:util';
import type { Progress } from '../../../scripts/stack/progress';
import { spread, type Spread } from '../statistics';
import { sampleChecks, type Check } from './checks';
import type { Engine } from './engine';

/** Checks on which all engines must agree before anything is timed; the timing uses them in turn. */
const SAMPLE = 1_000;
/** Decisions between two looks at the clock. */
const BATCH = 50;

export interface CoreRow {
  engine: string;
  /** Decisions per second on one thread. */
  rate: Spread;
  /** Our rate / its rate, of each pair of neighbouring rounds; absent for ourselves. */
  ratio?: Spread;
}

/**
 * Measures engines that answer the same checks, in turns.
 * @param engines ours first
 * @throws Error naming the first check that two engines answer differently
 */
export async function benchCore(options: {
  engines: Engine[];
  rounds: number;
  /** Length of one engine's round. */
  milliseconds: number;
  progress: Progress;
}): Promise<CoreRow[]> {
  const { engines, rounds, milliseconds, progress } = options;
  await assertAgreement(engines, sampleChecks(SAMPLE));
  progress(`${engines.length} engines agree on ${SAMPLE} checks. Warming up ...`);
  const inputs = engines.map((engine) => sampleChecks(SAMPLE).map((one) => engine.input(one)));
  const round = (index: number): Promise<number> =>
    rate(engines[index] as Engine, inputs[index] as unknown[], milliseconds);

  for (const index of engines.keys()) await round(index);
  const rates = engines.map((): number[] => []);
  for (let turn = 1; turn <= rounds; turn += 1) {
    for (const index of engines.keys()) rates[index]?.push(await round(index));
    const told = engines.map(({ name }, i) => `${name} ${Math.round(rates[i]?.at(-1) ?? 0)}/s`);
    progress(`core, round ${turn} of ${rounds}: ${told.join(', ')}`);
  }
  const [mine = []] = rates;
  return engines.map(({ name }, index) => {
    const its = rates[index] ?? [];
    return {
      engine: name,
      rate: spread(its),
      ...(index > 0 ? { ratio: spread(mine.map((rate, turn) => rate / (its[turn] ?? NaN))) } : {}),
    };
  });
}

async function assertAgreement(engines: Engine[], checks: Check[]): Promise<void> {
  for (const check of checks) {
    const verdicts = await Promise.all(
      engines.map(async (engine) => engine.verdict(await engine.decide(engine.input(check)))),
    );
    const [first] = verdicts;
    const other = verdicts.findIndex((verdict) => !isDeepStrictEqual(verdict, first));
    if (other > 0) {
      throw new Error(
        `${engines[other]?.name} and ${engines[0]?.name} disagree on ${JSON.stringify(check)}: ` +
          `${JSON.stringify(verdicts[other])} and ${JSON.stringify(first)}.`,
      );
    }
  }
}

/** Decisions per second. An answer is awaited only where an engine gives a promise. */
async function rate(engine: Engine, inputs: unknown[], milliseconds: number): Promise<number> {
  const startedAt = performance.now();
  const endAt = startedAt + milliseconds;
  let done = 0;
  while (performance.now() < endAt) {
    for (let count = 0; count < BATCH; count += 1, done += 1) {
      const answer = engine.decide(inputs[done % inputs.length]);
      if (answer instanceof Promise) await answer;
    }
  }
  return (done * 1000) / (performance.now() - startedAt);
}
