import { callOf, childrenOf, macroOf, pathOf, sourceOf, type Node } from './ast';
import { ConditionError, EvaluationError } from './error';
import { functionProgram } from './functions';
import { nameAt, type NameTree } from './names';
import { hasPath } from './requirements';
import {
  groupReader,
  rawReader,
  typedReader,
  whyUnreadable,
  type ConditionScope,
  type Read,
} from './scope';

/** The variables of the macros around a node, by name; each holds the item that is looked at. */
type Variables = Map<string, { item: unknown }>;

/**
 * Turns a type-checked tree into functions. Only what is listed here exists: no property, function
 * or global of JavaScript can be reached. Nothing absorbs an error: `error || true` is an error,
 * unlike in CEL.
 * @throws ConditionError for what rules may not use
 */
export function programOf(node: Node, names: NameTree, variables: Variables = new Map()): Read {
  const path = pathOf(node);
  if (path) return pathReader(node, path, names, variables);
  const asked = hasPath(node);
  if (asked) return presenceReader(asked, names);
  const macro = macroOf(node);
  if (macro) return macroProgram(node, names, variables);
  const call = callOf(node);
  if (call) {
    const operands = [...(call.target ? [call.target] : []), ...call.args];
    const run = operands.map((one) => programOf(one, names, variables));
    return functionProgram(call, operands, run);
  }
  if (node.op === 'value') return literal(node);
  if (node.op === 'list') return listProgram(node, names, variables);
  return operatorProgram(
    node,
    childrenOf(node).map((one) => programOf(one, names, variables)),
  );
}

function pathReader(node: Node, path: string[], names: NameTree, variables: Variables): Read {
  const variable = variables.get(path[0] ?? '');
  if (variable && path.length === 1) return () => variable.item;
  const type = variable ? undefined : nameAt(names, path);
  if (typeof type !== 'string') {
    throw new ConditionError(`${sourceOf(node)} is not a single value; name one of its values.`);
  }
  return typedReader(path, type);
}

/** What is there and cannot be read is an error: padding a text must not make a rule pass over it. */
function presenceReader(path: string[], names: NameTree): Read {
  const type = nameAt(names, path);
  if (typeof type !== 'string') {
    const group = groupReader(path);
    return (scope) => group(scope) !== undefined;
  }
  const read = typedReader(path, type);
  const raw = rawReader(path);
  return (scope) => {
    if (read(scope) !== undefined) return true;
    if ((raw(scope) ?? undefined) === undefined) return false;
    throw new EvaluationError(whyUnreadable(path, type, scope));
  };
}

function literal(node: Node): Read {
  const value = typeof node.args === 'bigint' ? Number(node.args) : node.args;
  if (typeof node.args === 'bigint' && !Number.isSafeInteger(value)) {
    throw new ConditionError(`${sourceOf(node)} is too large for a whole number.`);
  }
  if (!['string', 'number', 'boolean'].includes(typeof value)) {
    throw new ConditionError(
      `${sourceOf(node)} cannot be used in a condition. To ask whether a value is there, write has(arguments.name).`,
    );
  }
  return () => value;
}

function listProgram(node: Node, names: NameTree, variables: Variables): Read {
  const items = childrenOf(node).map((item) => programOf(item, names, variables));
  if (childrenOf(node).every(({ op }) => op === 'value')) {
    const fixed = items.map((item) => item(NO_SCOPE));
    return () => fixed;
  }
  return (scope) => items.map((item) => item(scope));
}

/** Literals read nothing. */
const NO_SCOPE = {} as ConditionScope;

function macroProgram(node: Node, names: NameTree, variables: Variables): Read {
  const { list, variable, body } = macroOf(node) as NonNullable<ReturnType<typeof macroOf>>;
  if (Object.hasOwn(names, variable) || variables.has(variable)) {
    throw new ConditionError(`"${variable}" is taken; give the variable another name.`);
  }
  const items = programOf(list, names, variables);
  const cell = { item: undefined as unknown };
  const asks = programOf(body, names, new Map([...variables, [variable, cell]]));
  const holds = (scope: ConditionScope) => (item: unknown) => {
    cell.item = item;
    return asks(scope) === true;
  };
  const all = (scope: ConditionScope): unknown[] => items(scope) as unknown[];
  switch (callOf(node)?.name) {
    case 'exists':
      return (scope) => all(scope).some(holds(scope));
    case 'all':
      return (scope) => all(scope).every(holds(scope));
    default:
      return (scope) => all(scope).filter(holds(scope)).length === 1;
  }
}

type Comparable = number | bigint | string | boolean;

/** Comparison works alike on every type: the type check let only two of a kind through. */
const COMPARE: Record<string, (a: Comparable, b: Comparable) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const ARITHMETIC: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function operatorProgram(node: Node, [a, b, c]: Read[]): Read {
  if (a && !b) {
    if (node.op === '!_') return (scope) => a(scope) !== true;
    if (node.op === '-_') return (scope) => -(a(scope) as number);
  }
  if (a && b && c && node.op === '?:') return (scope) => (a(scope) === true ? b(scope) : c(scope));
  if (a && b) {
    if (node.op === '&&') return (scope) => a(scope) === true && b(scope) === true;
    if (node.op === '||') return (scope) => a(scope) === true || b(scope) === true;
    if (node.op === 'in') return (scope) => (b(scope) as unknown[]).includes(a(scope));
    const compare = COMPARE[node.op];
    if (compare) {
      assertSingle(node);
      return (scope) => compare(a(scope) as Comparable, b(scope) as Comparable);
    }
    const calculate = ARITHMETIC[node.op];
    if (calculate) return arithmeticProgram(node, calculate, a, b);
  }
  throw new ConditionError(`${sourceOf(node)} cannot be used in a condition.`);
}

function arithmeticProgram(
  node: Node,
  calculate: (a: number, b: number) => number,
  a: Read,
  b: Read,
): Read {
  const type = node.checkedType?.name ?? '';
  if (type === 'string' || type.startsWith('list')) {
    throw new ConditionError(`${sourceOf(node)}: texts and lists cannot be joined in a condition.`);
  }
  const whole = type === 'int';
  const divides = node.op === '/' || node.op === '%';
  return (scope) => {
    const divisor = b(scope) as number;
    if (divides && divisor === 0) throw new EvaluationError(`${sourceOf(node)} divides by zero`);
    const result = calculate(a(scope) as number, divisor);
    const value = whole ? Math.trunc(result) : result;
    if (whole ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      throw new EvaluationError(`${sourceOf(node)} is too large a number`);
    }
    return value;
  };
}

function assertSingle(node: Node): void {
  const list = childrenOf(node).find(({ checkedType }) => checkedType?.name.startsWith('list'));
  if (list) {
    throw new ConditionError(
      `${sourceOf(list)} is a list: ask with "in", exists or all what it holds.`,
    );
  }
}
