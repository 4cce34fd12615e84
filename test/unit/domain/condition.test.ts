import fc from 'fast-check';
import type { Action } from '../../../policy-service/src/domain/action';
import {
  compileCondition,
  conditionArguments,
  conditionEnvironment,
  conditionFacts,
  type ConditionScope,
} from '../../../policy-service/src/domain/condition';
import type { JsonObject } from '../../../policy-service/src/domain/request';

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

const ENV = conditionEnvironment(ACTION);

function scope(
  values: JsonObject,
  facts: Record<string, { value: JsonObject }> = {},
): ConditionScope {
  return {
    subject: { tokenId: 'tok_1', requestedBy: 'ana', verified: false, roles: [] },
    action: { id: ACTION.id, class: 'write', risk: 'medium', version: 1n },
    arguments: conditionArguments(ACTION, values),
    intent: { confidence: 0.9 },
    facts: conditionFacts(ACTION, facts),
    context: { source: 'test', hour: 12n, weekday: 'Monday' },
    now: new Date('2026-01-05T12:00:00Z'),
  };
}

const evaluate = (source: string, values: JsonObject, facts = {}): unknown =>
  compileCondition(source, ENV).evaluate(scope(values, facts));

describe('a condition is checked when it is loaded', () => {
  test.each([
    ['arguments.amout > decimal("1")', /amout/],
    ['arguments.amount > 10000', /Decimal > int/],
    ['arguments.amount > 10000.0', /Decimal > double/],
    ['arguments.amount > "10000"', /Decimal > string/],
    ['facts.supplier.status == "x"', /supplier/],
    ['facts.vendor.colour == "x"', /colour/],
    ['arguments["amount"] > decimal("1")', /write a\.b/],
    ['arguments.count', /must give true or false/],
    ['vendor == "x"', /vendor/i],
    ['arguments.count >', /./],
    ['null != arguments.memo', /null/],
  ])('%s is a load error', (source, message) => {
    expect(() => compileCondition(source, ENV)).toThrow(message);
  });
});

describe('what is not there never lets a request pass', () => {
  test.each([
    ['arguments.memo == "x" || true'],
    ['false && arguments.memo == "x"'],
    ['true || arguments.memo == "x"'],
    ['!(arguments.memo == "x")'],
    ['arguments.count > 5 ? true : false'],
    ['has(arguments.memo) || facts.vendor.status == "active"'],
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

  test('a value of another type than declared counts as missing', () => {
    expect(evaluate('arguments.count > 5', { count: '9' })).toHaveProperty('error');
    expect(
      evaluate('facts.vendor.active', {}, { vendor: { value: { active: 'yes' } } }),
    ).toHaveProperty('error');
  });

  test('no JSON payload makes evaluation throw', () => {
    const condition = compileCondition(
      'arguments.amount > decimal("100") && facts.vendor.status == "active" && arguments.count < 3',
      ENV,
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
