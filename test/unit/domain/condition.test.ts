import fc from 'fast-check';
import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import {
  ConditionError,
  conditionCompiler,
  type ConditionScope,
} from '../../../policy-service/src/domain/conditions/condition';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';

const ACTION = {
  id: 'vendor_payment.create',
  version: 1,
  class: 'write',
  risk: 'medium',
  money: { amount: 'amount', currency: 'currency' },
  schema: {
    type: 'object',
    properties: {
      vendor_id: { type: 'string' },
      amount: { type: 'string' },
      currency: { type: 'string' },
      count: { type: 'integer' },
      memo: { type: 'string' },
      lines: { type: 'array' },
    },
  },
  entities: [
    {
      name: 'vendor',
      lookup: 'vendor',
      with: {},
      pointer: '/vendor_id',
      fields: { status: 'string', active: 'boolean' },
    },
    {
      name: 'invoice',
      lookup: 'invoice',
      with: {},
      pointer: '/invoice',
      fields: { status: 'string' },
    },
  ],
} as unknown as Action;

const COMPILER = conditionCompiler(ACTION);

function scope(
  values: JsonObject,
  facts: Record<string, { value: JsonObject }> = {},
): ConditionScope {
  return {
    subject: { tokenId: 'tok_1', requestedBy: 'ana', verified: false, roles: [] },
    action: { id: ACTION.id, class: 'write', risk: 'medium', version: 1 },
    arguments: values,
    intent: { confidence: 0.9 },
    facts,
    context: { source: 'test', hour: 12, weekday: 'Monday' },
    now: Date.parse('2026-01-05T12:00:00Z'),
  };
}

const evaluate = (source: string, values: JsonObject, facts = {}): unknown =>
  COMPILER.compile(source).evaluate(scope(values, facts));

