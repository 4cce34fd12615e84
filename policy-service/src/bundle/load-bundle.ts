import type { Action } from '../domain/action';
import type { Bundle } from '../domain/bundle';
import { compilePolicy } from '../domain/policy';
import { parseConnector, type HttpConnectorDefinition } from '../erp/http/definition';
import { parseVocabulary } from '../extraction/vocabulary';
import { compileSchema, type SchemaCheck } from '../validation/json-schema';
import { checkArguments } from './check-arguments';
import { crossChecks } from './cross-checks';
import { ACTION_FILE } from './formats';
import {
  bundleVersion,
  lineOf,
  readFolder,
  type BundleFile,
  type BundleProblem,
} from './read-folder';
import { readRules } from './read-rules';

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
  problems.push(...crossChecks(actions, connectors));

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

function readConnector(file: BundleFile, problems: BundleProblem[]): HttpConnectorDefinition[] {
  try {
    return [parseConnector(file.value, file.path)];
  } catch (error) {
    problems.push({ where: file.path, message: messageOf(error) });
    return [];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
