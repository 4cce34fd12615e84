import type { ConnectorTraits } from '../application/ports';
import { EXTERNAL, type Action } from '../domain/catalogue/action';
import type { IdempotencyClass } from '../domain/request/execution';
import { undoAction, undoId } from '../domain/catalogue/undo';
import { templateProblems, type Locate } from './template-checks';
import { emptyUndos } from './undo-checks';
import type { BundleProblem } from './yaml-file';

/** What one file says about another: ids, connectors, operations, lookups, argument names. */
export function crossChecks(
  actions: Action[],
  connectors: ConnectorTraits[],
  locate: Locate,
): BundleProblem[] {
  return [
    ...duplicates('catalogue', 'actions', [
      ...actions,
      ...actions.flatMap((action) => undoAction(action) ?? []),
    ]),
    ...duplicates('connectors', 'connectors', connectors),
    ...connectors
      .filter(({ id }) => id === EXTERNAL)
      .map(({ id }) => ({
        where: `connectors (${id})`,
        message: `"${id}" is reserved; use another id`,
      })),
    ...actions.flatMap((action) => {
      const connector = connectors.find(({ id }) => id === action.connector);
      const external = action.executor === 'external';
      const messages = external
        ? [...moneyProblems(action), ...stageProblems(action)]
        : connector
          ? [
              ...stepProblems(action),
              ...operationProblems(action, connector),
              ...readProblems(action, connector),
              ...idempotencyProblems(action, connector),
              ...entityProblems(action, connector),
              ...moneyProblems(action),
              ...stageProblems(action),
              ...undoProblems(action, connector),
            ]
          : [`there is no connector "${action.connector}"`];
      return [
        ...messages.map((message) => ({
          where: `catalogue (${action.id})`,
          message,
          unsafe: [action.id, undoId(action.id)],
        })),
        ...(connector && !external
          ? [...emptyUndos(action, connector), ...templateProblems(action, connector, locate)]
          : []),
      ];
    }),
  ];
}

/** What may be so, and should be known. */
export function crossQuestions(actions: Action[], connectors: ConnectorTraits[]): BundleProblem[] {
  return actions.flatMap(({ id, compensation, steps, connector }) => {
    if (typeof compensation === 'string') return [];
    const traits = connectors.find((one) => one.id === connector);
    return steps
      .filter(({ operation }) => traits?.operations[operation]?.unverifiable)
      .map(({ operation }) => ({
        where: `catalogue (${id})`,
        message: `what "${operation}" wrote cannot be read before it is undone, so the undo relies on its number alone. Declare verify or find`,
      }));
  });
}

function duplicates(where: string, what: string, named: { id: string }[]): BundleProblem[] {
  const ids = named.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map((id) => ({
    where,
    message: `two ${what} have the id ${id}`,
  }));
}

/** The name of a step is part of its key, and of where its outcome is kept. */
function stepProblems(action: Action): string[] {
  const names = action.steps.map(({ name }) => name);
  const undoing = undoAction(action)?.steps.map(({ name }) => name) ?? [];
  return [
    ...[...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
      (name) => `two steps have the name "${name}"`,
    ),
    ...names
      .filter((name) => undoing.includes(name))
      .map((name) => `the step "${name}" has the name of an undoing; use another name`),
  ];
}

function operationProblems(action: Action, connector: ConnectorTraits): string[] {
  const steps = [...action.steps, ...(undoAction(action)?.steps ?? [])];
  return steps
    .map(({ operation }) => operation)
    .filter((operation) => !Object.hasOwn(connector.operations, operation))
    .map((operation) => `${connector.id} has no operation "${operation}"`);
}

/** Recovery relies on the class when it sends a write again, so no step may offer less. */
function idempotencyProblems(action: Action, connector: ConnectorTraits): string[] {
  return action.steps.flatMap(({ operation }) => {
    const offered = connector.operations[operation]?.idempotency;
    // The classes are in the order of the alphabet, the strongest first.
    return offered === undefined || offered <= action.idempotency
      ? []
      : [
          `idempotency ${action.idempotency} needs ${NEEDS[action.idempotency]} on the operation "${operation}", which offers ${offered}`,
        ];
  });
}

const NEEDS: Record<IdempotencyClass, string> = {
  A: 'an idempotencyKeyHeader or another key',
  B: 'find or another way to see what was written',
  C: 'nothing',
};

function entityProblems(action: Action, connector: ConnectorTraits): string[] {
  const known = argumentNames(action);
  return action.entities.flatMap(({ name, lookup, with: parameters }) => [
    ...(connector.lookups.includes(lookup)
      ? []
      : [`${connector.id} has no lookup "${lookup}" (entity ${name})`]),
    ...Object.values(parameters)
      .filter((argument) => !known.includes(argument))
      .map((argument) => `entity ${name}: there is no argument "${argument}"`),
  ]);
}

function moneyProblems(action: Action): string[] {
  const known = argumentNames(action);
  return Object.values(action.money ?? {})
    .filter((argument) => !known.includes(argument))
    .map((argument) => `money: there is no argument "${argument}"`);
}

function readProblems(action: Action, connector: ConnectorTraits): string[] {
  if (action.class !== 'read') return [];
  return action.steps
    .filter(({ operation }) => connector.operations[operation]?.reads === false)
    .map(({ operation }) => `class read: the operation "${operation}" writes`);
}

function stageProblems(action: Action): string[] {
  const { compensation, stage } = action;
  return [
    ...(action.class === 'write' && compensation === 'none'
      ? ['compensation: say how a write is undone, or that it is irreversible']
      : []),
    ...(compensation === 'irreversible' && stage === 'auto'
      ? ['what cannot be undone is never in stage auto']
      : []),
  ];
}

/** What is done of an action that could not be completed has to be undone step by step. */
function undoProblems(action: Action, connector: ConnectorTraits): string[] {
  const { compensation, steps } = action;
  if (typeof compensation === 'string' || !('steps' in compensation)) return [];
  const names = steps.map(({ name }) => name);
  const unknown = Object.keys(compensation.steps).filter((name) => !names.includes(name));
  const forgotten = steps.filter(
    ({ name, operation }) =>
      !Object.hasOwn(compensation.steps, name) && connector.operations[operation]?.reads === false,
  );
  return [
    ...unknown.map((name) => `compensation: there is no step "${name}"`),
    ...forgotten.map(({ name }) => `compensation: say how the step "${name}" is undone`),
  ];
}

function argumentNames(action: Action): string[] {
  return Object.keys((action.schema['properties'] ?? {}) as object);
}
