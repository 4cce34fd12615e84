import { resolve } from 'node:path';
import { loadBundle, type LoadedBundle } from '../../../policy-service/src/bundle/load-bundle';
import { runPolicyCases, type CaseReport } from '../../../policy-service/src/bundle/policy-cases';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { lineFinder } from '../../../policy-service/src/bundle/yaml-lines';

/** The test cases of a bundle: what they compare, and how they say what is wrong. */
const SHIPPED = readBundleFolder(resolve(__dirname, '../../../policy-service'));

function bundleWith(cases: string, rules?: string): LoadedBundle {
  const files = SHIPPED.filter(({ path }) => !path.startsWith('tests/'));
  return loadBundle(
    [
      ...files,
      { path: 'tests/own.yaml', text: cases },
      ...(rules ? [{ path: 'policies/own.yaml', text: rules }] : []),
    ],
    'test',
  );
}

const PAYMENT = `
defaults:
  request:
    action: vendor_payment.create
    arguments: { vendor_id: V-1001, amount: '12000', currency: EUR, memo: for parts }
  facts:
    vendor: { vendor_id: V-1001, name: Acme Supplies, status: active }
`;
const report = (cases: string, rules?: string): CaseReport =>
  runPolicyCases(bundleWith(`${PAYMENT}cases:\n${cases}`, rules));
const differencesOf = (expectation: string, rest = ''): string[] =>
  report(`  - name: one\n${rest}    expect: ${expectation}\n`).results[0]?.differences ?? [];

test.each([
  ['{ effect: require_approval }', []],
  ['{ effect: require_approval, reasons: [payment-above-10000] }', []],
  ['{ effect: allow }', [/^effect: expected allow, got require_approval \(A payment above 10,000/]],
  [
    '{ effect: require_approval, reasons: [low-confidence] }',
    [/reasons: expected low-confidence too/, /got payment-above-10000, which is not expected/],
  ],
  [
    '{ effect: require_approval, obligations: { stages: [{ role: reviewer, count: 2 }] } }',
    [/^obligations\.stages: expected 2 reviewer, got 1 finance_approver$/],
  ],
  [
    '{ effect: require_approval, obligations: { expiresIn: 1h, comment: required, evidence: [a] } }',
    [
      /expiresIn: expected 1h, got 72h/,
      /comment: expected required, got optional/,
      /evidence: expected a, got nothing/,
    ],
  ],
  [
    '{ effect: invalid, errors: [/amount] }',
    [/^effect: expected invalid/, /^errors: expected \/amount too/],
  ],
])('%s', (expectation, sentences) => {
  const differences = differencesOf(expectation);
  expect(differences).toHaveLength(sentences.length);
  sentences.forEach((sentence, index) => expect(differences[index]).toMatch(sentence));
});

test('obligations of a decision that asks for none', () => {
  const small = "    request: { arguments: { amount: '1' } }\n";
  expect(differencesOf('{ effect: allow, obligations: { comment: required } }', small)).toEqual([
    'obligations: expected some, got none',
  ]);
});

test('a case joins its own arguments and records with the defaults, and null leaves one out', () => {
  const { cases } = bundleWith(`${PAYMENT}cases:
  - name: joined
    request: { arguments: { amount: '1', memo: null }, channel: email }
    facts: { vendor: { status: inactive }, invoice: null }
    expect: { effect: block }
`);
  expect(cases[0]).toMatchObject({
    request: {
      arguments: { vendor_id: 'V-1001', amount: '1', currency: 'EUR' },
      context: { channel: 'email' },
    },
    facts: { vendor: { vendor_id: 'V-1001', status: 'inactive' }, invoice: null },
  });
  expect(cases[0]?.request.arguments).not.toHaveProperty('memo');
});

test('hour and weekday are what the rules see', () => {
  const rules = `rules:
  - id: sunday-night
    actions: [vendor_payment.create]
    when: context.weekday == "Sunday" && context.hour == 23
    effect: block
    message: Not on Sunday night.
`;
  const { results, uncovered } = report(
    `  - name: sunday
    weekday: Sunday
    hour: 23
    expect: { effect: block, reasons: [sunday-night, payment-above-10000] }
  - name: an hour earlier
    weekday: Sunday
    hour: 22
    expect: { effect: require_approval }
  - name: the same moment with a zone
    now: 2026-11-22T20:00:00-03:00
    expect: { effect: block }
`,
    rules,
  );
  expect(results.flatMap(({ differences }) => differences)).toEqual([]);
  expect(uncovered.map(({ ruleId }) => ruleId)).not.toContain('sunday-night');
});

test.each([
  [
    'a limit that is not the action’s',
    "used: { no-limit: '1' }",
    /no limit of vendor_payment\.create/,
  ],
  ['half a request', "used: { payments-count: '1.5' }", /no whole number/],
])('%s is told', (_what, used, sentence) => {
  const rules = `limits:
  - id: payments-count
    actions: [vendor_payment.create]
    key: [arguments.vendor_id]
    window: 1h
    max: '9'
    effect: block
    message: Too many.
`;
  const { results } = report(`  - name: one\n    ${used}\n    expect: { effect: block }\n`, rules);
  expect(results[0]?.differences.join()).toMatch(sentence);
});

test.each([
  [
    'two cases of one name',
    '  - name: a\n    expect: { effect: allow }\n  - name: a\n    expect: { effect: allow }\n',
    /own\.yaml:11: two cases have the name "a"/,
  ],
  ['an expectation that is missing', '  - name: a\n', /own\.yaml:9: .*expect.* is missing/],
  [
    'an effect that does not exist',
    '  - name: a\n    expect: { effect: alow }\n',
    /own\.yaml:10: .*must be one of allow/,
  ],
])('%s is a load error with its line', (_what, cases, sentence) => {
  expect(() => bundleWith(`${PAYMENT}cases:\n${cases}`)).toThrow(sentence);
});

test('a pointer leads to the line where its value begins, or its nearest parent', () => {
  const text = 'a:\n  - x: 1\n    y/z: 2\n  - x:\n      deep: 3\n';
  const lineOf = lineFinder(text);
  expect(lineOf('/a/0/y~1z')).toBe(3);
  expect(lineOf('/a/1/x/deep')).toBe(5);
  expect(lineOf('/a/1/none')).toBe(4);
  expect(lineOf('')).toBe(1);
});
