import { callOf, childrenOf, isNode, sourceOf, type Node } from './ast';
import { unknownFunction } from './functions';

/** What the types are called in sentences for rule authors. */
const WORDS: Record<string, string> = {
  string: 'a text',
  int: 'a whole number',
  double: 'a number',
  bool: 'true or false',
  Decimal: 'an amount',
  'google.protobuf.Timestamp': 'a moment',
  'google.protobuf.Duration': 'a length of time',
  null: 'nothing',
};

/** A type in words, for example `a list` or `an amount`. */
export function typeInWords(name: string): string {
  return WORDS[name] ?? (name.startsWith('list') ? 'a list' : `of type ${name}`);
}

/** An error of the CEL library as a sentence that a rule author can act on. */
export function inPlainWords(error: unknown): string {
  const { code, node, message } = error as { code?: string; node?: unknown; message: string };
  const summary = message.split('\n')[0] ?? message;
  if (!isNode(node)) return `The condition cannot be read: ${summary}.`;
  if (code === 'no_such_overload') return mismatch(node) ?? `${sourceOf(node)}: ${summary}`;
  if (code === 'no_matching_overload') return wrongCall(node);
  return `${sourceOf(node) || 'The condition'}: ${summary}`;
}

/** Two operands that do not go together. */
function mismatch(node: Node): string | undefined {
  const [left, right] = childrenOf(node);
  if (!left || !right) return left && `${node.op[0]} cannot be used on ${described(left)}.`;
  const types = [left, right].map(({ checkedType }) => checkedType?.name);
  const amount = types.indexOf('Decimal');
  const other = amount === 0 ? right : left;
  if (amount >= 0 && other.op === 'value') {
    const number = String(other.args);
    return `${sourceOf(amount === 0 ? left : right)} is an amount and cannot be compared with ${typeInWords(types[1 - amount] ?? '')}. Write decimal("${number}") instead of ${sourceOf(other)}.`;
  }
  return `${described(left)} and ${described(right)}: "${node.op}" does not work between them.`;
}

function wrongCall(node: Node): string {
  const call = callOf(node);
  if (!call) return `${sourceOf(node)} cannot be used in a condition.`;
  const operands = [...(call.target ? [call.target] : []), ...call.args];
  if (operands.some(({ checkedType }) => !checkedType)) return unknownFunction(call.name);
  return `${unknownFunction(call.name)} It was used on ${operands.map(described).join(' and ') || 'nothing'}.`;
}

function described(node: Node): string {
  return `${sourceOf(node)} is ${typeInWords(node.checkedType?.name ?? '')}`;
}
