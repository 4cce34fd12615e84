import { BundleError } from '../../../policy-service/src/bundle/bundle-error';
import { loadBundle, type LoadedBundle } from '../../../policy-service/src/bundle/load-bundle';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { bundleFolder, EXTERNAL_WRITE, RECEIVE_GOODS } from '../../service/bundle-folder';

const GOODS = 'catalogue/goods.receive.yaml';
const ORDER = 'catalogue/portal.order.yaml';

function load(files: Record<string, string>, rules = ''): LoadedBundle {
  const folder = bundleFolder({
    files,
    edit: { 'policies/shipped.yaml': (text) => text.replace(/^rules:\n/m, `rules:\n${rules}`) },
  });
  return loadBundle(readBundleFolder(folder), 'a bundle');
}

function problems(files: Record<string, string>): string {
  try {
    load(files);
    return '';
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return error.message;
  }
}

test('an action that can be undone has an action for it, which rules can name and nobody proposes', () => {
  const { bundle } = load(
    { [GOODS]: RECEIVE_GOODS },
    `  - id: undo-large
    actions: [goods.receive.undo]
    when: arguments.quantity > 100
    effect: block
    message: Too much to undo by itself.
`,
  );
  expect(bundle.action('goods.receive.undo')).toMatchObject({ undoes: 'goods.receive' });
  expect(bundle.policy('goods.receive.undo')?.rules.map(({ rule }) => rule.id)).toContain(
    'undo-large',
  );
  expect(bundle.policy('goods.receive')?.rules.map(({ rule }) => rule.id)).not.toContain(
    'undo-large',
  );
  expect(bundle.actions.map(({ id }) => id)).not.toContain('goods.receive.undo');
  expect(bundle.action('customer.notify.undo')).toBeUndefined();
});

test('an action of an external executor needs no connector, and has none', () => {
  const { bundle } = load({ [ORDER]: EXTERNAL_WRITE });
  expect(bundle.action('portal.order')).toMatchObject({
    executor: 'external',
    steps: [],
    entities: [],
  });
  expect(bundle.action('vendor_payment.create')).toMatchObject({ executor: 'service' });
});

test.each<[string, string, string, string, RegExp]>([
  [
    'an operation that does not exist',
    GOODS,
    'pay: payment_reverse',
    'pay: payment_undo',
    /no operation "payment_undo"/,
  ],
  [
    'a step that does not exist',
    GOODS,
    'pay: payment_reverse',
    'paid: payment_reverse',
    /no step "paid"[\s\S]*"pay" is undone/,
  ],
  [
    'a step that is forgotten',
    GOODS,
    ', pay: payment_reverse',
    '',
    /say how the step "pay" is undone/,
  ],
  [
    'a write that does not say how it is undone',
    GOODS,
    'compensation: { steps: { book: stock_adjust_reverse, pay: payment_reverse }, stage: auto }',
    'compensation: none',
    /say how a write is undone/,
  ],
  ['two steps of one name', GOODS, '{ name: pay,', '{ name: book,', /two steps .*"book"/],
  [
    'a step by the name of an undoing',
    GOODS,
    '{ name: pay,',
    '{ name: undo-book,',
    /"undo-book" has the name of an undoing/,
  ],
  ['a read that writes', GOODS, 'class: write', 'class: read', /stock_adjust" writes/],
  ['a stage that loosens', GOODS, 'stage: auto }', 'stage: recommend }', /compensation/],
  [
    'a connector beside the permit',
    ORDER,
    'executor: external',
    'executor: external\nconnector: mock-erp',
    /connector/,
  ],
  ['a class that nobody keeps', ORDER, 'idempotency: C', 'idempotency: A', /idempotency/],
  ['no executor and no connector', ORDER, 'executor: external\n', '', /connector/],
  ['an executor that does not exist', ORDER, 'executor: external', 'executor: robot', /executor/],
])('%s is told and keeps the bundle from being used', (_name, file, from, to, message) => {
  const text = file === GOODS ? RECEIVE_GOODS : EXTERNAL_WRITE;
  expect(text).toContain(from);
  expect(problems({ [file]: text.replace(from, to) })).toMatch(message);
});

test('an action by the name of an undoing is refused', () => {
  const clash = RECEIVE_GOODS.replace('id: goods.receive', 'id: goods.receive.undo').replace(
    /compensation: .*/,
    'compensation: none',
  );
  expect(problems({ [GOODS]: RECEIVE_GOODS, 'catalogue/clash.yaml': clash })).toMatch(
    /two actions have the id goods\.receive\.undo/,
  );
});

const PAYMENT = 'catalogue/vendor_payment.create.yaml';
const ERP = 'connectors/mock-erp.yaml';
test.each<[string, string, string | RegExp, string, RegExp]>([
  ['only reads', PAYMENT, 'operation: payment_reverse', 'operation: vendor_read', /only reads/],
  [
    'is the write itself',
    PAYMENT,
    'operation: payment_reverse',
    'operation: payment_create',
    /would write once more/,
  ],
  [
    'names nothing of what it undoes',
    ERP,
    'path: /payments/{erp_reference}/reverse',
    'path: /payments/last/reverse',
    /takes nothing of what was written/,
  ],
  [
    'is read before by an argument that nothing provides',
    ERP,
    "/vendor_id: '{vendor_id}',",
    "/vendor_id: '{vendr_id}',",
    /nothing provides \{vendr_id\}.*vendor_id/,
  ],
  [
    'is read before by a path that nothing provides',
    ERP,
    'path: /payments/{erp_reference}\n',
    'path: /payments/{number}\n',
    /nothing provides \{number\}/,
  ],
  [
    'is read before by an optional argument',
    ERP,
    "/vendor_id: '{vendor_id}',",
    "/vendor_id: '{vendor_id}', /memo: '{memo}',",
    /\{memo\} is not always there/,
  ],
])('an undo that %s is refused, and in force never done', (_what, path, from, to, message) => {
  const folder = bundleFolder({ edit: { [path]: (text) => text.replace(from, to) } });
  const files = readBundleFolder(folder);
  expect(() => loadBundle(files, 'a bundle')).toThrow(message);
  const { bundle } = loadBundle(files, 'a bundle', 'active');
  expect(bundle.policy('vendor_payment.create.undo')).toHaveProperty('unsafe');
  const { unsafe, notUndoable } = bundle.policy('vendor_payment.create') ?? {};
  expect([unsafe, notUndoable]).toEqual([undefined, expect.any(String)]);
});

test('a part of a schema that requires nothing does not make an optional argument certain', () => {
  const folder = bundleFolder({
    edit: {
      [PAYMENT]: (text) => text.replace('schema:\n', 'schema:\n  allOf: [{ type: object }]\n'),
      [ERP]: (text) =>
        text.replace(
          /(payment_reverse:\n[\s\S]*?body: \{ )external_reference/,
          "$1note: '{memo}', external_reference",
        ),
    },
  });
  expect(() => loadBundle(readBundleFolder(folder), 'a bundle')).toThrow(/\{memo\} is not always/);
});
