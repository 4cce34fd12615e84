import fc from 'fast-check';
import { decide } from '../../../policy-service/src/domain/decision/decide';
import { asPlain, compiled, inputFor } from './as-service';
import { formulas, limits, policies, requests, rules } from './oracle/arbitraries';
import { judge } from './oracle/judge';
import { asCondition } from './oracle/render';

const POLICIES = 2_000;
const REQUESTS_EACH = 50;
/** ORACLE_SEED repeats a run that failed. */
const SEED = Number(process.env['ORACLE_SEED'] ?? Date.now() % 2 ** 31);

test(`the oracle agrees on ${POLICIES * REQUESTS_EACH} random decisions`, () => {
  const counted = limits(fc.option(formulas(), { nil: undefined }));
  const allPolicies = fc.sample(policies(rules(), counted), { seed: SEED, numRuns: POLICIES });
  const allRequests = fc.sample(requests, { seed: SEED, numRuns: POLICIES * REQUESTS_EACH });
  const effects = new Map<string, number>();
  allPolicies.forEach((policy, index) => {
    const compiledPolicy = compiled(policy);
    for (let which = 0; which < REQUESTS_EACH; which += 1) {
      const request = allRequests[index * REQUESTS_EACH + which] as (typeof allRequests)[number];
      const expected = judge(policy, request);
      const actual = asPlain(decide(inputFor(compiledPolicy, request)));
      effects.set(actual.effect, (effects.get(actual.effect) ?? 0) + 1);
      if (JSON.stringify(actual) === JSON.stringify(expected)) continue;
      const rules = policy.rules.map(({ id, when }) => `${id}: ${asCondition(when)}`);
      throw new Error(
        `ORACLE_SEED=${SEED} repeats this.\n${JSON.stringify({ policy, rules, request, expected, actual }, null, 1)}`,
      );
    }
  });
  // A generator that only ever blocks would show nothing.
  for (const effect of ['allow', 'require_approval', 'recommend', 'block']) {
    expect(effects.get(effect)).toBeGreaterThan(POLICIES);
  }
});
