import { resolve } from 'node:path';
import { BundleError } from '../../../policy-service/src/bundle/bundle-error';
import { loadBundle } from '../../../policy-service/src/bundle/load-bundle';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import type { ActionPolicy } from '../../../policy-service/src/domain/decision/policy';

const CATALOGUE = readBundleFolder(resolve(__dirname, '../../../policy-service')).filter(
  ({ path }) => path.startsWith('catalogue/') || path.startsWith('connectors/'),
);

function load(text: string): ActionPolicy {
  const files = [...CATALOGUE, { path: 'policies/own.yaml', text }];
  return loadBundle(files, 'test').bundle.policy('vendor_payment.create')!;
}

function problems(text: string): string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

const rule = (when: string): string => `# A comment, so that lines are counted.
rules:
  - id: fine
    actions: [vendor_payment.create]
    when: arguments.amount > decimal("1")
    effect: block
    message: Fine.

  - id: wrong
    actions: [vendor_payment.create]
    effect: block
    message: Wrong.
    when: ${when}
`;

test.each([
  [
    'arguments.ammount > decimal("1")',
    'arguments has no "ammount". Did you mean arguments.amount?',
  ],
  [
    'facts.vendor.stat == "active"',
    'facts.vendor has no "stat". Did you mean facts.vendor.status?',
  ],
  ['fact.vendor.status == "active"', 'There is no "fact". Did you mean facts?'],
  [
    'arguments.amount > 10000',
    'arguments.amount is an amount and cannot be compared with a whole number. Write decimal("10000") instead of 10000.',
  ],
])('%s is a load error that names file, line and near miss', (when, message) => {
  expect(problems(rule(when))).toEqual([
    `policies/own.yaml:13: wrong: ${message} (action vendor_payment.create)`,
  ]);
});

test('a condition over several lines is named by the line that it begins on', () => {
  const when = '>-\n      arguments.currency == "USD"\n      && arguments.amout > decimal("1")';
  expect(problems(rule(when))[0]).toMatch(/^policies\/own\.yaml:13: wrong: .*Did you mean/);
});

test('a wrong key of a rule is named with its line', () => {
  expect(
    problems(
      rule('"true"').replace(
        'effect: block\n    message: Wrong',
        'efect: block\n    message: Wrong',
      ),
    ).join(),
  ).toMatch(/policies\/own\.yaml:\d+: .*efect/);
});

test('an action that is not there is named with the near miss', () => {
  const text = rule('"true"').replaceAll('vendor_payment.create]', 'vendor_payments.create]');
  expect(problems(text)[0]).toMatch(
    /^policies\/own\.yaml:5: fine: the catalogue has no action "vendor_payments\.create"\. Did you mean vendor_payment\.create\?$/,
  );
});

const TIERS = `tiers:
  - id: by-amount
    actions: [vendor_payment.create]
    message: Payments of this size need approval.
    amounts:
      - currencies: [USD, EUR]
        tiers:
          - { upTo: '10000', approval: none }
          - upTo: '50000'
            approval: { stages: [{ role: finance_approver, count: 1 }], expiresIn: 72h }
          - above: '50000'
            approval:
              stages: [{ role: finance_approver, count: 1 }, { role: director, count: 1 }]
              expiresIn: 24h
              comment: required
              evidence: [contract]
`;

test('tiers are read as they are written', () => {
  const finance = { stages: [{ role: 'finance_approver', count: 1 }], expiresInSeconds: 259_200 };
  expect(load(TIERS).tiers.map((one) => one.rule)).toEqual([
    {
      id: 'by-amount',
      actions: ['vendor_payment.create'],
      message: 'Payments of this size need approval.',
      mode: 'enforce',
      where: 'policies/own.yaml:2',
      amounts: [
        {
          currencies: ['USD', 'EUR'],
          tiers: [
            { upTo: '10000', approval: 'none' },
            { upTo: '50000', approval: finance },
            {
              approval: {
                stages: [
                  { role: 'finance_approver', count: 1 },
                  { role: 'director', count: 1 },
                ],
                expiresInSeconds: 86_400,
                comment: 'required',
                evidence: ['contract'],
              },
            },
          ],
        },
      ],
    },
  ]);
});

