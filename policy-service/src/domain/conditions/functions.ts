import { sourceOf, type Call, type Node } from './ast';
import { spendOnText } from './effort';
import { ConditionError, EvaluationError } from './error';
import { nearestOf } from './names';
import type { Read } from './scope';
import { durationSeconds } from '../duration';
import { momentOf, MOMENT_EXAMPLE } from '../moment';
import { Decimal } from '../money';

/** Makes the program of a call from the programs of what it is called on. */
type Build = (operands: Node[], run: Read[]) => Read;

/** A function of one or two texts. */
const ofTexts =
  (answer: (a: string, b: string) => unknown): Build =>
  (_operands, [a = never, b = never]) =>
  (scope) => {
    const text = a(scope) as string;
    const part = b(scope) as string;
    spendOnText(text, part);
    return answer(text, part);
  };

const never: Read = () => '';

const evaluatedMoment = ofTexts((text) => {
  const moment = momentOf(text);
  if (moment === undefined) throw new EvaluationError(notAMoment(text));
  return moment;
});

const FUNCTIONS: Record<string, Build> = {
  decimal: ([node]) => {
    const units = Decimal.unitsOf(literalText(node, 'decimal("10000")'));
    if (units !== undefined) return () => units;
    throw new ConditionError(`${textOf(node)} is not a decimal such as "10000" or "99.50".`);
  },
  duration: ([node]) => {
    const text = literalText(node, 'duration("72h")');
    try {
      const milliseconds = durationSeconds(text) * 1000;
      return () => milliseconds;
    } catch (error) {
      throw new ConditionError((error as RangeError).message);
    }
  },
  timestamp: (operands, run) => {
    const [node] = operands;
    if (
      node?.op === 'value' &&
      typeof node.args === 'string' &&
      momentOf(node.args) === undefined
    ) {
      throw new ConditionError(`${notAMoment(node.args)}.`);
    }
    return evaluatedMoment(operands, run);
  },
  contains: ofTexts((text, part) => text.includes(part)),
  startsWith: ofTexts((text, part) => text.startsWith(part)),
  endsWith: ofTexts((text, part) => text.endsWith(part)),
  lowerAscii: ofTexts((text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
  size: ([node], [value = never]) =>
    node?.checkedType?.name === 'string'
      ? lengthOf(value)
      : (scope) => (value(scope) as unknown[]).length,
  double: ([node], [value = never]) => {
    assertNumber(node);
    return value;
  },
  int: ([node], [value = never]) => {
    assertNumber(node);
    return (scope) => {
      const whole = Math.trunc(value(scope) as number);
      if (!Number.isSafeInteger(whole)) throw new EvaluationError(`${textOf(node)} is too large`);
      return whole;
    };
  },
};

/** In code points, as CEL counts. */
function lengthOf(value: Read): Read {
  return (scope) => {
    const text = value(scope) as string;
    spendOnText(text);
    return [...text].length;
  };
}

/** Names that a condition may call, with has() and the macros. */
export const FUNCTION_NAMES = [...Object.keys(FUNCTIONS), 'has', 'exists', 'all', 'exists_one'];

/**
 * The program of a call.
 * @throws ConditionError when there is no such function for rules, or an argument cannot be used
 */
export function functionProgram(call: Call, operands: Node[], run: Read[]): Read {
  const build = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  if (build) return build(operands, run);
  throw new ConditionError(unknownFunction(call.name));
}

/** A sentence on a function that rules do not have. */
export function unknownFunction(name: string): string {
  if (name === 'matches') {
    return 'matches() is not available: a regular expression can take for ever. Use contains, startsWith, endsWith or ==.';
  }
  const meant = nearestOf(name, FUNCTION_NAMES);
  return meant === undefined || meant === name
    ? `There is no ${name}() for this in conditions. Available are: ${FUNCTION_NAMES.join(', ')}.`
    : `There is no ${name}(). Did you mean ${meant}()?`;
}

function notAMoment(text: string): string {
  return `"${text.slice(0, 40)}" is not a moment with a time zone such as ${MOMENT_EXAMPLE}, on a day and at a time that exist`;
}

/** Constants are read when the rule is loaded, so a slip in them is a load error. */
function literalText(node: Node | undefined, example: string): string {
  if (node?.op === 'value' && typeof node.args === 'string') return node.args;
  throw new ConditionError(`${textOf(node)} has to be a text in quotes, as in ${example}.`);
}

function assertNumber(node: Node | undefined): void {
  if (node?.checkedType?.name === 'int' || node?.checkedType?.name === 'double') return;
  throw new ConditionError(`${textOf(node)} is not a number.`);
}

function textOf(node: Node | undefined): string {
  return node ? sourceOf(node) : 'The argument';
}
