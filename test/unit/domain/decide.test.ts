import { resolve } from 'node:path';
import fc from 'fast-check';
import { loadBundle } from '../../../policy-service/src/bundle/load-bundle';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import type { Stage } from '../../../policy-service/src/domain/catalogue/action';
import { decide, type DecideInput } from '../../../policy-service/src/domain/decision/decide';
import type { Decision, Effect } from '../../../policy-service/src/domain/request/decision';
import { compilePolicy } from '../../../policy-service/src/domain/decision/policy';
import type {
  GovernedRequest,
  JsonObject,
} from '../../../policy-service/src/domain/request/request';
import type { Rule } from '../../../policy-service/src/domain/decision/rule';
import { limitShare } from '../../../policy-service/src/domain/decision/limit';

const { bundle } = loadBundle(
  readBundleFolder(resolve(__dirname, '../../../policy-service')),
  'shipped',
);
const NOW = new Date('2026-01-05T12:00:00.000Z');
const ORDER: Effect[] = ['allow', 'require_approval', 'recommend', 'block'];

interface Case {
  amount: string;
  currency: string;
  confidence: number;
  status: string | undefined;
  used: bigint;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  amount: fc
    .integer({ min: 1, max: 4_000_000 })
    .map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`),
  currency: fc.constantFrom('USD', 'EUR', 'GBP', 'CHF'),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  status: fc.constantFrom('active', 'inactive', 'ACTIVE', undefined),
  used: fc.bigInt({ min: 0n, max: 300_000_000n }),
});

function request(values: JsonObject, confidence: number): GovernedRequest {
  return {
    id: 'req_1',
    kind: 'action',
    state: 'validated',
    traceId: '0'.repeat(32),
    subject: { tokenId: 'tok_1', tokenOwner: null, requestedBy: 'ana', verified: false, roles: [] },
    source: 'test',
    context: {},
    intent: {
      action: 'vendor_payment.create',
      arguments: values,
      confidence,
      reasons: [],
      extractor: 'submitted',
    },
    actionVersion: 1,
    connectorId: 'mock-erp',
    arguments: values,
    needsPerson: false,
    statusToken: 'x',
    statusExpiresAt: NOW.toISOString(),
    createdAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
  };
}

function decision(one: Case, change: { rules?: Rule[]; stage?: Stage } = {}): Decision {
  const shipped = bundle.policy('vendor_payment.create')!;
  const action = { ...shipped.action, stage: change.stage ?? shipped.action.stage };
  const policy = compilePolicy(
    [action],
    {
      rules: [...shipped.rules.map(({ rule }) => rule), ...(change.rules ?? [])].map((rule) => ({
        ...rule,
        actions: [action.id],
      })),
      tiers: [],
      limits: shipped.limits.map(({ rule }) => rule),
      defaultApproval: shipped.defaultApproval,
    },
    bundle.version,
  ).byAction.get(action.id)!;
  const values = { vendor_id: 'V-1001', amount: one.amount, currency: one.currency };
  const made = request(values, one.confidence);
  const input: DecideInput = {
    request: made,
    policy,
    policyVersion: 'test',
    facts: {
      vendor: {
        value: {
          vendor_id: 'V-1001',
          name: 'Acme Supplies',
          ...(one.status === undefined ? {} : { status: one.status }),
        },
        fetchedAt: NOW.toISOString(),
        connectorId: 'mock-erp',
      },
    },
    limits: policy.limits.map(({ rule: limit }) => ({
      limitId: limit.id,
      share: limitShare(limit, values, made.subject, action.id),
      used: one.used,
    })),
    now: NOW,
    timeZone: 'UTC',
  };
  return decide(input);
}

const strictness = (made: Decision): number => ORDER.indexOf(made.effect);

/** At least as strict, and asking for at least as many people. */
function expectNoLooser(after: Decision, before: Decision): void {
  expect(strictness(after)).toBeGreaterThanOrEqual(strictness(before));
  if (after.effect !== 'require_approval' || before.effect !== 'require_approval') return;
  for (const { role, count } of before.obligations?.stages ?? []) {
    const now = after.obligations?.stages.find((stage) => stage.role === role);
    expect(now?.count ?? 0).toBeGreaterThanOrEqual(count);
  }
}

describe('what makes a request riskier never loosens its decision', () => {
  test('a larger amount', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 10_000_000 }), (one, more) => {
        const larger = { ...one, amount: (Number(one.amount) + more).toFixed(2) };
        expectNoLooser(decision(larger), decision(one));
      }),
    );
  });

  test('a lower confidence', () => {
    fc.assert(
      fc.property(anyCase, fc.double({ min: 0, max: 1, noNaN: true }), (one, factor) => {
        expectNoLooser(decision({ ...one, confidence: one.confidence * factor }), decision(one));
      }),
    );
  });

  test('more that is spent already', () => {
    fc.assert(
      fc.property(anyCase, fc.bigInt({ min: 0n, max: 10n ** 9n }), (one, more) => {
        expectNoLooser(decision({ ...one, used: one.used + more }), decision(one));
      }),
    );
  });

  test('a fact that is missing: it blocks', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        expect(decision({ ...one, status: undefined }).effect).toBe('block');
      }),
    );
  });

  test('one more rule that blocks, and a rule that allows loosens nothing', () => {
    const rule = (effect: Rule['effect']): Rule => ({
      id: `more-${effect}`,
      actions: ['*'],
      when: 'arguments.currency == "EUR"',
      effect,
      message: 'More.',
      mode: 'enforce',
    });
    fc.assert(
      fc.property(anyCase, (one) => {
        const before = decision(one);
        expectNoLooser(decision(one, { rules: [rule('block')] }), before);
        expect(decision(one, { rules: [rule('allow')] }).effect).toBe(before.effect);
      }),
    );
  });

  test('an earlier stage of the rollout', () => {
    const stages: Stage[] = ['auto', 'approve', 'recommend', 'off'];
    fc.assert(
      fc.property(anyCase, fc.nat(3), fc.nat(3), (one, a, b) => {
        const [later, earlier] = [stages[Math.min(a, b)], stages[Math.max(a, b)]];
        expectNoLooser(decision(one, { stage: earlier }), decision(one, { stage: later }));
      }),
    );
  });
});

test('a rule on trial changes nothing and says what it would have done', () => {
  const rule: Rule = {
    id: 'trial',
    actions: ['*'],
    when: 'true',
    effect: 'block',
    message: 'Trial.',
    mode: 'log_only',
  };
  const one = { amount: '5.00', currency: 'USD', confidence: 1, status: 'active', used: 0n };
  expect(decision(one, { rules: [rule] })).toMatchObject({
    effect: 'allow',
    shadow: [{ ruleId: 'trial', effect: 'block' }],
  });
});

test('same request, facts, limits and clock: byte-identical decisions', () => {
  fc.assert(
    fc.property(anyCase, (one) => {
      expect(JSON.stringify(decision(one))).toBe(JSON.stringify(decision(structuredClone(one))));
    }),
  );
});
