import type { SeededRandom } from './random';

type Type = 'bool' | 'int' | 'double' | 'string' | 'amount' | 'moment' | 'length' | 'list';

const LEAVES: Record<Type, string[]> = {
  bool: [
    'true',
    'false',
    'subject.verified',
    'facts.vendor.active',
    'has(arguments.memo)',
    'has(facts.invoice)',
  ],
  int: ['0', '1', '-7', '4503599627370496', 'action.version', 'arguments.count', 'context.hour'],
  double: ['0.5', '-1.0', '1e300', 'intent.confidence', 'arguments.share'],
  string: [
    '"x"',
    '"active"',
    '"inactive x"',
    '""',
    'arguments.memo',
    'arguments.currency',
    'facts.vendor.status',
    'facts.invoice.status',
    'context.channel',
    'subject.requestedBy',
    '"2026-01-05T12:00:00Z"',
  ],
  amount: ['arguments.amount', 'decimal("0")', 'decimal("10000.00")', 'decimal("-5.1234")'],
  moment: ['now', 'timestamp("2026-01-05T12:00:00Z")', 'timestamp(arguments.memo)'],
  length: ['duration("72h")', 'duration("1s")', 'duration("999999d")'],
  list: ['subject.roles', '["x", "y"]', '["active"]'],
};

/** An expression that passes the type check most of the time. */
export function wellTyped(
  random: SeededRandom,
  type: Type,
  depth: number,
  variables: string[] = [],
): string {
  const of = (wanted: Type, more: string[] = []): string =>
    wellTyped(random, wanted, depth - 1, [...variables, ...more]);
  if (depth <= 0 || random.chance(0.1)) {
    return random.pick(type === 'string' ? [...LEAVES.string, ...variables] : LEAVES[type]);
  }
  switch (type) {
    case 'bool':
      return bool(random, of, variables);
    case 'int':
      return random.pick([
        () => `(${of('int')} ${random.pick(['+', '-', '*', '/', '%'])} ${of('int')})`,
        () => `-(${of('int')})`,
        () => `size(${of(random.pick(['string', 'list'] as const))})`,
        () => `int(${of('double')})`,
        () => `(${of('bool')} ? ${of('int')} : ${of('int')})`,
      ])();
    case 'double':
      return random.pick([
        () => `(${of('double')} ${random.pick(['+', '-', '*', '/'])} ${of('double')})`,
        () => `double(${of('int')})`,
      ])();
    case 'string':
      return random.pick([
        () => `${of('string')}.lowerAscii()`,
        () => `(${of('bool')} ? ${of('string')} : ${of('string')})`,
      ])();
    case 'list':
      return `[${Array.from({ length: 1 + random.below(6) }, () => of('string')).join(', ')}]`;
    case 'moment':
      return `(${of('moment')} ${random.pick(['+', '-'])} ${of('length')})`;
    case 'length':
      return `(${of('moment')} - ${of('moment')})`;
    case 'amount':
      return random.pick(LEAVES.amount);
  }
}

function bool(
  random: SeededRandom,
  of: (type: Type, more?: string[]) => string,
  variables: string[],
): string {
  const compared = random.pick(['int', 'double', 'string', 'amount', 'moment', 'length'] as const);
  const variable = `v${variables.length}`;
  return random.pick([
    () => `(${of('bool')} ${random.pick(['&&', '||', '==', '!='])} ${of('bool')})`,
    () => `!(${of('bool')})`,
    () => `(${of(compared)} ${random.pick(['<', '<=', '>', '>=', '==', '!='])} ${of(compared)})`,
    () => `${of('string')}.${random.pick(['contains', 'startsWith', 'endsWith'])}(${of('string')})`,
    () => `(${of('string')} in ${of('list')})`,
    () =>
      `${of('list')}.${random.pick(['exists', 'all', 'exists_one'])}(${variable}, ${of('bool', [variable])})`,
    () => `(${of('bool')} ? ${of('bool')} : ${of('bool')})`,
  ])();
}
