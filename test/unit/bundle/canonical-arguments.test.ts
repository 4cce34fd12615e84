import { CanonicalArguments } from '../../../policy-service/src/bundle/canonical-arguments';
import { folded } from '../../../policy-service/src/domain/identity/fold';
import type {
  Json,
  JsonObject,
  ValidationIssue,
} from '../../../policy-service/src/domain/request/request';

const SCHEMA: JsonObject = {
  type: 'object',
  required: ['sku'],
  properties: {
    sku: { type: 'string', description: 'Item number' },
    ref: { type: 'string', 'x-case': 'upper' },
    id: { anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] },
    day: { type: 'string', format: 'date' },
    at: { type: 'string', format: 'date-time' },
    mail: { type: 'string', format: 'email' },
    iban: { type: 'string', format: 'iban' },
    link: { type: 'string', format: 'uri' },
    count: { type: ['integer', 'string'] },
    memo: { type: 'string', 'x-text': 'free' },
    unit: { enum: ['pcs', 'm²'] },
    lines: { type: 'array', items: { $ref: '#/$defs/line' } },
  },
  $defs: {
    line: {
      type: 'object',
      required: ['sku'],
      properties: {
        sku: { type: 'string' },
        note: { type: 'string' },
        mark: { type: ['string', 'null'] },
      },
    },
  },
};

function form(values: JsonObject): { made: JsonObject; issues: ValidationIssue[] } {
  const issues: ValidationIssue[] = [];
  return { made: new CanonicalArguments(SCHEMA).of(values, issues), issues };
}

test.each<[string, Json, Json]>([
  ['sku', ' q-1 ', 'q-1'],
  ['sku', '\u00a0q-1\u3000', 'q-1'],
  ['sku', 'a\u00a0b', 'a b'],
  ['sku', 'caf\u0065\u0301', 'caf\u00e9'],
  ['ref', 'q-1', 'Q-1'],
  ['id', '3FA85F64-5717-4562-B3FC-2C963F66AFA6', '3fa85f64-5717-4562-b3fc-2c963f66afa6'],
  ['id', '3fa85f6457174562-b3fc2c963f66afa6', '3fa85f64-5717-4562-b3fc-2c963f66afa6'],
  ['id', '{3fa85f64-5717-4562-b3fc-2c963f66afa6}', '3fa85f64-5717-4562-b3fc-2c963f66afa6'],
  ['id', null, null],
  ['at', '2026-01-31t13:00:00.500+01:00', '2026-01-31T12:00:00.5Z'],
  ['mail', ' Ana@EXAMPLE.com.', 'Ana@example.com'],
  ['iban', 'de89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
  ['link', 'HTTPS://Example.com:443/a/../b', 'https://example.com/b'],
  ['count', '1', 1],
  ['count', '1.0', '1.0'],
  ['count', '-0', '-0'],
  ['count', '1e5', '1e5'],
  ['count', '007', '007'],
  ['unit', ' pcs', 'pcs'],
  [
    'memo',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u2764\ufe0f',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u2764\ufe0f',
  ],
])('%s %j has the form %j, which is its own', (name, value, expected) => {
  const { made, issues } = form({ sku: 'x', [name]: value });
  expect(issues).toEqual([]);
  expect(made[name]).toEqual(expected);
  expect(form(made).made).toEqual(made);
});

test.each<[string, string, string]>([
  ['sku', 'q-1\ufe0f', 'text'],
  ['sku', 'q\u200b-1', 'text'],
  ['sku', 'q\u3164', 'text'],
  ['memo', 'pay \u202eten', 'text'],
  ['id', '3fa85f64', 'format'],
  ['day', '2026-02-30', 'format'],
  ['day', '2026-1-5', 'format'],
  ['at', '2026-01-31T24:00:00Z', 'format'],
  ['mail', '"ana"@example.com', 'format'],
  ['mail', 'Ana <ana@example.com>', 'format'],
  ['iban', 'DE89370400440532013001', 'format'],
])('%s %j is refused with a pointer', (name, value, code) => {
  expect(form({ sku: 'x', [name]: value }).issues).toMatchObject([{ pointer: `/${name}`, code }]);
});

test('a null counts as absent, in nested objects too, unless the schema names it or needs a value', () => {
  const lines = [{ sku: 'a', note: null, mark: null }];
  expect(form({ sku: 'x', memo: null, lines })).toEqual({
    made: { sku: 'x', lines: [{ sku: 'a', mark: null }] },
    issues: [],
  });
  expect(form({ sku: null, lines: [{ sku: null }] }).issues).toEqual([
    { pointer: '/sku', code: 'required', message: '"sku" is null, but it is needed. Item number.' },
    { pointer: '/lines/0/sku', code: 'required', message: '"sku" is null, but it is needed.' },
  ]);
});

test('keys fold what an ERP may take for one value, and no more', () => {
  const same = [
    ['q-1', 'Q-1 ', '\u00a0q-1', 'q-1\ufe0f', '\uff51-1', 'q\u200b-1'],
    ['STRASSE', 'straße', 'Straße '],
    ['3fa85f64-5717-4562-b3fc-2c963f66afa6', '3FA85F645717-4562B3FC2C963F66AFA6'],
    ['café', 'cafe\u0301', 'CAFÉ'],
    ['ΣΑΣ', 'σας'],
  ];
  for (const spellings of same) expect(new Set(spellings.map((one) => folded(one))).size).toBe(1);
  for (const text of same.flat()) expect(folded(folded(text))).toBe(folded(text));
  expect(new Set(['INV-11', 'INV-1-1', 'INV-111', '1.5', '15'].map(folded)).size).toBe(5);
});

test('a member that only a pattern names has the form and the nulls of that pattern', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: { x_named: { type: 'string' } },
    patternProperties: {
      '^x_': { type: 'string', 'x-case': 'upper' },
      '^n_': { type: ['string', 'null'] },
    },
    additionalProperties: { type: 'string', 'x-case': 'lower' },
  };
  const issues: ValidationIssue[] = [];
  const values = { x_ref: ' q-1 ', x_named: 'a', x_none: null, n_one: null, Rest: 'B', none: null };
  expect(new CanonicalArguments(schema).of(values, issues)).toEqual({
    x_ref: 'Q-1',
    x_named: 'A',
    n_one: null,
    Rest: 'b',
  });
  expect(issues).toEqual([]);
});

