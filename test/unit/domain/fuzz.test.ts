import { fuzzedCondition } from '../../fuzz/conditions';
import { tryCondition, type Outcome } from '../../fuzz/try-condition';

const CONDITIONS = 20_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

test(`none of ${CONDITIONS} fuzzed conditions escapes, hangs or crashes (npm run fuzz tries more)`, () => {
  const outcomes: Record<Outcome, number> = { refused: 0, matched: 0, 'not matched': 0, error: 0 };
  for (let index = 0; index < CONDITIONS; index += 1) {
    const source = fuzzedCondition(SEED, index);
    try {
      outcomes[tryCondition(source)] += 1;
    } catch (error) {
      throw new Error(
        `${String(error)}\n${JSON.stringify(source)}\nRepeat it with: npm run fuzz -- --seed ${SEED} --from ${index} --count 1`,
      );
    }
  }
  // The generator reaches every outcome: otherwise it would show little.
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(CONDITIONS / 1000);
});
