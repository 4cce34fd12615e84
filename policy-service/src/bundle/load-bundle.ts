import type { SourceFile } from '../application/ports';
import { EXTERNAL, type Action } from '../domain/catalogue/action';
import type { Bundle } from '../domain/decision/bundle';
import { compilePolicy, type ActionPolicy } from '../domain/decision/policy';
import { undoAction } from '../domain/catalogue/undo';
import { parseConnector, traitsOf, type ConnectorDefinition } from '../erp/connectors';
import { ConnectorDefinitionError } from '../erp/definition-error';
import { parseVocabulary } from '../extraction/vocabulary';
import { compileBounded, compileSchema, type SchemaCheck } from '../validation/json-schema';
import { costlyParts } from '../validation/schema-cost';
import { BundleError } from './bundle-error';
import { CanonicalArguments } from './canonical-arguments';
import { checkArguments } from './check-arguments';
import { crossChecks, crossQuestions } from './cross-checks';
import { ACTION_FILE } from './formats';
import { readCases, type PolicyCase } from './read-cases';
import { readRules } from './read-rules';
import { bundleVersion, inOrder, listProblems } from './source-files';
import { unformedPlaces } from './unformed-places';
import { volatileQuestions } from './volatile-questions';
import { parseYamlFile, type BundleFile, type BundleProblem } from './yaml-file';
import { lineFinder } from './yaml-lines';

export interface LoadedBundle {
  bundle: Bundle;
  connectors: ConnectorDefinition[];
  /** Its own test cases (tests/*.yaml); runPolicyCases runs them. */
  cases: PolicyCase[];
  /** What may be so, and should be known. */
  questions: BundleProblem[];
  /** What is refused in a new bundle, and only told of one that is active already. */
  problems: BundleProblem[];
  /** Every file of the bundle, in the order that its version is computed in. */
  files: SourceFile[];
}

/** What an action file may leave out; without a connector there is an external executor. */
const DEFAULTS = { executor: 'service', connector: EXTERNAL, steps: [], entities: [] };

const checkActionFile = compileSchema(ACTION_FILE);

/**
 * Checks and compiles the files of a bundle.
 * @param name how messages name it: a folder or a version
 * @param use an `active` bundle goes on with what newer checks find in it: they are its problems
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
  const parsed = files.flatMap((file) =>
    // Without a file of rules, none of them can be relied on.
    file.path.startsWith('policies/')
      ? parseYamlFile(file, problems)
      : withoutEffect(problems, (found) => parseYamlFile(file, found)),
  );
  const inFolder = (part: string): BundleFile[] =>
    parsed.filter(({ path }) => path.startsWith(`${part}/`));
  const ruleFiles = inFolder('policies');

  const actions = inFolder('catalogue').flatMap((file) => readAction(file, problems));
  const undoing = actions.flatMap((action) => undoAction(action) ?? []);
  const schemas = compileSchemas([...actions, ...undoing], problems);
  const rules = readRules(ruleFiles, problems);
  const read = inFolder('connectors').flatMap((file) =>
    readConnector(file, problems, use === 'active').map((definition) => ({
      file,
      definition,
      lineOf: lineFinder(file.text),
    })),
  );
  const connectors = read.map(({ definition }) => definition);
  const cases = withoutEffect(problems, (found) => readCases(inFolder('tests'), found));
  const locate = (id: string, pointer: string): string => {
    const found = read.find(({ definition }) => definition.id === id);
    return found ? `${found.file.path}:${found.lineOf(pointer)}` : `connectors (${id})`;
  };
  problems.push(...crossChecks(actions, connectors.map(traitsOf), locate));

  const compiled = compilePolicy([...actions, ...undoing], rules, version);
  for (const { id, where, message, action } of compiled.problems) {
    problems.push({
      where: where ?? 'policies',
      message: `${id}: ${message}`,
      unsafe: action === undefined ? [] : [action],
    });
  }
  problems.push(...actions.flatMap(riskySchema));
  const refused = use === 'new' ? problems : problems.filter(({ unsafe }) => unsafe === undefined);
  if (refused.length > 0) throw new BundleError(name, refused);

  const byId = new Map([...actions, ...undoing].map((action) => [action.id, action]));
  const byAction = heldBack(compiled.byAction, problems);
  const forms = new Map(
    [...byId.values()].map(({ id, schema }) => [id, new CanonicalArguments(schema)]),
  );
  const bundle: Bundle = {
    version,
    actions,
    action: (id) => byId.get(id),
    policy: (id) => byAction.get(id),
    checkArguments: (action, values, stored) =>
      checkArguments(
        action,
        schemas.get(action.id) as SchemaCheck,
        values,
        stored === 'stored' ? undefined : forms.get(action.id),
      ),
  };
  const questions = [
    ...crossQuestions(actions, connectors.map(traitsOf)),
    ...volatileQuestions(actions),
  ];
  return { bundle, connectors, cases, questions, problems, files };
}

/** Problems of test cases change no decision. */
function withoutEffect<T>(problems: BundleProblem[], read: (found: BundleProblem[]) => T): T {
  const found: BundleProblem[] = [];
  const value = read(found);
  problems.push(...found.map((problem) => ({ ...problem, unsafe: [] })));
  return value;
}

