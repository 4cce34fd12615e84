import fc from 'fast-check';
import {
  WEEKDAYS,
  type Comparison,
  type Formula,
  type PlainLimit,
  type PlainPolicy,
  type PlainRequest,
  type PlainRule,
  type PlainTerms,
  type PlainTiers,
} from './plain';

const CURRENCIES = ['USD', 'EUR', 'JPY'];
const ROLES = ['finance', 'director', 'reviewer'];
const STATUSES = ['active', 'inactive', ''];
const TEXTS = ['urgent', 'a "quoted" word', 'x'];

/** Cents around few thresholds, so that comparisons meet exactly. */
const cents = fc.oneof(
  fc.constantFrom(1, 99, 100, 999_900, 1_000_000, 1_000_001, 5_000_000),
  fc.integer({ min: 1, max: 6_000_000 }),
);
const comparison = fc.constantFrom<Comparison[]>('<', '<=', '>', '>=', '==', '!=');
const share = fc.constantFrom(0, 0.25, 0.5, 0.8, 0.95, 1);

/** Formulas in which `only` lists what may be compared; every one by default. */
export function formulas(only?: Formula['kind'][]): fc.Arbitrary<Formula> {
  const atoms: Record<string, fc.Arbitrary<Formula>> = {
    amount: fc.record({ kind: fc.constant('amount' as const), is: comparison, cents }),
    count: fc.record({
      kind: fc.constant('count' as const),
      is: comparison,
      times: fc.integer({ min: -3, max: 3 }),
      than: fc.integer({ min: -5, max: 5 }),
    }),
    confidence: fc.record({
      kind: fc.constant('confidence' as const),
      is: comparison,
      than: share,
    }),
    currency: fc.record({
      kind: fc.constant('currency' as const),
      oneOf: fc.subarray(CURRENCIES, { minLength: 1 }),
    }),
    status: fc.record({ kind: fc.constant('status' as const), is: fc.constantFrom(...STATUSES) }),
    invoice: fc.record({ kind: fc.constant('invoice' as const), is: fc.constantFrom(...STATUSES) }),
    'memo holds': fc.record({
      kind: fc.constant('memo holds' as const),
      text: fc.constantFrom(...TEXTS),
    }),
    'note is': fc.record({
      kind: fc.constant('note is' as const),
      text: fc.constantFrom(...TEXTS),
    }),
    channel: fc.record({
      kind: fc.constant('channel' as const),
      is: fc.constantFrom('mail', 'chat'),
      otherwise: fc.boolean(),
    }),
    hours: fc.record({ kind: fc.constant('hours' as const), from: fc.nat(23), to: fc.nat(24) }),
    weekdays: fc.record({ kind: fc.constant('weekdays' as const), oneOf: fc.subarray(WEEKDAYS) }),
    role: fc.record({ kind: fc.constant('role' as const), is: fc.constantFrom(...ROLES) }),
    verified: fc.constant({ kind: 'verified' as const }),
  };
  const names = only ?? (Object.keys(atoms) as Formula['kind'][]);
  const atom = fc.oneof(...names.map((name) => atoms[name] as fc.Arbitrary<Formula>));
  const joined = (of: fc.Arbitrary<Formula>): fc.Arbitrary<Formula> =>
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(of, { minLength: 2, maxLength: 3 }),
    });
  const not = (of: fc.Arbitrary<Formula>): fc.Arbitrary<Formula> =>
    fc.record({ kind: fc.constant('not' as const), of });
  const small = fc.oneof({ weight: 3, arbitrary: atom }, { weight: 1, arbitrary: not(atom) });
  const medium = fc.oneof({ weight: 2, arbitrary: small }, { weight: 1, arbitrary: joined(small) });
  return fc.oneof(medium, joined(medium), not(joined(medium)));
}

