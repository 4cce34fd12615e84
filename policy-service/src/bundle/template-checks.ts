import type { ConnectorTraits, TemplateValue } from '../application/ports';
import type { Action, EntityReference } from '../domain/catalogue/action';
import { nearMiss } from '../domain/near-miss';
import { undoAction, undoId } from '../domain/catalogue/undo';
import type { Json } from '../domain/request/request';
import type { BundleProblem } from './yaml-file';

/** File and line of a JSON pointer into a connector's file. */
export type Locate = (connectorId: string, pointer: string) => string;

/** Whether what a template needs is there when it is filled in, and how a problem is told. */
interface Provided {
  /** Always there. */
  sure: string[];
  /** There in some calls: only an optional placeholder may take it. */
  maybe: string[];
}

const REQUEST_ID = '@request_id';
/** The number of what is undone. */
export const REFERENCE = 'erp_reference';

/**
 * Holds what the templates of a connector's file need against what an action gives them: its
 * arguments, what earlier steps bring, and for an undoing what was written.
 */
export function templateProblems(
  action: Action,
  connector: ConnectorTraits,
  locate: Locate,
): BundleProblem[] {
  const { templates } = connector;
  if (!templates) return [];
  const problem = (at: string, message: string, effect: Partial<BundleProblem>): BundleProblem => ({
    where: locate(connector.id, at),
    message: `${message} (action ${action.id})`,
    unsafe: [],
    ...effect,
  });
  const check = (
    operation: string,
    values: TemplateValue[],
    provided: Provided,
    effect: Partial<BundleProblem>,
  ): BundleProblem[] => {
    const taken = values.map(({ name }) => name);
    return values.flatMap((value) => {
      const message = lacking(value, provided, taken);
      return message ? [problem(value.at, `operation ${operation}: ${message}`, effect)] : [];
    });
  };
  const called = (operation: string): TemplateValue[] => {
    const { takes = [], searches = [] } = templates.operations[operation] ?? {};
    return [...takes, ...searches];
  };
  const brought = (steps: { name: string; operation: string }[]): string[] =>
    steps.flatMap(({ name, operation }) =>
      (templates.operations[operation]?.brings ?? []).map((member) => `${name}.${member}`),
    );

  const undoing = { unsafe: [undoId(action.id)], notUndoable: action.id };
  const given = argumentsOf(action);
  const forward = action.steps.flatMap(({ operation }, index) => {
    const earlier = brought(action.steps.slice(0, index));
    const sure = [...given.sure, REQUEST_ID, ...earlier];
    const verifies = templates.operations[operation]?.verifies ?? [];
    return [
      ...check(operation, called(operation), { ...given, sure }, {}),
      // What is read before an undo: without it the undo is not sent.
      ...(undoAction(action)
        ? check(operation, verifies, { ...given, sure: [...sure, REFERENCE] }, undoing)
        : []),
    ];
  });
  return [
    ...forward,
    ...undoSteps(action, connector).flatMap(({ operation, undone, sees }) => {
      const numbered = undone.some(({ operation: name }) =>
        templates.operations[name]?.brings.includes(REFERENCE),
      );
      const sure = [...given.sure, REQUEST_ID, ...(numbered ? [REFERENCE] : []), ...brought(sees)];
      return check(operation, called(operation), { ...given, sure }, undoing);
    }),
    ...action.entities.flatMap((entity) =>
      lookupProblems(entity, templates.lookups[entity.lookup], problem),
    ),
  ];
}

/** The steps of the undoing: what each takes back, and whose results it may take. */
export function undoSteps(
  action: Action,
  { operations }: ConnectorTraits,
): { operation: string; undone: Action['steps']; sees: Action['steps'] }[] {
  const { compensation } = action;
  if (typeof compensation === 'string' || !undoAction(action)) return [];
  const writing = action.steps.filter(({ operation }) => operations[operation]?.reads !== true);
  if ('operation' in compensation) {
    return [{ operation: compensation.operation, undone: writing, sees: [] }];
  }
  return writing.flatMap((step, index) => {
    const operation = compensation.steps[step.name];
    // Later steps may not have been done when this one is taken back.
    return operation === undefined
      ? []
      : [{ operation, undone: [step], sees: writing.slice(0, index + 1) }];
  });
}

