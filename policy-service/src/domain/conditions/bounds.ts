import { callOf, childrenOf, macroOf, pathOf, sourceOf, type Node } from './ast';
import { ConditionError } from './error';
import { FUNCTION_NAMES, unknownFunction } from './functions';
import { MAX_LIST } from './scope';

/** Most steps that one evaluation may take; what they cost with long texts: condition-effort.ts. */
export const MAX_STEPS = 10_000;

/** Operations of CEL that rules have no use for, with what to write instead. */
const NOT_IN_RULES: Record<string, string> = {
  '[]': 'write a.b instead of a["b"]',
  map: 'maps are not available',
  '.?': 'ask with has() whether a value is there',
  '[?]': 'ask with has() whether a value is there',
};

/**
 * What CEL has and rules do not, told before anything else is looked at.
 * @throws ConditionError
 */
export function assertAllowed(node: Node): void {
  const instead = NOT_IN_RULES[node.op];
  if (instead !== undefined) throw new ConditionError(`${sourceOf(node)}: ${instead}.`);
  const call = callOf(node);
  if (call && !FUNCTION_NAMES.includes(call.name)) {
    throw new ConditionError(unknownFunction(call.name));
  }
  childrenOf(node).forEach(assertAllowed);
}

/**
 * Evaluation has no loops but the macros over lists, so its number of steps is known beforehand.
 * @throws ConditionError when nested macros could take too many
 */
export function assertBounded(node: Node): void {
  if (stepsOf(node) > MAX_STEPS) {
    throw new ConditionError(
      `The condition could take more than ${MAX_STEPS} steps. Nest fewer exists and all, or shorten their lists.`,
    );
  }
}

function stepsOf(node: Node): number {
  if (pathOf(node)) return 1;
  const macro = macroOf(node);
  if (macro) return stepsOf(macro.list) + longest(macro.list) * stepsOf(macro.body);
  const own = node.op === 'in' ? MAX_LIST : 1;
  return childrenOf(node).reduce((sum, child) => sum + stepsOf(child), own);
}

/** Items that a list may have: as many as are written, or as a value may hold. */
function longest(list: Node): number {
  return list.op === 'list' ? childrenOf(list).length : MAX_LIST;
}