test.each([
  ['a gap', "above: '50000'", "above: '60000'", /must repeat the '50000' before it/],
  [
    'amounts that do not grow',
    "upTo: '50000'",
    "upTo: '9000'",
    /must be more than the 10000|must repeat/,
  ],
  ['no open end', "above: '50000'", "upTo: '90000'", /only the last tier, and always the last/],
  [
    'both ends',
    "above: '50000'",
    "above: '50000'\n            upTo: '50000'",
    /policies\/own\.yaml:\d+: /,
  ],
  [
    'a larger amount that needs less',
    'role: finance_approver, count: 1 }, {',
    'role: other, count: 1 }, {',
    /asks for less/,
  ],
  [
    'no approval above one that needs some',
    '            approval: { stages: [{ role: finance_approver, count: 1 }], expiresIn: 72h }\n          - above',
    "            approval: { stages: [{ role: finance_approver, count: 1 }], expiresIn: 72h }\n          - { upTo: '60000', approval: none }\n          - above",
    /asks for less/,
  ],
  [
    'a currency twice',
    '[USD, EUR]',
    '[USD, EUR]\n        tiers: [{ above: "0", approval: none }]\n      - currencies: [USD]',
    /USD has tiers twice/,
  ],
  [
    'an action without an amount',
    'vendor_payment.create]',
    'ticket.route]',
    /tiers need an amount/,
  ],
  [
    'one role in two stages',
    'role: director',
    'role: finance_approver',
    /finance_approver is in two stages/,
  ],
])('tiers with %s are refused', (_name, from, to, message) => {
  const text = TIERS.replace(from, to);
  expect(text).not.toBe(TIERS);
  expect(problems(text).join('\n')).toMatch(message);
});

const DUPLICATES = `duplicates:
  - id: paid-before
    actions: [vendor_payment.create]
    key: [arguments.vendor_id, arguments.amount, arguments.currency, arguments.invoice_ref]
    window: 30d
    effect: require_approval
    message: This was paid before.
    mode: log_only
`;

test('duplicates are read as a limit of one', () => {
  expect(load(DUPLICATES).limits.map(({ rule }) => rule)).toEqual([
    {
      id: 'paid-before',
      actions: ['vendor_payment.create'],
      kind: 'duplicates',
      key: [
        'arguments.vendor_id',
        'arguments.amount',
        'arguments.currency',
        'arguments.invoice_ref',
      ],
      windowSeconds: 30 * 86_400,
      max: '1',
      effect: 'require_approval',
      message: 'This was paid before.',
      mode: 'log_only',
      where: 'policies/own.yaml:2',
    },
  ]);
});

test.each([
  [
    'arguments.invoice_reff',
    /"arguments\.invoice_reff" cannot be part .* Did you mean arguments\.invoice_ref\?/,
  ],
  ['subject.token', /Did you mean subject\.tokenId\?/],
  ['facts.vendor.name', /cannot be part of a key/],
])('a key with %s is refused', (path, message) => {
  const text = DUPLICATES.replace('arguments.invoice_ref', path);
  expect(problems(text).join('\n')).toMatch(message);
});

test.each([
  ['has(arguments.invoice_reff)', /invoice_reff/],
  ['arguments.amount', /must give true or false/],
  ['facts.vendor.name.matches("a+")', /matches/],
  ['arguments.amount > 5', /decimal/],
])('a condition of duplicates or of a limit that is %s is refused like a rule', (when, message) => {
  for (const text of [
    DUPLICATES,
    DUPLICATES.replace('duplicates:', 'limits:') + "    max: '2'\n",
  ]) {
    const part = text.replace('    key:', `    when: ${when}\n    key:`);
    expect(problems(part).join('\n')).toMatch(message);
  }
});

test('limits count per requester, token and action, also across actions', () => {
  const [limit] = load(`limits:
  - id: writes
    actions: [vendor_payment.create, ticket.route]
    key: [subject.requestedBy, subject.tokenId, action.id]
    window: 1h
    max: '5'
    effect: block
    message: Too many.
`).limits;
  expect(limit?.rule).toMatchObject({ kind: 'count', windowSeconds: 3600, mode: 'enforce' });
});

test('one id for a rule and for tiers is refused, naming both places', () => {
  const text = `${TIERS}${rule('"true"').replace('id: wrong', 'id: by-amount')}`;
  expect(problems(text)[0]).toMatch(
    /^policies\/own\.yaml:2: two rules or limits have the id by-amount; the other one is in policies\/own\.yaml:\d+$/,
  );
});
