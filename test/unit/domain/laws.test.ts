import fc from 'fast-check';
import { decide, type DecideInput } from '../../../policy-service/src/domain/decision/decide';
import type { Decision, Effect } from '../../../policy-service/src/domain/request/decision';
import { asksForNoLess } from '../../../policy-service/src/domain/decision/obligations';
import { compiled, decideOn, inputFor } from './as-service';
import { formulas, policies, requests, rules } from './oracle/arbitraries';
import type { Formula, PlainPolicy, PlainRequest, PlainRule } from './oracle/plain';

/** Laws that hold for every policy, whatever its rules: a riskier request never gets more. */

const ORDER: Effect[] = ['allow', 'require_approval', 'recommend', 'block'];
const RUNS = { numRuns: 400 };

function expectNoLooser(after: Decision, before: Decision): void {
  expect(ORDER.indexOf(after.effect)).toBeGreaterThanOrEqual(ORDER.indexOf(before.effect));
  if (after.obligations && before.obligations) {
    expect(asksForNoLess(after.obligations, before.obligations)).toBe(true);
  }
}

/** How often a law was seen to make a difference: one that never does was not tested. */
function counted(law: (note: (after: Decision, before: Decision) => void) => void): number {
  let different = 0;
  law((after, before) => {
    if (JSON.stringify(after.reasons) !== JSON.stringify(before.reasons)) different += 1;
    expectNoLooser(after, before);
  });
  return different;
}

const OTHERS: Formula['kind'][] = [
  'count',
  'currency',
  'status',
  'invoice',
  'memo holds',
  'note is',
  'channel',
  'hours',
  'weekdays',
  'role',
  'verified',
];

/** Rules that object from an amount on, or below a confidence, together with anything else. */
function oneSided(sided: Formula[], rest: Formula['kind'][]): fc.Arbitrary<PlainRule> {
  const one = fc.constantFrom(...sided);
  const with_ = fc.record({
    kind: fc.constantFrom('all' as const, 'any' as const),
    of: fc.tuple(one, formulas(rest)),
  });
  return rules(fc.oneof(one, with_, formulas(rest)));
}

const fromAnAmount = oneSided(
  [100, 999_900, 1_000_000, 3_000_000].flatMap((cents): Formula[] => [
    { kind: 'amount', is: '>', cents },
    { kind: 'amount', is: '>=', cents },
    { kind: 'not', of: { kind: 'amount', is: '<', cents } },
  ]),
  [...OTHERS, 'confidence'],
);
const belowAConfidence = oneSided(
  [0.25, 0.5, 0.8, 1].flatMap((than): Formula[] => [
    { kind: 'confidence', is: '<', than },
    { kind: 'confidence', is: '<=', than },
    { kind: 'not', of: { kind: 'confidence', is: '>=', than } },
  ]),
  [...OTHERS, 'amount'],
);

test('a larger amount never loosens, where rules object from an amount on', () => {
  const more = fc.oneof(fc.nat(200), fc.nat(6_000_000));
  const seen = counted((check) =>
    fc.assert(
      fc.property(policies(fromAnAmount), requests, more, (policy, request, extra) => {
        const larger = { ...request, cents: request.cents + extra };
        check(decideOn(policy, larger), decideOn(policy, request));
      }),
      RUNS,
    ),
  );
  expect(seen).toBeGreaterThan(10);
});

test('a lower confidence never loosens, where rules object below a confidence', () => {
  const factor = fc.constantFrom(0, 0.1, 0.5, 0.9);
  const seen = counted((check) =>
    fc.assert(
      fc.property(policies(belowAConfidence), requests, factor, (policy, request, by) => {
        const lower = { ...request, confidence: request.confidence * by };
        check(decideOn(policy, lower), decideOn(policy, request));
      }),
      RUNS,
    ),
  );
  expect(seen).toBeGreaterThan(10);
});

test('one more part of any kind never loosens', () => {
  const seen = counted((check) =>
    fc.assert(
      fc.property(policies(), policies(), requests, (policy, other, request) => {
        const renamed = <T extends { id: string }>(parts: T[]): T[] =>
          parts.map((part) => ({ ...part, id: `more-${part.id}` }));
        const more: PlainPolicy = {
          ...policy,
          rules: [...policy.rules, ...renamed(other.rules)],
          tiers: [...policy.tiers, ...renamed(other.tiers)],
          limits: [...policy.limits, ...renamed(other.limits)],
        };
        check(decideOn(more, request), decideOn(policy, request));
      }),
      RUNS,
    ),
  );
  expect(seen).toBeGreaterThan(10);
});

