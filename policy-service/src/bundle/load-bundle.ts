import type { Action } from '../domain/action';
import type { Bundle } from '../domain/bundle';
import { durationSeconds } from '../domain/duration';
import { compilePolicy } from '../domain/policy';
import type { ApprovalTerms, LimitRule, Rule, RuleSet } from '../domain/rule';
import { parseConnector, type HttpConnectorDefinition } from '../erp/http/definition';
import { parseVocabulary } from '../extraction/vocabulary';
import { compileSchema, type SchemaCheck } from '../validation/json-schema';
import { checkArguments } from './check-arguments';
import { ACTION_FILE, RULES_FILE } from './formats';
import {
  bundleVersion,
  lineOf,
  readFolder,
  type BundleFile,
  type BundleProblem,
} from './read-folder';

export interface LoadedBundle {
  bundle: Bundle;
  connectors: HttpConnectorDefinition[];
}

/** A bundle that failed its checks; it never becomes active. */
export class BundleError extends Error {
  constructor(
    readonly folder: string,
    readonly problems: BundleProblem[],
  ) {
    super(
      `The bundle in ${folder} cannot be used:\n${problems
        .map(({ where, message }) => `  ${where}: ${message}`)
        .join('\n')}`,
    );
  }
}

const checkActionFile = compileSchema(ACTION_FILE);
const checkRulesFile = compileSchema(RULES_FILE);

/** Who decides where neither the rule nor the bundle names somebody. */
const REVIEWER: ApprovalTerms = {
  stages: [{ role: 'reviewer', count: 1 }],
  expiresInSeconds: durationSeconds('72h'),
};

/**
 * Reads catalogue/, policies/ and connectors/ of a folder, checks everything and compiles it.
 * @throws BundleError naming each file, line and problem
 */
export function loadBundle(folder: string): LoadedBundle {
  const problems: BundleProblem[] = [];
  const actionFiles = readFolder(folder, 'catalogue', problems);
  const ruleFiles = readFolder(folder, 'policies', problems);
  const connectorFiles = readFolder(folder, 'connectors', problems);

  const actions = actionFiles.flatMap((file) => readAction(file, problems));
  const schemas = compileSchemas(actions, problems);
  const rules = readRules(ruleFiles, problems);
  const connectors = connectorFiles.flatMap((file) => readConnector(file, problems));
  problems.push(...duplicates(actions), ...crossChecks(actions, connectors));

  const compiled = compilePolicy(actions, rules);
  for (const { id, message } of compiled.problems) {
    const file = ruleFiles.find(({ text }) => lineOf(text, id) > 0);
    problems.push({
      where: file ? `${file.path}:${lineOf(file.text, id)}` : 'policies',
      message: `${id}: ${message}`,
    });
  }
  if (problems.length > 0) throw new BundleError(folder, problems);

  const byId = new Map(actions.map((action) => [action.id, action]));
  const bundle: Bundle = {
    version: bundleVersion([...actionFiles, ...ruleFiles, ...connectorFiles]),
    actions,
    action: (id) => byId.get(id),
    policy: (id) => compiled.byAction.get(id),
    checkArguments: (action, values) =>
      checkArguments(action, schemas.get(action.id) as SchemaCheck, values),
  };
  return { bundle, connectors };
}

function readAction(file: BundleFile, problems: BundleProblem[]): Action[] {
  const errors = checkActionFile(file.value);
  if (errors.length > 0) {
    problems.push(
      ...errors.map(({ pointer, message }) => ({ where: `${file.path}${pointer}`, message })),
    );
    return [];
  }
  const action = { entities: [], ...(file.value as object) } as unknown as Action;
  try {
    parseVocabulary(action);
  } catch (error) {
    problems.push({ where: file.path, message: messageOf(error) });
    return [];
  }
  return [action];
}

function compileSchemas(actions: Action[], problems: BundleProblem[]): Map<string, SchemaCheck> {
  const schemas = new Map<string, SchemaCheck>();
  for (const action of actions) {
    try {
      schemas.set(action.id, compileSchema(action.schema));
      if (action.schema['additionalProperties'] !== false) {
        throw new Error(
          'schema needs additionalProperties: false, so that unknown fields are refused',
        );
      }
    } catch (error) {
      problems.push({ where: `catalogue (${action.id})`, message: messageOf(error) });
    }
  }
  return schemas;
}