const UNSAFE =
  'The active policy has a problem with this action, so it is blocked until the people in charge have repaired it.';
const NOT_UNDOABLE =
  'What undoes this action cannot work as the active policy describes it, and what cannot be undone is never done without a person.';

/** The policy of each action, held to what problems of a bundle in force make unsafe. */
function heldBack(
  byAction: Map<string, ActionPolicy>,
  problems: BundleProblem[],
): Map<string, ActionPolicy> {
  const unsafe = new Set(problems.flatMap((problem) => problem.unsafe ?? []));
  const notUndoable = new Set(problems.map((problem) => problem.notUndoable));
  return new Map(
    [...byAction].map(([id, policy]) => [
      id,
      {
        ...policy,
        ...(unsafe.has(id) ? { unsafe: UNSAFE } : {}),
        ...(notUndoable.has(id) ? { notUndoable: NOT_UNDOABLE } : {}),
      },
    ]),
  );
}

function readAction(file: BundleFile, problems: BundleProblem[]): Action[] {
  const errors = checkActionFile(file.value);
  if (errors.length > 0) {
    problems.push(
      ...errors.map(({ pointer, message }) => ({
        where: `${file.path}${pointer}`,
        message,
        // It is missing then, and what the catalogue does not have is blocked.
        unsafe: [],
      })),
    );
    return [];
  }
  const action = { ...DEFAULTS, ...(file.value as object) } as unknown as Action;
  try {
    parseVocabulary(action);
  } catch (error) {
    problems.push({ where: file.path, message: messageOf(error), unsafe: [] });
    return [];
  }
  return [action];
}

function compileSchemas(actions: Action[], problems: BundleProblem[]): Map<string, SchemaCheck> {
  const schemas = new Map<string, SchemaCheck>();
  for (const action of actions) {
    try {
      schemas.set(action.id, compileBounded(action.schema));
      if (action.schema['additionalProperties'] !== false) {
        throw new Error(
          'schema needs additionalProperties: false, so that unknown fields are refused',
        );
      }
    } catch (error) {
      problems.push({
        where: `catalogue (${action.id})`,
        message: messageOf(error),
        unsafe: [action.id],
      });
    }
  }
  return schemas;
}

/** Arguments come from strangers: none may keep the service busy, or pass in a form of its own. */
function riskySchema({ id, schema }: Action): BundleProblem[] {
  return [...costlyParts(schema), ...unformedPlaces(schema)].map((message) => ({
    where: `catalogue (${id})`,
    message,
    unsafe: [],
  }));
}

/** In force, what one lookup or operation has wrong makes only that one unusable. */
function readConnector(
  file: BundleFile,
  problems: BundleProblem[],
  inForce: boolean,
): ConnectorDefinition[] {
  try {
    return [parseConnector(file.value, file.path)];
  } catch (error) {
    if (!(error instanceof ConnectorDefinitionError)) {
      problems.push({ where: file.path, message: messageOf(error), unsafe: [] });
      return [];
    }
    problems.push(
      ...error.problems.map(({ pointer, message }) => ({
        where: `${file.path}${pointer}`,
        message,
        // Its actions have no connector then, which is told and blocks them.
        unsafe: [],
      })),
    );
    const rest = inForce ? withoutParts(file, error) : undefined;
    return rest ? readConnector(rest, problems, inForce) : [];
  }
}

/** The file without the lookups and operations that cannot be read; undefined when more is wrong. */
function withoutParts(
  file: BundleFile,
  { problems }: ConnectorDefinitionError,
): BundleFile | undefined {
  const value = structuredClone(file.value) as Record<string, Record<string, unknown>>;
  const parts = new Set(problems.map(({ pointer }) => pointer.split('/').slice(1, 3).join('/')));
  for (const pointer of parts) {
    const [part = '', name = ''] = pointer.split('/');
    if ((part !== 'lookups' && part !== 'operations') || name === '') return undefined;
    // What is wrong and not there cannot be left out.
    if (value[part]?.[name] === undefined) return undefined;
    delete value[part][name];
  }
  return { ...file, value };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
