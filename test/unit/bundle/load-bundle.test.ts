import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BundleError } from '../../../policy-service/src/bundle/bundle-error';
import { loadBundle, type LoadedBundle } from '../../../policy-service/src/bundle/load-bundle';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';

const SHIPPED = resolve(__dirname, '../../../policy-service');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'execution-layer-bundle-'));
  for (const part of ['catalogue', 'policies', 'connectors']) {
    cpSync(join(SHIPPED, part), join(folder, part), { recursive: true });
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(): LoadedBundle {
  return loadBundle(readBundleFolder(folder), folder);
}

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(path, changed);
}

function problems(): string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

test('the shipped bundle is valid and has the eight actions', () => {
  const { bundle } = load();
  expect(bundle.actions.map(({ id, stage }) => `${id} ${stage}`)).toEqual([
    'crm.contact.update approve',
    'customer.notify approve',
    'inventory.adjust auto',
    'inventory.read auto',
    'journal_entry.post recommend',
    'ticket.route auto',
    'vendor.read auto',
    'vendor_payment.create auto',
  ]);
});

test.each([
  ['an alias of nothing', 'rules: *nothing', 'policies/more.yaml: Unresolved alias'],
  [
    'aliases that multiply',
    [
      'a: &a [1]',
      ...[...'bcdefghi'].map(
        (name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`,
      ),
    ].join('\n'),
    'policies/more.yaml: Excessive alias count',
  ],
])('YAML with %s is a problem of its file', (_what, text, problem) => {
  writeFileSync(join(folder, 'policies/more.yaml'), text);
  expect(problems()).toEqual([expect.stringContaining(problem)]);
});

test('the version is the hash of the content: any change makes another', () => {
  const before = load().bundle.version;
  expect(load().bundle.version).toBe(before);
  edit('policies/shipped.yaml', '"10000"', '"9000"');
  expect(load().bundle.version).not.toBe(before);
});

const RULES = 'policies/shipped.yaml';
const PAYMENT = 'catalogue/vendor_payment.create.yaml';
test.each<[string, string, string | RegExp, string, RegExp]>([
  [
    'a misspelt argument',
    RULES,
    'arguments.quantity > 500',
    'arguments.quantty > 500',
    /policies\/shipped\.yaml:\d+: inventory-change-above-500: .*no "quantty"\. Did you mean arguments\.quantity\?/,
  ],
  [
    'an amount compared with a number',
    RULES,
    'decimal("10000")',
    '10000',
    /policies\/shipped\.yaml:\d+: payment-above-10000: .*Write decimal\("10000"\) instead of 10000/,
  ],
  [
    'a fact that nobody declared',
    RULES,
    'facts.vendor.status',
    'facts.vendor.rating',
    /vendor-inactive: .*rating/,
  ],
  [
    'a rule for an action that is not there',
    RULES,
    'actions: [inventory.adjust]',
    'actions: [inventory.adjust, inventory.move]',
    /no action "inventory\.move"/,
  ],
  [
    'two rules of one id',
    RULES,
    'id: vendor-inactive',
    'id: low-confidence',
    /two rules or limits have the id low-confidence/,
  ],
  ['an unknown key', RULES, 'effect: block', 'efect: block', /policies\/shipped\.yaml.*efect/],
  [
    'an unknown effect',
    RULES,
    'id: vendor-inactive\n    actions: [vendor_payment.create]\n    when: facts.vendor.status != "active"\n    effect: block',
    'id: vendor-inactive\n    actions: [vendor_payment.create]\n    when: facts.vendor.status != "active"\n    effect: deny',
    /must be one of block, require_approval, allow/,
  ],
  ['broken YAML', RULES, 'rules:', 'rules: [', /policies\/shipped\.yaml:\d+/],
  [
    'a duplicate key',
    PAYMENT,
    'risk: medium',
    'risk: medium\nrisk: low',
    /vendor_payment\.create\.yaml:\d+: .*unique/i,
  ],
  [
    'a limit over several currencies',
    RULES,
    'key: [arguments.vendor_id, arguments.currency]',
    'key: [arguments.vendor_id]',
    /different currencies/,
  ],
  ['a limit with a leading zero', RULES, "max: '25000'", "max: '025000'", /max/],
  [
    'a sum of something else',
    RULES,
    'sum: arguments.amount',
    'sum: arguments.memo',
    /cannot be summed/,
  ],
  [
    'a connector that is not there',
    PAYMENT,
    'connector: mock-erp',
    'connector: other-erp',
    /no connector "other-erp"/,
  ],
  [
    'an operation that is not there',
    PAYMENT,
    'operation: payment_create',
    'operation: payment_make',
    /no operation "payment_make"/,
  ],
  [
    'a lookup that is not there',
    PAYMENT,
    'lookup: vendor',
    'lookup: supplier',
    /no lookup "supplier"/,
  ],
  [
    'an entity of an argument that is not there',
    PAYMENT,
    '{ vendor_id: vendor_id }',
    '{ vendor_id: vendor }',
    /no argument "vendor"/,
  ],
  [
    'money without its argument',
    PAYMENT,
    'amount: amount,',
    'amount: total,',
    /money: there is no argument "total"/,
  ],
  [
    'a schema that lets unknown fields in',
    PAYMENT,
    'additionalProperties: false',
    'additionalProperties: true',
    /additionalProperties: false/,
  ],
  [
    'a schema that is none',
    PAYMENT,
    'type: object',
    'type: objekt',
    /catalogue \(vendor_payment\.create\)/,
  ],
  [
    'an irreversible action in stage auto',
    'catalogue/customer.notify.yaml',
    'stage: approve',
    'stage: auto',
    /never in stage auto/,
  ],
  [
    'class A without a key',
    'connectors/mock-erp.yaml',
    /idempotencyKeyHeader: [^\n]*\n +keyWindow: [^\n]*\n/,
    '\n',
    /idempotency A needs an idempotencyKeyHeader/,
  ],
  [
    'an extraction key that is none',
    PAYMENT,
    /\nextraction:\n/,
    '\nextraction:\n  verbz: [pay]\n',
    /verbz/,
  ],
])('%s is refused, naming the place', (_name, file, from, to, message) => {
  edit(file, from, to);
  expect(problems().join('\n')).toMatch(message);
});

test('an empty folder is refused with a sentence for each part', () => {
  rmSync(folder, { recursive: true });
  expect(problems()).toHaveLength(3);
});