function readRules(files: BundleFile[], problems: BundleProblem[]): RuleSet {
  const rules: Rule[] = [];
  const limits: LimitRule[] = [];
  let defaultApproval = REVIEWER;
  for (const file of files) {
    const errors = checkRulesFile(file.value);
    problems.push(
      ...errors.map(({ pointer, message }) => ({ where: `${file.path}${pointer}`, message })),
    );
    if (errors.length > 0) continue;
    const content = (file.value ?? {}) as RulesFile;
    if (content.defaults) defaultApproval = terms(content.defaults.approval);
    for (const { approval, mode, ...rule } of content.rules ?? []) {
      rules.push({
        ...rule,
        mode: mode ?? 'enforce',
        ...(approval ? { approval: terms(approval) } : {}),
      });
    }
    for (const { approval, window, ...limit } of content.limits ?? []) {
      limits.push({
        ...limit,
        windowSeconds: durationSeconds(window),
        ...(approval ? { approval: terms(approval) } : {}),
      });
    }
  }
  const ids = [...rules, ...limits].map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
    problems.push({ where: 'policies', message: `two rules or limits have the id ${id}` });
  }
  return { rules, limits, defaultApproval };
}

function readConnector(file: BundleFile, problems: BundleProblem[]): HttpConnectorDefinition[] {
  try {
    return [parseConnector(file.value, file.path)];
  } catch (error) {
    problems.push({ where: file.path, message: messageOf(error) });
    return [];
  }
}

function duplicates(actions: Action[]): BundleProblem[] {
  const ids = actions.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map((id) => ({
    where: 'catalogue',
    message: `two actions have the id ${id}`,
  }));
}

/** What one file says about another: connectors, operations, lookups, argument names, stages. */
function crossChecks(actions: Action[], connectors: HttpConnectorDefinition[]): BundleProblem[] {
  return actions.flatMap((action) => {
    const where = `catalogue (${action.id})`;
    const connector = connectors.find(({ id }) => id === action.connector);
    if (!connector) return [{ where, message: `there is no connector "${action.connector}"` }];
    const problems: BundleProblem[] = [];
    const operations = action.steps.map(({ operation }) => operation);
    if (typeof action.compensation === 'object') operations.push(action.compensation.operation);
    for (const operation of operations) {
      if (!(operation in connector.operations)) {
        problems.push({ where, message: `${connector.id} has no operation "${operation}"` });
      }
    }
    for (const { operation } of action.steps) {
      const called = connector.operations[operation];
      if (action.idempotency !== 'A' || !called || called.method === 'GET') continue;
      if (!called.idempotencyKeyHeader) {
        problems.push({
          where,
          message: `idempotency A needs an idempotencyKeyHeader on the operation "${operation}"`,
        });
      }
    }
    const known = Object.keys((action.schema['properties'] ?? {}) as object);
    for (const { name, lookup, with: parameters } of action.entities) {
      if (!(lookup in connector.lookups)) {
        problems.push({
          where,
          message: `${connector.id} has no lookup "${lookup}" (entity ${name})`,
        });
      }
      for (const argument of Object.values(parameters)) {
        if (!known.includes(argument)) {
          problems.push({ where, message: `entity ${name}: there is no argument "${argument}"` });
        }
      }
    }
    if (action.compensation === 'irreversible' && action.stage === 'auto') {
      problems.push({ where, message: 'what cannot be undone is never in stage auto' });
    }
    return problems;
  });
}

interface ApprovalFile {
  stages: ApprovalTerms['stages'];
  expiresIn: string;
}
interface RulesFile {
  defaults?: { approval: ApprovalFile };
  rules?: (Omit<Rule, 'approval' | 'mode'> & { approval?: ApprovalFile; mode?: Rule['mode'] })[];
  limits?: (Omit<LimitRule, 'approval' | 'windowSeconds'> & {
    approval?: ApprovalFile;
    window: string;
  })[];
}

function terms({ stages, expiresIn }: ApprovalFile): ApprovalTerms {
  return { stages, expiresInSeconds: durationSeconds(expiresIn) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
