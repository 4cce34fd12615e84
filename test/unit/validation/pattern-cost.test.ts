import fc from 'fast-check';
import { patternProblem } from '../../../policy-service/src/validation/pattern-cost';
import { costlyParts } from '../../../policy-service/src/validation/schema-cost';

const BODY = 65_536;

it.each([
  ['^V-[0-9]{4}$', BODY],
  ['^[a-z]+(-[a-z]+)*$', BODY],
  ['^[^@\\s]+@[^@\\s]+$', BODY],
  ['^\\d{4}-\\d{2}-\\d{2}(T[0-9:.]+Z)?$', BODY],
  ['^(0|[1-9][0-9]{0,11})([.][0-9]{1,4})?$', BODY],
  ['^[0-9a-fA-F-]{36}$', BODY],
  ['^https?://', BODY],
  ['[A-Z]{3}', BODY],
  ['^(USD|EUR|GBP)$', BODY],
  ['^.{1,500}$', BODY],
  ['^[\\w.-]+@[\\w.-]+\\.[a-z]{2,}$', 254],
  ['^.*-.*$', 200],
])('%s on %d characters is checked', (pattern, longest) => {
  expect(patternProblem(pattern, longest)).toBeUndefined();
});

it.each([
  ['^(a+)+$', 50],
  ['^(a|a)*$', 50],
  ['^(a|aa)+$', 50],
  ['^([a-z]+)*$', 50],
  ['^(a?){40}a{40}$', 100],
  ['^(a*)*$', 50],
  ['^(.*,)*$', 100],
  ['^(\\w+\\s?)*$', 100],
  ['.*.*.*=', 2_000],
  ['[a-z]+$', BODY],
  ['^.*-.*-.*$', BODY],
  ['^(?=.*x).*$', 50],
  ['^(a)\\1$', 50],
  ['(', 50],
])('%s on %d characters is not', (pattern, longest) => {
  expect(patternProblem(pattern, longest)).toMatch(/\S/);
});

it('what passes is checked to its end, whatever the text is', () => {
  const atom = fc.constantFrom('a', 'b', '[ab]', '[^b]', '.', '\\w');
  const repeat = fc.constantFrom('', '+', '*', '?', '{2,}', '{0,5}', '{3}');
  const { pattern } = fc.letrec<{ pattern: string; term: string }>((tie) => ({
    pattern: fc.array(tie('term'), { minLength: 1, maxLength: 4 }).map((terms) => terms.join('')),
    term: fc.oneof(
      { maxDepth: 2 },
      fc.tuple(atom, repeat).map(([one, times]) => one + times),
      fc
        .tuple(tie('pattern'), tie('pattern'), repeat)
        .map(([a, b, times]) => `(${a}|${b})${times}`),
    ),
  }));
  fc.assert(
    fc.property(pattern, fc.constantFrom('a', 'ab', 'b'), (source, unit) => {
      const anchored = `^${source}$`;
      fc.pre(patternProblem(anchored, 2_000) === undefined);
      // One that backtracks without end takes hours, and the test never ends.
      expect([true, false]).toContain(new RegExp(anchored, 'u').test(`${unit.repeat(1000)}!`));
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  [
    'a pattern under a property',
    { properties: { a: { type: 'string', pattern: '^(a+)+$' } } },
    /too long/,
  ],
  ['a pattern of names', { patternProperties: { '^(a+)+$': {} } }, /too long/],
  [
    'a reference in a circle',
    { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' },
    /circle/,
  ],
  ['lists compared each with each', { type: 'array', uniqueItems: true }, /uniqueItems/],
])('%s is found', (_what, schema, problem) => {
  expect(costlyParts(schema)).toEqual([expect.stringMatching(problem)]);
});

it('data that looks like a pattern is none', () => {
  expect(
    costlyParts({
      examples: [{ pattern: '^(a+)+$' }],
      properties: { pattern: { type: 'string' } },
    }),
  ).toEqual([]);
});
