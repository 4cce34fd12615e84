import type { SourceFile } from '../application/ports';
import { EXTERNAL, type Action } from '../domain/action';
import type { Bundle } from '../domain/bundle';
import { compilePolicy } from '../domain/policy';
import { undoAction } from '../domain/undo';
import { parseConnector, traitsOf, type ConnectorDefinition } from '../erp/connectors';
import { ConnectorDefinitionError } from '../erp/definition-error';
import { parseVocabulary } from '../extraction/vocabulary';
import { compileSchema, type SchemaCheck } from '../validation/json-schema';
import { costlyParts } from '../validation/schema-cost';
import { BundleError } from './bundle-error';
import { CanonicalArguments } from './canonical-arguments';
import { checkArguments } from './check-arguments';
import { crossChecks, crossNotes } from './cross-checks';
import { ACTION_FILE } from './formats';
import { readCases, type PolicyCase } from './read-cases';
import { readRules } from './read-rules';
import { bundleVersion, inOrder, listProblems } from './source-files';
import { parseYamlFile, type BundleFile, type BundleProblem } from './yaml-file';

export interface LoadedBundle {
  bundle: Bundle;
  connectors: ConnectorDefinition[];
  /** Its own test cases (tests/*.yaml); runPolicyCases runs them. */
  cases: PolicyCase[];
  /** What may be so, and should be known. */
  notes: BundleProblem[];
  /** What is refused in a new bundle, and only told of one that is active already. */
  warnings: BundleProblem[];
  /** Every file of the bundle, in the order that its version is computed in. */
  files: SourceFile[];
}

/** What an action file may leave out; without a connector there is an external executor. */
const DEFAULTS = { executor: 'service', connector: EXTERNAL, steps: [], entities: [] };

const checkActionFile = compileSchema(ACTION_FILE);

/**
 * Checks and compiles the files of a bundle.
 * @param name how messages name it: a folder or a version
 * @param use an `active` bundle goes on with what newer checks find in it: they are its warnings
 * @throws BundleError naming each file, line and problem
 */
export function loadBundle(
  sources: SourceFile[],
  name: string,
  use: 'active' | 'new' = 'new',
): LoadedBundle {
  const problems: BundleProblem[] = listProblems(sources);
  if (problems.length > 0) throw new BundleError(name, problems);
  const files = inOrder(sources);
  const version = bundleVersion(files);
  const parsed = files.flatMap((file) => parseYamlFile(file, problems));
  const inFolder = (part: string): BundleFile[] =>
    parsed.filter(({ path }) => path.startsWith(`${part}/`));
  const ruleFiles = inFolder('policies');

  const actions = inFolder('catalogue').flatMap((file) => readAction(file, problems));
  const undoing = actions.flatMap((action) => undoAction(action) ?? []);
  const schemas = compileSchemas([...actions, ...undoing], problems);
  const rules = readRules(ruleFiles, problems);
  const connectors = inFolder('connectors').flatMap((file) => readConnector(file, problems));
  const cases = readCases(inFolder('tests'), problems);
  problems.push(...crossChecks(actions, connectors.map(traitsOf)));

  const compiled = compilePolicy([...actions, ...undoing], rules, version);
  for (const { id, where, message } of compiled.problems) {
    problems.push({ where: where ?? 'policies', message: `${id}: ${message}` });
  }
  const warnings = actions.flatMap(costlySchema);
  const refused = use === 'new' ? [...problems, ...warnings] : problems;
  if (refused.length > 0) throw new BundleError(name, refused);

  const byId = new Map([...actions, ...undoing].map((action) => [action.id, action]));
  const forms = new Map(
    [...byId.values()].map(({ id, schema }) => [id, new CanonicalArguments(schema)]),
  );
  const bundle: Bundle = {
    version,
    actions,
    action: (id) => byId.get(id),
    policy: (id) => compiled.byAction.get(id),
    checkArguments: (action, values, stored) =>
      checkArguments(
        action,
        schemas.get(action.id) as SchemaCheck,
        values,
        stored === 'stored' ? undefined : forms.get(action.id),
      ),
  };
  const notes = crossNotes(actions, connectors.map(traitsOf));
  return { bundle, connectors, cases, notes, warnings, files };
}

function readAction(file: BundleFile, problems: BundleProblem[]): Action[] {
  const errors = checkActionFile(file.value);
  if (errors.length > 0) {
    problems.push(
      ...errors.map(({ pointer, message }) => ({ where: `${file.path}${pointer}`, message })),
    );
    return [];
  }
  const action = { ...DEFAULTS, ...(file.value as object) } as unknown as Action;
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

/** Arguments come from strangers: no value of them may keep the service busy. */
function costlySchema({ id, schema }: Action): BundleProblem[] {
  return costlyParts(schema).map((message) => ({ where: `catalogue (${id})`, message }));
}

function readConnector(file: BundleFile, problems: BundleProblem[]): ConnectorDefinition[] {
  try {
    return [parseConnector(file.value, file.path)];
  } catch (error) {
    const found =
      error instanceof ConnectorDefinitionError
        ? error.problems.map(({ pointer, message }) => ({
            where: `${file.path}${pointer}`,
            message,
          }))
        : [{ where: file.path, message: messageOf(error) }];
    problems.push(...found);
    return [];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
