import fc from 'fast-check';
import {
  asksForNoLess,
  mergeObligations,
} from '../../../policy-service/src/domain/decision/obligations';
import type { ApprovalTerms } from '../../../policy-service/src/domain/decision/rule';

const terms: fc.Arbitrary<ApprovalTerms> = fc.record(
  {
    stages: fc.uniqueArray(
      fc.record({
        role: fc.constantFrom('finance', 'director', 'reviewer', 'legal'),
        count: fc.integer({ min: 1, max: 10 }),
      }),
      { minLength: 1, maxLength: 4, selector: ({ role }) => role },
    ),
    expiresInSeconds: fc.integer({ min: 1, max: 1_000_000 }),
    comment: fc.constantFrom('optional' as const, 'required' as const),
    evidence: fc.subarray(['contract', 'call_back', 'quote', 'ticket']),
  },
  { requiredKeys: ['stages', 'expiresInSeconds'] },
);
const several = fc.array(terms, { minLength: 1, maxLength: 5 });

/** Everything but the order of the stages, which is that of first appearance. */
const unordered = (all: ApprovalTerms[]) => {
  const { stages, ...rest } = mergeObligations(all);
  return { ...rest, stages: [...stages].sort((a, b) => (a.role < b.role ? -1 : 1)) };
};

test('merging is never looser than any part', () => {
  fc.assert(
    fc.property(several, (all) => {
      const merged = mergeObligations(all);
      for (const part of all) {
        expect(asksForNoLess(merged, part)).toBe(true);
        expect(merged.expiresInSeconds).toBeLessThanOrEqual(part.expiresInSeconds);
      }
    }),
  );
});

test('merging asks for nothing that no part asks for', () => {
  fc.assert(
    fc.property(several, (all) => {
      const merged = mergeObligations(all);
      for (const stage of merged.stages) {
        expect(all.flatMap(({ stages }) => stages)).toContainEqual(stage);
      }
      expect(all.map(({ expiresInSeconds }) => expiresInSeconds)).toContain(
        merged.expiresInSeconds,
      );
      expect(merged.comment === 'required').toBe(all.some(({ comment }) => comment === 'required'));
      for (const name of merged.evidence) {
        expect(all.some(({ evidence }) => evidence?.includes(name))).toBe(true);
      }
    }),
  );
});

test('the order and the grouping of the parts do not matter, and merging twice changes nothing', () => {
  fc.assert(
    fc.property(several, several, (a, b) => {
      expect(unordered([...a, ...b])).toEqual(unordered([...b, ...a]));
      expect(mergeObligations([mergeObligations(a), mergeObligations(b)])).toEqual(
        mergeObligations([...a, ...b]),
      );
      expect(mergeObligations([...a, ...a])).toEqual(mergeObligations(a));
    }),
  );
});

test('stages keep the order in which they are first asked for', () => {
  const stage = (role: string, count = 1) => ({ role, count });
  const merged = mergeObligations([
    { stages: [stage('finance'), stage('director')], expiresInSeconds: 60 },
    { stages: [stage('legal'), stage('finance', 2)], expiresInSeconds: 30, comment: 'required' },
  ]);
  expect(merged).toEqual({
    stages: [stage('finance', 2), stage('director'), stage('legal')],
    expiresInSeconds: 30,
    comment: 'required',
    evidence: [],
  });
});

test.each([
  ['a role less', { stages: [{ role: 'finance', count: 2 }] }],
  [
    'a smaller count',
    {
      stages: [
        { role: 'finance', count: 1 },
        { role: 'legal', count: 1 },
      ],
    },
  ],
  ['no comment', { comment: 'optional' as const }],
  ['evidence less', { evidence: ['quote'] }],
  ['no evidence', { evidence: undefined }],
])('%s does not cover', (_name, change) => {
  const asked = {
    stages: [
      { role: 'finance', count: 2 },
      { role: 'legal', count: 1 },
    ],
    comment: 'required' as const,
    evidence: ['contract', 'quote'],
  };
  expect(asksForNoLess(asked, asked)).toBe(true);
  expect(asksForNoLess({ ...asked, ...change }, asked)).toBe(false);
});
