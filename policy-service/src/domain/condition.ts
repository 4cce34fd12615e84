import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Action } from './action';
import { Decimal } from './money';
import type { JsonObject } from './request';

/** What a condition sees. Integers are BigInt, amounts Decimal, `now` a Date. */
export interface ConditionScope {
  subject: { tokenId: string; requestedBy: string; verified: boolean; roles: string[] };
  action: { id: string; class: string; risk: string; version: bigint };
  arguments: Record<string, unknown>;
  intent: { confidence: number };
  facts: Record<string, Record<string, unknown>>;
  context: { source: string; hour: bigint; weekday: string };
  now: Date;
}

export type ConditionResult = { matched: boolean } | { error: string };

/** A condition that passed the type check against one action. */
export interface Condition {
  evaluate(scope: ConditionScope): ConditionResult;
}

/** A condition that cannot be used; the message says why. */
export class ConditionError extends Error {}

const LIMITS = {
  maxAstNodes: 400,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
};

const CEL_TYPES: Record<string, string> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
};

/** Names a path may start with; any other identifier is a macro's own variable. */
const ROOTS = new Set(['subject', 'action', 'arguments', 'intent', 'facts', 'context', 'now']);

/** The CEL environment of one action: its arguments and facts by name and type, nothing else. */
export function conditionEnvironment(action: Action): Environment {
  const env = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS });
  env.registerType('Decimal', { ctor: Decimal, fields: {} });
  env.registerFunction('decimal(string): Decimal', (text: string) => Decimal.parse(text));
  const compare: Record<string, (a: Decimal, b: Decimal) => boolean> = {
    '<': (a, b) => a.units < b.units,
    '<=': (a, b) => a.units <= b.units,
    '>': (a, b) => a.units > b.units,
    '>=': (a, b) => a.units >= b.units,
    '==': (a, b) => a.units === b.units,
  };
  for (const [operator, handler] of Object.entries(compare)) {
    env.registerOperator(`Decimal ${operator} Decimal`, handler);
  }
  env.registerVariable({
    name: 'subject',
    schema: { tokenId: 'string', requestedBy: 'string', verified: 'bool', roles: 'list<string>' },
  });
  env.registerVariable({
    name: 'action',
    schema: { id: 'string', class: 'string', risk: 'string', version: 'int' },
  });
  env.registerVariable({ name: 'arguments', schema: argumentTypes(action) });
  env.registerVariable({ name: 'intent', schema: { confidence: 'double' } });
  env.registerVariable({ name: 'facts', schema: factTypes(action) });
  env.registerVariable({
    name: 'context',
    schema: { source: 'string', hour: 'int', weekday: 'string' },
  });
  env.registerVariable('now', 'google.protobuf.Timestamp');
  return env;
}

/**
 * Compiles a condition for one action.
 * @throws ConditionError with a sentence when it does not parse, does not type-check or is not a bool
 */
export function compileCondition(source: string, env: Environment): Condition {
  let program: ReturnType<Environment['parse']>;
  try {
    program = env.parse(source);
  } catch (error) {
    throw new ConditionError(firstLine(error));
  }
  const check = program.check();
  if (!check.valid) throw new ConditionError(firstLine(check.error));
  if (String(check.type) !== 'bool') {
    throw new ConditionError(
      `the condition gives ${String(check.type)}, it must give true or false`,
    );
  }
  const required = requiredPaths(program.ast);
  return {
    evaluate(scope) {
      const missing = required.find((path) => !isPresent(scope, path));
      if (missing) return { error: `${missing.join('.')} is missing` };
      try {
        const value: unknown = program(scope as unknown as Record<string, unknown>);
        if (typeof value !== 'boolean') return { error: 'the condition gave no true or false' };
        return { matched: value };
      } catch (error) {
        return { error: firstLine(error) };
      }
    },
  };
}

/** JSON arguments as conditions see them: integers as BigInt, the amount as Decimal, null dropped. */
export function conditionArguments(action: Action, values: JsonObject): Record<string, unknown> {
  const types = argumentTypes(action);
  return typedValues(values, types);
}

/** Fact values as conditions see them. */
export function conditionFacts(
  action: Action,
  facts: Record<string, { value: JsonObject }>,
): Record<string, Record<string, unknown>> {
  const types = factTypes(action);
  const out: Record<string, Record<string, unknown>> = {};
  for (const [name, fact] of Object.entries(facts)) {
    if (types[name]) out[name] = typedValues(fact.value, types[name]);
  }
  return out;
}

function typedValues(values: JsonObject, types: Record<string, string>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const type = types[name];
    // A value of another type than declared is left out: the presence check then stops the rule.
    if (type === 'int' && Number.isSafeInteger(value)) out[name] = BigInt(value as number);
    else if (type === 'Decimal' && typeof value === 'string') out[name] = Decimal.parse(value);
    else if (type === 'double' && typeof value === 'number') out[name] = value;
    else if (type === 'string' && typeof value === 'string') out[name] = value;
    else if (type === 'bool' && typeof value === 'boolean') out[name] = value;
  }
  return out;
}

function argumentTypes(action: Action): Record<string, string> {
  const properties = (action.schema['properties'] ?? {}) as Record<string, JsonObject>;
  const types: Record<string, string> = {};
  for (const [name, schema] of Object.entries(properties)) {
    types[name] =
      name === action.money?.amount ? 'Decimal' : (CEL_TYPES[String(schema['type'])] ?? 'dyn');
  }
  return types;
}

function factTypes(action: Action): Record<string, Record<string, string>> {
  const types: Record<string, Record<string, string>> = {};
  for (const entity of action.entities) {
    types[entity.name] = Object.fromEntries(
      Object.entries(entity.fields).map(([field, type]) => [field, CEL_TYPES[type] ?? 'dyn']),
    );
  }
  return types;
}

/**
 * Paths that must be present before the condition may be evaluated: all that it mentions, except
 * those it asks about with has(). CEL alone would let `missing || true` and `false && missing` pass.
 */
function requiredPaths(ast: ASTNode): string[][] {
  const optional = new Set<string>();
  const mentioned = new Map<string, string[]>();
  const visit = (node: unknown, insideHas: boolean): void => {
    if (Array.isArray(node)) {
      node.forEach((child) => visit(child, insideHas));
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const { op, args } = node as { op?: string; args?: unknown };
    if (op === '[]') throw new ConditionError('write a.b instead of a["b"]');
    const path = pathOf(node);
    if (path && !ROOTS.has(path[0] ?? '')) return;
    if (path) {
      if (insideHas) optional.add(path.join('.'));
      else mentioned.set(path.join('.'), path);
      return;
    }
    visit(args, insideHas || (op === 'call' && (args as unknown[])[0] === 'has'));
  };
  visit(ast, false);
  const isOptional = (path: string[]): boolean =>
    path.some((_, index) => optional.has(path.slice(0, index + 1).join('.')));
  return [...mentioned.values()].filter((path) => !isOptional(path));
}

function pathOf(node: unknown): string[] | undefined {
  const { op, args } = (node ?? {}) as { op?: string; args?: unknown };
  if (op === 'id' && typeof args === 'string') return [args];
  if (op === '.' && Array.isArray(args) && typeof args[1] === 'string') {
    const parent = pathOf(args[0]);
    return parent && [...parent, args[1]];
  }
  return undefined;
}

function isPresent(scope: ConditionScope, path: string[]): boolean {
  let value: unknown = scope;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
    value = (value as Record<string, unknown>)[name];
  }
  return value !== null && value !== undefined;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}