test.each<[Json, string, Json]>([
  [['string', 'number'], '12345e67', '12345e67'],
  [['string', 'number'], '1e400', '1e400'],
  [['string', 'number'], '1.10', '1.10'],
  [
    ['string', 'number'],
    '0.1000000000000000055511151231257827',
    '0.1000000000000000055511151231257827',
  ],
  [['string', 'number'], '9007199254740993', '9007199254740993'],
  [['string', 'number'], '-12.5', -12.5],
  [['string', 'integer'], '9007199254740992', '9007199254740992'],
])('where %j may stand, the text %s is %j', (type, text, expected) => {
  const schema: JsonObject = { properties: { a: { type } } };
  expect(new CanonicalArguments(schema).of({ a: text }, [])).toEqual({ a: expected });
});

const TEXT: JsonObject = { type: 'string' };
test.each<[string, JsonObject, boolean]>([
  ['a part of allOf says no type', { ...TEXT, allOf: [{ minLength: 1 }] }, false],
  ['no alternative says a type', { ...TEXT, anyOf: [{ pattern: 'a' }, { pattern: 'b' }] }, false],
  [
    'conditions say no type',
    { ...TEXT, if: { const: 'a' }, then: { minLength: 1 }, else: {} },
    false,
  ],
  ['the part of allOf has the type', { allOf: [TEXT, { minLength: 1 }] }, false],
  ['a reference has the type', { $ref: '#/$defs/text', minLength: 1 }, false],
  ['an alternative is null', { minLength: 1, oneOf: [TEXT, { type: 'null' }] }, true],
  ['the list names null', { enum: ['a', null] }, true],
  ['nothing says a type', { anyOf: [{ minLength: 1 }, {}] }, true],
])('null where %s', (_what, schema, kept) => {
  const issues: ValidationIssue[] = [];
  const whole: JsonObject = { properties: { a: schema }, $defs: { text: TEXT } };
  expect(new CanonicalArguments(whole).of({ a: null }, issues)).toEqual(kept ? { a: null } : {});
  expect(issues).toEqual([]);
});

test('thousands of wrong names are told as the first of them', () => {
  const values = Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`k\u200b${at}`, 1]));
  const issues: ValidationIssue[] = [];
  new CanonicalArguments(SCHEMA).of(values, issues);
  expect(issues).toHaveLength(50);
});
