import type { Environment } from '@marcbachmann/cel-js';
import { rootOf } from './ast';
import { assertAllowed, assertBounded } from './bounds';
import { beginEffort } from './effort';
import { conditionEnvironment } from './environment';
import { ConditionError } from './error';
import { inPlainWords, typeInWords } from './messages';
import { nameAt, namesOf, unknownName, type NameTree } from './names';
import { programOf } from './program';
import { mentionsOf, type Mention } from './requirements';
import { groupReader, typedReader, whyUnreadable, type ConditionScope, type Read } from './scope';
import type { Action } from '../catalogue/action';

export { ConditionError } from './error';
export type { ConditionScope } from './scope';

export type ConditionResult = { matched: boolean } | { error: string };

/** A condition that passed the checks against one action. */
export interface Condition {
  /** Every path that it reads or asks about with has(), for example `arguments.amount`. */
  paths: string[];
  /** Those without which it is not evaluated. */
  required: string[];
  /** Never throws. Same scope, same result. */
  evaluate(scope: ConditionScope): ConditionResult;
}

/** Compiles the conditions of one action. */
export interface ConditionCompiler {
  /** @throws ConditionError with a sentence when the condition cannot be used for this action */
  compile(source: string): Condition;
}

/** Longest condition in characters. */
const MAX_SOURCE = 2000;

const MATCHED: ConditionResult = Object.freeze({ matched: true });
const NOT_MATCHED: ConditionResult = Object.freeze({ matched: false });

export function conditionCompiler(action: Action): ConditionCompiler {
  const names = namesOf(action);
  const env = conditionEnvironment(names);
  return { compile: (source) => compileCondition(source, names, env) };
}

function compileCondition(source: string, names: NameTree, env: Environment): Condition {
  if (source.length > MAX_SOURCE) {
    throw new ConditionError(`The condition is longer than ${MAX_SOURCE} characters.`);
  }
  const program = parse(source, env);
  const root = rootOf(program.ast);
  assertAllowed(root);
  const mentions = mentionsOf(root);
  for (const { path } of mentions) {
    if (nameAt(names, path) === undefined) throw new ConditionError(unknownName(names, path));
  }
  const check = program.check();
  if (!check.valid) throw new ConditionError(inPlainWords(check.error));
  if (String(check.type) !== 'bool') {
    throw new ConditionError(
      `The condition is ${typeInWords(String(check.type))}; it must give true or false.`,
    );
  }
  assertBounded(root);
  const run = programOf(root, names);
  const needs = needsOf(mentions, names);
  return {
    paths: unique(mentions.map(({ path }) => path.join('.'))),
    required: unique(
      mentions.filter(({ needed }) => needed.when === 'always').map(({ path }) => path.join('.')),
    ),
    evaluate: (scope) => evaluate(scope, needs, run),
  };
}

function parse(source: string, env: Environment): ReturnType<Environment['parse']> {
  try {
    return env.parse(source);
  } catch (error) {
    throw new ConditionError(inPlainWords(error));
  }
}

interface Need {
  read: Read;
  /** When present, the path is needed only if this is there. */
  parent?: Read;
  why(scope: ConditionScope): string;
}

function needsOf(mentions: Mention[], names: NameTree): Need[] {
  const needs = new Map<string, Need>();
  for (const { path, needed } of mentions) {
    if (needed.when === 'asked') continue;
    const type = nameAt(names, path);
    if (typeof type !== 'string') continue;
    const parent = needed.when === 'with' ? needed.parent : undefined;
    needs.set(`${path.join('.')} ${parent?.join('.') ?? ''}`, {
      read: typedReader(path, type),
      ...(parent ? { parent: groupReader(parent) } : {}),
      why: (scope) => whyUnreadable(path, type, scope),
    });
  }
  return [...needs.values()];
}

function evaluate(scope: ConditionScope, needs: Need[], run: Read): ConditionResult {
  for (const need of needs) {
    if (need.read(scope) !== undefined) continue;
    if (!need.parent || need.parent(scope) !== undefined) return { error: need.why(scope) };
  }
  beginEffort();
  try {
    return run(scope) === true ? MATCHED : NOT_MATCHED;
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'it failed' };
  }
}

function unique(items: string[]): string[] {
  return [...new Set(items)];
}
