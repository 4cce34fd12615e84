import { Environment } from '@marcbachmann/cel-js';
import {
  conditionCompiler,
  type ConditionScope,
} from '../../../policy-service/src/domain/conditions/condition';
import { namesOf } from '../../../policy-service/src/domain/conditions/names';
import { FUZZ_ACTION } from '../../fuzz/try-condition';
import { SeededRandom } from '../../fuzz/random';
import { wellTyped } from '../../fuzz/well-typed';

/**
 * Conditions are parsed and type-checked by a CEL library and evaluated by this project, without
 * CEL's ways to absorb an error. Where there is no error, both must agree.
 */

class Amount {
  constructor(readonly units: bigint) {}
}

function celEnvironment(): Environment {
  const env = new Environment({ unlistedVariablesAreDyn: false });
  env.registerType('Decimal', { ctor: Amount, fields: {} });
  env.registerFunction('decimal(string): Decimal', (text: string) => amount(text));
  const compare: Record<string, (a: Amount, b: Amount) => boolean> = {
    '<': (a, b) => a.units < b.units,
    '<=': (a, b) => a.units <= b.units,
    '>': (a, b) => a.units > b.units,
    '>=': (a, b) => a.units >= b.units,
    '==': (a, b) => a.units === b.units,
  };
  for (const [operator, handler] of Object.entries(compare)) {
    env.registerOperator(`Decimal ${operator} Decimal`, handler);
  }
  for (const [name, type] of Object.entries(namesOf(FUZZ_ACTION))) {
    if (typeof type === 'string') env.registerVariable(name, type);
    else env.registerVariable({ name, schema: type });
  }
  return env;
}

function amount(text: string): Amount {
  return new Amount(BigInt(Math.round(Number(text) * 10_000)));
}

const NOW = new Date('2026-01-05T12:00:00Z');
const OURS: ConditionScope = {
  subject: { tokenId: 'tok', requestedBy: 'x', verified: true, roles: ['x', 'finance'] },
  action: { id: 'payment.create', class: 'write', risk: 'medium', version: 3 },
  arguments: {
    amount: '10000.00',
    currency: 'active',
    count: 7,
    share: 0.25,
    memo: '2026-01-04T12:00:00Z',
  },
  intent: { confidence: 0.5 },
  facts: {
    vendor: { value: { status: 'active', active: true } },
    invoice: { value: { status: 'x' } },
  },
  context: { source: 'test', channel: 'X', hour: 12, weekday: 'Monday' },
  now: NOW.getTime(),
};
const CEL = {
  ...OURS,
  action: { ...OURS.action, version: 3n },
  arguments: { ...OURS.arguments, amount: amount('10000'), count: 7n },
  facts: { vendor: OURS.facts['vendor']?.value, invoice: OURS.facts['invoice']?.value },
  context: { ...OURS.context, hour: 12n },
  now: NOW,
};

const CASES = 20_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

test(`${CASES} generated conditions mean what they mean in CEL`, () => {
  const compiler = conditionCompiler(FUZZ_ACTION);
  const env = celEnvironment();
  const compared = { true: 0, false: 0 };
  for (let index = 0; index < CASES; index += 1) {
    // Words of one program only: durations in days.
    const source = wellTyped(new SeededRandom(SEED, index), 'bool', 1 + (index % 4)).replaceAll(
      '999999d',
      '999h',
    );
    const ours = answer(() => compiler.compile(source).evaluate(OURS));
    if (ours === undefined || 'error' in ours) continue;
    const cel = answer(() => env.evaluate(source, CEL) as boolean);
    if (cel === undefined) {
      throw new Error(`FUZZ_SEED=${SEED}: only CEL has an error in ${source}`);
    }
    if (cel !== ours.matched) {
      throw new Error(`FUZZ_SEED=${SEED}: ${source} is ${ours.matched} here and ${cel} in CEL`);
    }
    compared[`${cel}`] += 1;
  }
  expect(Math.min(compared.true, compared.false)).toBeGreaterThan(CASES / 10);
});

function answer<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
