import fc from 'fast-check';
import { decide } from '../../../policy-service/src/domain/decision/decide';
import { explain, type ExplainedRule } from '../../../policy-service/src/domain/decision/explain';
import { compiled, inputFor } from './as-service';
import { policies, requests } from './oracle/arbitraries';
import type { PlainPolicy, PlainRequest } from './oracle/plain';

const TERMS = {
  stages: [{ role: 'finance', count: 1 }],
  seconds: 60,
  comment: false,
  evidence: [],
};
const POLICY: PlainPolicy = {
  stage: 'auto',
  requesterRoles: ['finance'],
  rules: [
    {
      id: 'large',
      when: { kind: 'amount', is: '>', cents: 1000 },
      effect: 'block',
      onTrial: false,
    },
    {
      id: 'memo',
      when: { kind: 'memo holds', text: 'urgent' },
      effect: 'require_approval',
      onTrial: true,
    },
    { id: 'noted', when: { kind: 'note is', text: 'x' }, effect: 'allow', onTrial: false },
  ],
  tiers: [
    {
      id: 'tiers',
      onTrial: false,
      currencies: {
        USD: [
          { upTo: 5000, terms: 'none' },
          { upTo: Number.MAX_SAFE_INTEGER, terms: TERMS },
        ],
      },
    },
  ],
  limits: [
    { id: 'cap', kind: 'sum', max: 3000, byMemo: false, effect: 'block', onTrial: false },
    { id: 'again', kind: 'duplicates', max: 1, byMemo: true, effect: 'block', onTrial: false },
  ],
  defaults: TERMS,
};
const REQUEST: PlainRequest = {
  cents: 2000,
  currency: 'USD',
  confidence: 1,
  vendorStatus: 'active',
  hour: 9,
  weekday: 'Monday',
  roles: ['finance'],
  verified: true,
  used: 0,
};

function explained(change: Partial<PlainRequest> = {}): Record<string, ExplainedRule> {
  const { rules } = explain(inputFor(compiled(POLICY), { ...REQUEST, ...change }));
  return Object.fromEntries(rules.map((rule) => [rule.ruleId, rule]));
}

test('a limit whose condition is false says so, and one that cannot be told is an error', () => {
  const [cap] = POLICY.limits;
  const policy: PlainPolicy = {
    ...POLICY,
    limits: [{ ...cap!, when: { kind: 'note is', text: 'x' } }],
  };
  const capFor = (note?: string): ExplainedRule | undefined =>
    explain(inputFor(compiled(policy), { ...REQUEST, used: 3000, note })).rules.find(
      ({ ruleId }) => ruleId === 'cap',
    );
  expect(capFor('x')).toMatchObject({ result: 'matched', effect: 'block' });
  expect(capFor('y')).toMatchObject({
    result: 'not_matched',
    why: 'The condition is false: arguments.note == "x"',
    values: { 'arguments.note': 'y', 'arguments.vendor_id': 'V-1' },
  });
  expect(capFor()).toMatchObject({
    result: 'error',
    why: expect.stringContaining('arguments.note is missing'),
    values: { 'arguments.note': null },
  });
});

test('what problems of the bundle hold back is told like every other reason', () => {
  const policy = { ...compiled(POLICY), unsafe: 'It is unsafe.', notUndoable: 'No way back.' };
  const { rules, decision } = explain(inputFor(policy, REQUEST));
  expect(rules.slice(0, 2)).toMatchObject([
    { ruleId: 'policy-unsafe', kind: 'check', effect: 'block', result: 'matched' },
    { ruleId: 'not-undoable', effect: 'require_approval', result: 'matched', why: 'No way back.' },
  ]);
  const told = rules.filter(({ result }) => result !== 'not_matched').map(({ ruleId }) => ruleId);
  for (const { ruleId } of decision.reasons) expect(told).toContain(ruleId);
});

test('every part says whether it matched, why, and with which values', () => {
  expect(explained()).toMatchObject({
    'stage-auto': { kind: 'stage', result: 'not_matched', effect: 'allow' },
    'requester-roles': { kind: 'check', result: 'not_matched' },
    'fact-missing': { kind: 'check', result: 'not_matched', values: {} },
    large: {
      kind: 'rule',
      mode: 'enforce',
      effect: 'block',
      result: 'matched',
      why: 'large objects.',
      values: { 'arguments.amount': '20.00' },
    },
    memo: {
      kind: 'rule',
      mode: 'log_only',
      result: 'not_matched',
      why: 'The condition is false: has(arguments.memo) && arguments.memo.contains("urgent")',
      values: { 'arguments.memo': null },
    },
    noted: {
      result: 'error',
      effect: 'block',
      why: 'It could not be evaluated: arguments.note is missing.',
      values: { 'arguments.note': null },
    },
    tiers: {
      kind: 'rule',
      result: 'not_matched',
      why: 'The amount is in a tier that needs no approval (up to 50.00).',
      values: { 'arguments.amount': '20.00', 'arguments.currency': 'USD' },
    },
    cap: {
      kind: 'limit',
      result: 'not_matched',
      why: '0.00 used by others + 20.00 of this request is within 30.00.',
      values: { 'arguments.vendor_id': 'V-1', 'arguments.amount': '20.00' },
    },
    again: {
      kind: 'limit',
      result: 'error',
      why: 'Whether this repeats an earlier request cannot be told, because arguments.memo is missing.',
    },
  });
});

test('what matched in another way says so', () => {
  const change = { cents: 6000, memo: 'urgent', note: 'x', roles: [], vendorStatus: undefined };
  expect(explained({ ...change, used: 1 })).toMatchObject({
    'requester-roles': { result: 'matched', values: { 'subject.roles': [] } },
    'fact-missing': { result: 'matched', values: { 'facts.vendor.status': null } },
    memo: { result: 'matched' },
    noted: { result: 'matched', effect: 'allow' },
    tiers: { result: 'matched', effect: 'require_approval', why: 'tiers objects. (above 50.00)' },
    cap: {
      result: 'matched',
      why: 'cap objects. 0.01 used by others + 60.00 of this request is more than 30.00.',
    },
    again: {
      result: 'matched',
      why: 'again objects. 1 used by others + 1 of this request is more than 1.',
    },
  });
});

test('the explanation is that of the decision', () => {
  fc.assert(
    fc.property(policies(), requests, (policy, request) => {
      const input = inputFor(compiled(policy), request);
      const { decision, rules } = explain(input);
      expect(decision).toEqual(decide(input));
      const objecting = rules.filter(({ result }) => result !== 'not_matched');
      const told = [...decision.reasons, ...decision.shadow].map(({ ruleId }) => ruleId);
      for (const { ruleId, effect } of objecting) {
        // A rule that allows is not a reason for anything stricter.
        if (effect !== 'allow' || decision.effect === 'allow') expect(told).toContain(ruleId);
      }
      for (const id of new Set(told)) {
        if (id !== 'no-rule-matched') {
          expect(objecting.map(({ ruleId }) => ruleId)).toContain(id);
        }
      }
    }),
    { numRuns: 300 },
  );
});
