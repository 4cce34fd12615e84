import type { ASTNode } from '@marcbachmann/cel-js';

/** A node of a parsed condition. After the type check, `checkedType` names its CEL type. */
export interface Node {
  op: string;
  args: unknown;
  checkedType?: { name: string };
  input: string;
  start: number;
  end: number;
}

/** The library's tree, whose public type says nothing about the arguments of a node. */
export function rootOf(ast: ASTNode): Node {
  return ast as unknown as Node;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).op === 'string';
}

/** The nodes that a node is made of. */
export function childrenOf(node: Node): Node[] {
  return (Array.isArray(node.args) ? node.args.flat() : [node.args]).filter(isNode);
}

/** The names of `a.b.c`; undefined for anything that is not just names. */
export function pathOf(node: Node): string[] | undefined {
  if (node.op === 'id') return [node.args as string];
  if (node.op !== '.') return undefined;
  const [target, name] = node.args as [Node, string];
  const parent = pathOf(target);
  return parent && [...parent, name];
}

export interface Call {
  name: string;
  /** What a method is called on. */
  target?: Node;
  args: Node[];
}

/** A function call `f(x)` or a method call `x.f(y)`. */
export function callOf(node: Node): Call | undefined {
  if (node.op === 'call') {
    const [name, args] = node.args as [string, Node[]];
    return { name, args };
  }
  if (node.op === 'rcall') {
    const [name, target, args] = node.args as [string, Node, Node[]];
    return { name, target, args };
  }
  return undefined;
}

export const MACROS = new Set(['exists', 'all', 'exists_one']);

/** A macro over a list: its own variable, and what is asked of each item. */
export function macroOf(node: Node): { list: Node; variable: string; body: Node } | undefined {
  const call = callOf(node);
  if (!call?.target || !MACROS.has(call.name)) return undefined;
  const [variable, body] = call.args;
  if (!variable || !body || variable.op !== 'id') return undefined;
  return { list: call.target, variable: variable.args as string, body };
}

/** The text of a node as it was written. */
export function sourceOf(node: Node): string {
  return node.input.slice(node.start, node.end);
}