test('a rule that blocks, added to any policy, blocks where it matches', () => {
  fc.assert(
    fc.property(policies(), requests, (policy, request) => {
      const blocking: PlainRule = {
        id: 'stop',
        when: {
          kind: 'any',
          of: [{ kind: 'verified' }, { kind: 'not', of: { kind: 'verified' } }],
        },
        effect: 'block',
        onTrial: false,
      };
      const stopped = { ...policy, rules: [...policy.rules, blocking] };
      expect(decideOn(stopped, request).effect).toBe('block');
    }),
    RUNS,
  );
});

test('a fact that is removed, or a whole record, never loosens', () => {
  const without: ((input: DecideInput) => DecideInput)[] = [
    (input) => ({ ...input, facts: {} }),
    (input) => ({
      ...input,
      facts: { ...input.facts, vendor: { ...input.facts['vendor']!, value: {} } },
    }),
    (input) => ({
      ...input,
      facts: { ...input.facts, vendor: { ...input.facts['vendor']!, value: { status: null } } },
    }),
    ({ facts: { invoice: _, ...facts }, ...input }) => ({ ...input, facts }),
  ];
  const seen = counted((check) =>
    fc.assert(
      fc.property(policies(), requests, fc.constantFrom(...without), (policy, request, remove) => {
        const input = inputFor(compiled(policy), request);
        const after = decide(remove(input));
        check(after, decide(input));
        const referenced = remove !== without[3] || request.invoiceRef !== undefined;
        if (referenced) expect(after.effect).toBe('block');
      }),
      RUNS,
    ),
  );
  expect(seen).toBeGreaterThan(10);
});

test('a stage moved back never loosens', () => {
  const stages = ['auto', 'approve', 'recommend', 'off'] as const;
  const seen = counted((check) =>
    fc.assert(
      fc.property(policies(), requests, fc.nat(3), fc.nat(3), (policy, request, a, b) => {
        const at = (index: number) =>
          decideOn({ ...policy, stage: stages[index] ?? 'off' }, request);
        check(at(Math.max(a, b)), at(Math.min(a, b)));
      }),
      RUNS,
    ),
  );
  expect(seen).toBeGreaterThan(10);
});

test('more that others hold never loosens', () => {
  const seen = counted((check) =>
    fc.assert(
      fc.property(policies(), requests, fc.nat(6_000_000), (policy, request, extra) => {
        const more = { ...request, used: request.used + extra };
        check(decideOn(policy, more), decideOn(policy, request));
      }),
      RUNS,
    ),
  );
  expect(seen).toBeGreaterThan(10);
});

test('a log_only rule changes nothing, and flips says what enforcing it alone would decide', () => {
  const enforced = (policy: PlainPolicy, id: string): PlainPolicy => {
    const on = <T extends { id: string; onTrial: boolean }>(parts: T[]): T[] =>
      parts.map((part) => (part.id === id ? { ...part, onTrial: false } : part));
    return {
      ...policy,
      rules: on(policy.rules),
      tiers: on(policy.tiers),
      limits: on(policy.limits),
    };
  };
  const without = (policy: PlainPolicy): PlainPolicy => {
    const real = <T extends { onTrial: boolean }>(parts: T[]): T[] =>
      parts.filter(({ onTrial }) => !onTrial);
    return {
      ...policy,
      rules: real(policy.rules),
      tiers: real(policy.tiers),
      limits: real(policy.limits),
    };
  };
  let flips = 0;
  fc.assert(
    fc.property(policies(), requests, (policy, request: PlainRequest) => {
      const decision = decideOn(policy, request);
      const { effect, reasons, obligations } = decideOn(without(policy), request);
      expect(decision).toMatchObject({ effect, reasons });
      expect(decision.obligations).toEqual(obligations);
      for (const entry of decision.shadow) {
        if (entry.flips !== undefined) flips += 1;
        const alone = decideOn(enforced(policy, entry.ruleId), request);
        expect(alone.effect).toBe(entry.flips ?? decision.effect);
      }
    }),
    RUNS,
  );
  expect(flips).toBeGreaterThan(5);
});

test('the order of insertion changes no byte of a decision', () => {
  const backwards = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(backwards);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([k, v]) => [k, backwards(v)]),
    );
  };
  fc.assert(
    fc.property(policies(), requests, (policy, request) => {
      const input = inputFor(compiled(policy), request);
      const other: DecideInput = {
        ...inputFor(compiled(policy), request),
        request: backwards(input.request) as DecideInput['request'],
        facts: Object.fromEntries(Object.entries(input.facts).reverse()),
        limits: [...input.limits].reverse(),
      };
      expect(JSON.stringify(decide(other))).toBe(JSON.stringify(decide(input)));
    }),
    RUNS,
  );
});