describe('a condition is checked when it is loaded', () => {
  test.each([
    ['arguments.amout > decimal("1")', /no "amout"\. Did you mean arguments\.amount\?/],
    ['arguments.amount > 10000', /an amount .* whole number\. Write decimal\("10000"\) instead/],
    ['99.5 <= arguments.amount', /Write decimal\("99\.5"\) instead of 99\.5/],
    [
      'arguments.amount > "10000"',
      /an amount .* text\. Write decimal\("10000"\) instead of "10000"/,
    ],
    ['arguments.count == "5"', /arguments\.count is a whole number and "5" is a text/],
    ['facts.supplier.status == "x"', /facts has no "supplier"\. It has: invoice, vendor\./],
    ['facts.vendor.statsu == "x"', /Did you mean facts\.vendor\.status\?/],
    ['facts.vendor.colour == "x"', /facts\.vendor has no "colour"\. It has: active, status\./],
    ['context.weekdy == "Monday"', /Did you mean context\.weekday\?/],
    ['argument.amount > decimal("1")', /no "argument"\. Did you mean arguments\?/],
    ['amount > decimal("1")', /no "amount"\. Did you mean arguments\.amount\?/],
    ['arguments.lines == "x"', /arguments has no "lines"/],
    ['arguments.memo.length == "x"', /arguments\.memo is a single value and has nothing called/],
    ['has(arguments.amont)', /Did you mean arguments\.amount\?/],
    ['facts.vendor == "x"', /facts\.vendor is|does not work|single value/],
    ['arguments["amount"] > decimal("1")', /write a\.b instead/],
    ['arguments.count', /whole number; it must give true or false/],
    ['arguments.count >', /cannot be read|Unexpected/],
    ['null != arguments.memo', /.+/],
    ['arguments.memo.matches("(a+)+")', /matches\(\) is not available/],
    ['arguments.memo.contain("x")', /Did you mean contains\(\)\?/],
    ['arguments.memo + "x" == "yx"', /cannot be joined/],
    ['arguments.amount > decimal("10,000")', /"10,000" is not a decimal/],
    ['arguments.amount > decimal(arguments.memo)', /has to be a text in quotes/],
    ['now > timestamp("2026-01-01T00:00:00Z") - duration("1w")', /"1w" is not a duration/],
    ['now > timestamp("2026-02-30T00:00:00Z")', /"2026-02-30.*not a moment/],
    ['now > timestamp("2025-02-29T00:00:00Z")', /not a moment/],
    ['now > timestamp("1900-02-29T00:00:00Z")', /not a moment/],
    ['now > timestamp("2026-04-31T00:00:00+02:00")', /not a moment/],
    ['now > timestamp("2026-13-01T00:00:00Z")', /not a moment/],
    ['now > timestamp("2026-01-00T00:00:00Z")', /not a moment/],
    ['now > timestamp("2026-01-31T24:00:00Z")', /not a moment/],
    ['now > timestamp("2016-12-31T23:59:60Z")', /not a moment/],
    ['now > timestamp("2026-01-31T09:00:00+24:00")', /not a moment/],
    ['now > timestamp("2026-01-31T09:00:00+02:60")', /not a moment/],
    ['now > timestamp("12026-01-31T09:00:00Z")', /not a moment/],
    ['now > timestamp("+012026-01-31T09:00:00Z")', /not a moment/],
    ['now > timestamp("2026-01-31T09:00:00")', /not a moment/],
    ['now > timestamp("2026-01-31")', /not a moment/],
    ['subject.roles == ["a"]', /is a list/],
    ['[1, 2].map(x, x * 2).size() > 1', /There is no map\(\)/],
    ['cel.bind(x, "a", x == "a")', /.+/],
    ['["a"].exists(arguments, arguments == "a")', /is taken/],
    ['arguments.memo.constructor == "x"', /nothing called "constructor"/],
    ['subject.__proto__ == "x"', /.+/],
    ['constructor == "x"', /no "constructor"/],
    ['{"a": 1}.a == 1', /.+/],
    ['dyn(arguments.memo) == 1', /There is no dyn\(\)/],
    ['b"a" == b"a"', /cannot be used/],
    ['99999999999999999 > arguments.count', /too large/],
    [`"${'x'.repeat(2000)}" == arguments.memo`, /longer than 2000 characters/],
  ] as [string, RegExp][])('%s is a load error', (source, message) => {
    expect(() => COMPILER.compile(source)).toThrow(ConditionError);
    expect(() => COMPILER.compile(source)).toThrow(message);
  });
});

test.each(['2026-02-30T00:00:00Z', '2026-01-31T24:00:00Z', '2026-02-29T23:00:00-05:00'])(
  'a moment of the request that does not exist is an error: %s',
  (memo) => {
    expect(evaluate('timestamp(arguments.memo) < now', { memo })).toEqual({
      error: expect.stringMatching(/is not a moment/),
    });
  },
);

test('moments that exist are read: leap days, offsets, fractions', () => {
  for (const memo of ['2024-02-29T23:59:59Z', '2000-02-29T00:00:00.123456789+14:00']) {
    expect(
      evaluate('timestamp(arguments.memo) < timestamp("2025-01-01T00:00:00Z")', { memo }),
    ).toEqual({
      matched: true,
    });
  }
});

describe('what is not there never lets a request pass', () => {
  test.each([
    ['arguments.memo == "x" || true'],
    ['false && arguments.memo == "x"'],
    ['true || arguments.memo == "x"'],
    ['!(arguments.memo == "x")'],
    ['arguments.count > 5 ? true : false'],
    ['has(arguments.memo) || facts.vendor.status == "active"'],
    ['has(arguments.memo) || arguments.memo == "x"'],
    ['(has(arguments.memo) && false) || arguments.memo == "x"'],
    ['has(arguments.memo) ? true : arguments.memo == "x"'],
    ['!has(arguments.memo) && arguments.memo == "x"'],
    ['["a"].exists(v, has(arguments.memo)) && arguments.memo == "x"'],
    ['arguments.memo == "x" && has(arguments.memo)'],
  ])('%s is an error, not an answer', (source) => {
    expect(evaluate(source, { currency: 'USD' })).toEqual({
      error: expect.stringMatching(/is missing/),
    });
  });

  test('has() asks about optional values without an error', () => {
    const source = 'has(arguments.memo) && arguments.memo == "x"';
    expect(evaluate(source, {})).toEqual({ matched: false });
    expect(evaluate(source, { memo: 'x' })).toEqual({ matched: true });
    expect(evaluate(source, { memo: null })).toEqual({ matched: false });
    expect(evaluate('has(facts.invoice) && facts.invoice.status == "paid"', {})).toEqual({
      matched: false,
    });
  });

  test.each([
    'has(arguments.memo) && arguments.memo == "x"',
    'has(arguments.memo) && true && (false || arguments.memo == "x")',
    'has(arguments.memo) ? arguments.memo == "x" : false',
    '!has(arguments.memo) ? false : arguments.memo == "x"',
    '!(!has(arguments.memo) || arguments.memo != "x")',
    '!has(arguments.memo) || arguments.memo == "x"',
    'has(arguments.memo) && ["x"].exists(v, v == arguments.memo)',
  ])('%s asks before it looks', (source) => {
    expect(evaluate(source, {})).toHaveProperty('matched');
    expect(evaluate(source, { memo: 'x' })).toEqual({ matched: true });
  });

  test('a record that is there has to hold what is asked of it', () => {
    const source = 'has(facts.invoice) && facts.invoice.status == "paid"';
    expect(evaluate(source, {}, { invoice: { value: {} } })).toEqual({
      error: 'facts.invoice.status is missing',
    });
  });

  test('an error is never absorbed, unlike in CEL', () => {
    const divides = '10 / arguments.count > 1';
    for (const source of [`${divides} || true`, `${divides} && false`, `false == (${divides})`]) {
      expect(evaluate(source, { count: 0 })).toEqual({
        error: '10 / arguments.count divides by zero',
      });
    }
    expect(evaluate(`["a", "b"].exists(v, v == "b" || ${divides})`, { count: 0 })).toHaveProperty(
      'error',
    );
  });

  test('a value of another type than declared counts as missing', () => {
    expect(evaluate('arguments.count > 5', { count: '9' })).toHaveProperty('error');
    expect(
      evaluate('facts.vendor.active', {}, { vendor: { value: { active: 'yes' } } }),
    ).toHaveProperty('error');
  });

  test.each([
    ['a text that is too long', 'memo', 'urgent'.padEnd(20_001, ' '), '.contains("urgent")'],
    ['a number that is not exact', 'count', 1e300, ' > 5'],
    ['another type', 'count', '9', ' > 5'],
  ])('has() does not take %s for a value that is not there', (_what, name, value, asks) => {
    const source = `has(arguments.${name}) && arguments.${name}${asks}`;
    expect(evaluate(source, {})).toEqual({ matched: false });
    expect(evaluate(source, { [name]: null })).toEqual({ matched: false });
    expect(evaluate(source, { [name]: value })).toEqual({
      error: expect.stringContaining(`arguments.${name} is not `),
    });
  });

  test('no JSON payload makes evaluation throw', () => {
    const condition = COMPILER.compile(
      'arguments.amount > decimal("100") && facts.vendor.status == "active" && arguments.count < 3',
    );
    const values = fc.dictionary(
      fc.constantFrom('amount', 'count', 'memo', '__proto__', 'x'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(values, fc.jsonValue(), (args, status) => {
        const clean = {
          ...args,
          ...(typeof args['amount'] === 'string' ? { amount: '5.00' } : {}),
        };
        const result = condition.evaluate(
          scope(clean as JsonObject, { vendor: { value: { status } } as never }),
        );
        expect('error' in result || typeof result.matched === 'boolean').toBe(true);
      }),
    );
  });
});

test('amounts are compared exactly', () => {
  const source = 'arguments.amount > decimal("10000")';
  expect(evaluate(source, { amount: '10000.00' })).toEqual({ matched: false });
  expect(evaluate(source, { amount: '10000.01' })).toEqual({ matched: true });
});

test('macros may name their own variables', () => {
  expect(
    evaluate('["USD", "EUR"].exists(c, c == arguments.currency)', { currency: 'EUR' }),
  ).toEqual({ matched: true });
});

describe('evaluation is bounded', () => {
  const nested = (depth: number, size: number): string => {
    const list = `[${Array.from({ length: size }, (_, i) => `"${i}"`).join(', ')}]`;
    return depth === 0 ? 'v0 == "x"' : `${list}.all(v${depth - 1}, ${nested(depth - 1, size)})`;
  };

  test('by the steps that nested lists could take, which is known when it is loaded', () => {
    expect(() => COMPILER.compile(nested(1, 60))).not.toThrow();
    expect(() => COMPILER.compile(nested(3, 30))).toThrow(/more than 10000 steps/);
    const roles = 'subject.roles.exists(a, subject.roles.exists(b, a == b))';
    expect(() => COMPILER.compile(roles)).toThrow(/more than 10000 steps/);
    expect(() => COMPILER.compile('subject.roles.exists(a, a == "x")')).not.toThrow();
  });

  test('by the size of the condition', () => {
    expect(() => COMPILER.compile(`${'('.repeat(60)}true${')'.repeat(60)}`)).toThrow(
      ConditionError,
    );
    expect(() => COMPILER.compile(Array(300).fill('true').join(' && '))).toThrow(ConditionError);
  });

  test('by the size of what is looked at: what is longer is an error', () => {
    expect(evaluate('arguments.memo != "x"', { memo: 'y'.repeat(20_001) })).toEqual({
      error: 'arguments.memo is not a text of at most 20000 characters',
    });
    const crowd = { ...scope({}), subject: { ...scope({}).subject, roles: Array(201).fill('r') } };
    expect(COMPILER.compile('!("x" in subject.roles)').evaluate(crowd)).toEqual({
      error: 'subject.roles is not a list of at most 200 texts',
    });
  });

  test('by the work that its texts are: what is too much is an error, and soon', () => {
    const each = `[${Array.from({ length: 20 }, (_, i) => i).join(', ')}]`;
    const nestedIn = (search: string): string => `${each}.all(a, ${each}.all(b, !${search}))`;
    // A text and a part that make every search look at each letter many times over.
    const part = `${'a'.repeat(5000)}b${'a'.repeat(5000)}`;
    const long = { memo: 'a'.repeat(20_000), vendor_id: part };
    const mixed = { memo: 'aÄ'.repeat(10_000), vendor_id: part };
    const startedAt = process.cpuUsage();
    for (const [search, values] of [
      ['arguments.memo.contains(arguments.vendor_id)', long],
      ['(arguments.memo.lowerAscii() == "x")', mixed],
      ['(size(arguments.memo) == 1)', mixed],
    ] as const) {
      expect(evaluate(nestedIn(search), values)).toEqual({
        error: 'its texts are too long to be searched so often',
      });
    }
    // Processor time, far above what it takes; without the bound it is many seconds.
    expect(process.cpuUsage(startedAt).user / 1_000).toBeLessThan(2_000);
    const usual = nestedIn('arguments.memo.contains("urgent")');
    expect(evaluate(usual, { memo: 'y'.repeat(1000) })).toEqual({ matched: true });
    expect(evaluate(usual, { memo: 'y'.repeat(1000) })).toEqual({ matched: true });
  });
});
