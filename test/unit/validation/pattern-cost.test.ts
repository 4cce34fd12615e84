import fc from 'fast-check';
import { compileBounded } from '../../../policy-service/src/validation/json-schema';
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
  ['^(a+)+$', 0],
  ['^(a|a)*b(a|a)*$', 1],
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

const CUBIC = '^\\w+\\s?\\w+\\s?\\w+$';
const near = (length: number): string => `${'a'.repeat(length)}!`;

// Each of these takes minutes, or for ever, when the patterns run to their end.
it.each<[string, object, unknown, object]>([
  [
    'a text that is longer than maxLength',
    { properties: { l: { type: 'string', maxLength: 40, pattern: CUBIC } } },
    { l: near(60_000) },
    { pointer: '/l', code: 'maxLength' },
  ],
  [
    'a name that is longer than maxLength',
    { propertyNames: { type: 'string', maxLength: 40, pattern: CUBIC } },
    { [near(60_000)]: 1 },
    { code: 'maxLength' },
  ],
  [
    'a text whose pattern comes before its maxLength',
    {
      properties: {
        l: {
          allOf: [
            { type: 'string', pattern: CUBIC },
            { type: 'string', maxLength: 40 },
          ],
        },
      },
    },
    { l: near(60_000) },
    { pointer: '', code: 'too_costly' },
  ],
  [
    'a text under not',
    { properties: { l: { type: 'string', not: { type: 'string', pattern: '^(a+)+$' } } } },
    { l: near(60) },
    { pointer: '', code: 'too_costly' },
  ],
  [
    'a look ahead',
    { properties: { l: { type: 'string', pattern: '^(?=(a+)+$)' } } },
    { l: near(60) },
    { pointer: '', code: 'too_costly' },
  ],
  [
    'many texts of a list',
    { items: { type: 'string', maxLength: 260, pattern: '^\\w*\\w*\\w*$' }, type: 'array' },
    Array.from({ length: 240 }, () => 'a'.repeat(260)),
    { pointer: '', code: 'too_costly' },
  ],
])('%s does not keep the check busy', (_what, schema, value, expected) => {
  expect(compileBounded({ type: 'object', ...schema })(value)[0]).toMatchObject(expected);
});

const MEMBERS = {
  type: 'object',
  required: ['a', 'b'],
  properties: { a: { type: 'string' }, b: { type: 'string' } },
};

it('small values are told all that is wrong, large ones the first thing', () => {
  const check = compileBounded({ type: 'array', items: MEMBERS });
  expect(check([{}])).toHaveLength(2);
  expect(check(Array.from({ length: 20_000 }, () => ({})))).toHaveLength(1);
});

it('more alternatives than can be tried on every item are found', () => {
  const items = {
    anyOf: Array.from({ length: 1_500 }, (_, at) => ({ type: 'object', required: [`k${at}`] })),
  };
  expect(costlyParts({ type: 'array', items })).toEqual([expect.stringMatching(/alternatives/)]);
});