const terms: fc.Arbitrary<PlainTerms> = fc.record({
  stages: fc
    .uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 3 })
    .chain((roles) =>
      fc.tuple(
        ...roles.map((role) =>
          fc.record({ role: fc.constant(role), count: fc.integer({ min: 1, max: 3 }) }),
        ),
      ),
    ),
  seconds: fc.constantFrom(60, 3600, 86_400),
  comment: fc.boolean(),
  evidence: fc.subarray(['contract', 'call_back', 'quote']),
});
const maybeTerms = fc.option(terms, { nil: undefined });
const onTrial = fc.boolean().chain((yes) => (yes ? fc.boolean() : fc.constant(false)));

export function rules(when: fc.Arbitrary<Formula> = formulas()): fc.Arbitrary<PlainRule> {
  return fc.record({
    id: fc.constant('rule'),
    when,
    effect: fc.constantFrom('block' as const, 'require_approval' as const, 'allow' as const),
    onTrial,
    terms: maybeTerms,
  });
}

/** Steps that ask for more and more, as the loader demands. */
const steps = fc
  .tuple(fc.uniqueArray(cents, { minLength: 0, maxLength: 3 }), terms, fc.boolean())
  .map(([limits, most, none]) => {
    const ends = [...limits.sort((a, b) => a - b), Number.MAX_SAFE_INTEGER];
    return ends.map((upTo, index) => ({
      upTo,
      terms:
        index === 0 && none && ends.length > 1
          ? ('none' as const)
          : {
              ...most,
              stages: most.stages.slice(0, index + 1),
              comment: most.comment && index > 0,
            },
    }));
  });

const tiers: fc.Arbitrary<PlainTiers> = fc.record({
  id: fc.constant('tiers'),
  onTrial,
  currencies: fc
    .tuple(fc.subarray(CURRENCIES, { minLength: 1 }), steps)
    .map(([codes, all]) => Object.fromEntries(codes.map((code) => [code, all]))),
  otherwise: maybeTerms,
});

export function limits(
  when: fc.Arbitrary<Formula | undefined> = fc.constant(undefined),
): fc.Arbitrary<PlainLimit> {
  return fc.record({
    id: fc.constant('limit'),
    kind: fc.constantFrom('sum' as const, 'count' as const, 'duplicates' as const),
    max: fc.integer({ min: 1, max: 6_000_000 }),
    when,
    byMemo: fc.boolean(),
    effect: fc.constantFrom('block' as const, 'require_approval' as const),
    onTrial,
    terms: maybeTerms,
  });
}

export function policies(
  rule: fc.Arbitrary<PlainRule> = rules(),
  // What is undone by changing the request has to be left out of some laws.
  limit: fc.Arbitrary<PlainLimit> = limits(),
): fc.Arbitrary<PlainPolicy> {
  const numbered = <T extends { id: string }>(parts: T[]): T[] =>
    parts.map((part, index) => ({ ...part, id: `${part.id}-${index}` }));
  return fc.record({
    stage: fc.oneof(
      { weight: 3, arbitrary: fc.constant('auto' as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('off' as const, 'recommend' as const, 'approve' as const),
      },
    ),
    requesterRoles: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.subarray(ROLES, { minLength: 1 }) },
    ),
    rules: fc.array(rule, { maxLength: 4 }).map(numbered),
    tiers: fc.array(tiers, { maxLength: 1 }).map(numbered),
    limits: fc.array(limit, { maxLength: 2 }).map(numbered),
    defaults: terms,
  });
}

export const requests: fc.Arbitrary<PlainRequest> = fc.record({
  cents,
  currency: fc.constantFrom(...CURRENCIES, 'CHF'),
  count: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
  memo: fc.option(fc.constantFrom(...TEXTS, 'very urgent', ''), { nil: undefined }),
  note: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  invoiceRef: fc.option(fc.constant('INV-1'), { nil: undefined }),
  confidence: share,
  vendorStatus: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...STATUSES) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  invoiceStatus: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...STATUSES) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  channel: fc.option(fc.constantFrom('mail', 'chat'), { nil: undefined }),
  hour: fc.nat(23),
  weekday: fc.constantFrom(...WEEKDAYS),
  roles: fc.subarray(ROLES),
  verified: fc.boolean(),
  used: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6_000_000 })),
});
