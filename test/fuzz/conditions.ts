import { SeededRandom } from './random';
import { wellTyped } from './well-typed';

const PATHS = [
  'subject.roles',
  'subject.requestedBy',
  'subject.verified',
  'action.id',
  'action.version',
  'arguments.amount',
  'arguments.currency',
  'arguments.count',
  'arguments.share',
  'arguments.memo',
  'intent.confidence',
  'facts.vendor.status',
  'facts.vendor.active',
  'facts.invoice',
  'facts.invoice.status',
  'context.hour',
  'context.channel',
  'context.weekday',
  'now',
];
/** What an attacker would want to reach. */
const FORBIDDEN = [
  'constructor',
  '__proto__',
  'prototype',
  'globalThis',
  'process',
  'require',
  'Function',
  'eval',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'arguments',
  'this',
  'Symbol',
  'then',
];
const METHODS = [
  'contains',
  'startsWith',
  'endsWith',
  'size',
  'lowerAscii',
  'matches',
  'exists',
  'all',
  'exists_one',
  'map',
  'filter',
  'split',
  'join',
  'getHours',
  'bind',
];
const FUNCTIONS = [
  'has',
  'decimal',
  'int',
  'double',
  'string',
  'timestamp',
  'duration',
  'size',
  'dyn',
  'type',
  'bool',
  'bytes',
];
const OPERATORS = [
  '&&',
  '||',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  'in',
  '?:',
];
const LITERALS = [
  'true',
  'false',
  'null',
  '0',
  '1',
  '-1',
  '9223372036854775807',
  '99999999999999999999',
  '0x10',
  '1u',
  '0.5',
  '1e308',
  '1e999',
  '""',
  '"x"',
  "'active'",
  '"2026-01-05T12:00:00Z"',
  '"72h"',
  '"10000.00"',
  '"__proto__"',
  'r"(a+)+$"',
  'b"x"',
  '"""three"""',
  '"\\u0000"',
];
/** Conditions as people write them: starting points for mutation. */
const CORPUS = [
  'arguments.amount > decimal("10000")',
  'arguments.currency in ["USD", "EUR"] && arguments.amount > decimal("10000")',
  'has(arguments.memo) && arguments.memo.contains("urgent")',
  'has(facts.invoice) ? facts.invoice.status == "paid" : false',
  '["a", "b"].exists(x, ["c", "d"].all(y, x != y && subject.roles.exists(r, r == x + y)))',
  'now - timestamp("2026-01-01T00:00:00Z") > duration("72h")',
  '!(arguments.count * 2 - 1 >= 10 || -arguments.count / 3 < 0)',
  'double(arguments.count) * 0.5 > intent.confidence',
  'subject.roles.exists_one(r, r.startsWith("fin"))',
  'size(arguments.memo) > 3 && arguments.memo.lowerAscii() == "abc"',
];

/** The text of one fuzzed condition: from the grammar, or a mutation of a sensible one. */
export function fuzzedCondition(seed: number, index: number): string {
  const random = new SeededRandom(seed, index);
  const kind = random.next();
  if (kind < 0.4) return wellTyped(random, 'bool', 1 + random.below(5));
  if (kind < 0.6) return expression(random, 1 + random.below(6));
  const start = random.pick([
    () => random.pick(CORPUS),
    () => wellTyped(random, 'bool', 3),
    () => expression(random, 3),
  ])();
  return mutated(start, random);
}

function expression(random: SeededRandom, depth: number): string {
  if (depth <= 0 || random.chance(0.15)) return leaf(random);
  const part = (): string => expression(random, depth - 1);
  switch (random.below(9)) {
    case 0:
      return `(${part()})`;
    case 1:
      return `!${part()}`;
    case 2:
      return `[${Array.from({ length: random.below(5) }, part).join(', ')}]`;
    case 3:
      return `${random.pick(FUNCTIONS)}(${part()})`;
    case 4:
      return `${part()}.${random.pick(METHODS)}(${part()})`;
    case 5:
      return `${part()}.${random.pick(['exists', 'all', 'exists_one'])}(${random.pick(['x', 'y', 'now', 'facts', '__proto__'])}, ${part()})`;
    case 6:
      return `${part()}.${random.pick([...FORBIDDEN, 'status', 'x'])}`;
    default:
      return binary(random, part);
  }
}

function binary(random: SeededRandom, part: () => string): string {
  const operator = random.pick(OPERATORS);
  return operator === '?:'
    ? `(${part()} ? ${part()} : ${part()})`
    : `(${part()} ${operator} ${part()})`;
}

function leaf(random: SeededRandom): string {
  const kind = random.next();
  if (kind < 0.5) return random.pick(PATHS);
  if (kind < 0.85) return random.pick(LITERALS);
  if (kind < 0.95) return random.pick(['x', 'y']);
  return random.pick(FORBIDDEN);
}

const CHARACTERS = '()[]{}.,:?!&|<>=+-*/%"\'\\ \n\tabxr019_$@#`~^;\u0000\u202e\ud800é😀';

function mutated(text: string, random: SeededRandom): string {
  let result = text;
  for (let times = 1 + random.below(6); times > 0; times -= 1) {
    const at = random.below(result.length + 1);
    const to = Math.min(result.length, at + random.below(8));
    switch (random.below(5)) {
      case 0:
        result = result.slice(0, at) + result.slice(to);
        break;
      case 1:
        result = result.slice(0, at) + random.pick([...CHARACTERS]) + result.slice(at);
        break;
      case 2:
        result =
          result.slice(0, at) +
          result.slice(at, to).repeat(1 + random.below(60)) +
          result.slice(to);
        break;
      case 3:
        result =
          result.slice(0, at) +
          random.pick([...FORBIDDEN, ...PATHS, ...LITERALS]) +
          result.slice(to);
        break;
      default:
        result =
          result.slice(0, at) + String.fromCharCode(random.below(0x10000)) + result.slice(at);
    }
  }
  return result;
}