function lookupProblems(
  { name, lookup, with: parameters, fields, volatile = [] }: EntityReference,
  templates: { takes: TemplateValue[]; brings: string[]; unmatched: string[] } | undefined,
  problem: (at: string, message: string, effect: Partial<BundleProblem>) => BundleProblem,
): BundleProblem[] {
  if (!templates) return [];
  const { takes, brings, unmatched } = templates;
  const here = `/lookups/${lookup}`;
  const provided = { sure: Object.keys(parameters), maybe: [] };
  const used = takes.map((value) => value.name);
  return [
    ...takes.flatMap((value) => {
      const message = lacking(value, provided, used);
      return message ? [problem(value.at, `lookup ${lookup}: ${message}`, {})] : [];
    }),
    ...provided.sure
      .filter((parameter) => !used.includes(parameter))
      .map((parameter) =>
        problem(
          here,
          `entity ${name}: the lookup ${lookup} takes no {${parameter}}${meant(parameter, used)}`,
          {},
        ),
      ),
    ...[...Object.keys(fields), ...volatile]
      .filter((field) => !brings.includes(field))
      .map((field) =>
        problem(
          here,
          `entity ${name}: the lookup ${lookup} gives no field "${field}"${meant(field, brings)}`,
          {},
        ),
      ),
    ...unmatched
      .filter((parameter) => provided.sure.includes(parameter))
      .map((parameter) =>
        problem(
          here,
          `lookup ${lookup}: {${parameter}} is only a filter, which an ERP may ignore and answer another record. Say which field of the record must equal it: match: { ${parameter}: /... }`,
          {},
        ),
      ),
  ];
}

/** Why a placeholder would find nothing; undefined when it will be filled in. */
function lacking(
  { name, optional }: TemplateValue,
  { sure, maybe }: Provided,
  taken: string[],
): string | undefined {
  if (sure.includes(name)) return undefined;
  if (maybe.includes(name)) {
    if (optional) return undefined;
    return `{${name}} is not always there: the argument is optional. Write {${name}?} or require it`;
  }
  const known = [...sure, ...maybe];
  // Several actions may share an operation, and not each gives all that it could take: only what
  // looks like a slip of the hand is told.
  const free = known.filter((one) => !taken.includes(one));
  if (optional && nearMiss(name, free) === undefined) return undefined;
  return `nothing provides {${name}${optional ? '?' : ''}}${meant(name, known)}`;
}

function meant(name: string, known: string[]): string {
  const near = nearMiss(name, known);
  return near === undefined ? '' : `. Did you mean ${near}?`;
}

/** Keywords by which a schema may require an argument in some cases that are not looked into here. */
const CONDITIONAL = ['if', 'anyOf', 'oneOf', 'allOf', 'dependentRequired', 'dependentSchemas'];

/** All names and texts in a part of a schema: what it requires is among them. */
function named(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(named);
  return Object.entries(value).flatMap(([name, member]) => [name, ...named(member)]);
}

function argumentsOf({ schema }: Action): Provided {
  const names = Object.keys((schema['properties'] ?? {}) as object);
  const required = (schema['required'] ?? []) as string[];
  const inSomeCases = CONDITIONAL.flatMap((keyword) => named(schema[keyword]));
  const open = '$ref' in schema || inSomeCases.includes('$ref');
  const sure = names.filter(
    (name) => open || required.includes(name) || inSomeCases.includes(name),
  );
  return { sure, maybe: names.filter((name) => !sure.includes(name)) };
}
