import type { Action } from '../domain/action';
import type { HttpConnectorDefinition } from '../erp/http/definition';
import type { BundleProblem } from './read-folder';

/** What one file says about another: ids, connectors, operations, lookups, argument names. */
export function crossChecks(
  actions: Action[],
  connectors: HttpConnectorDefinition[],
): BundleProblem[] {
  return [
    ...duplicates('catalogue', 'actions', actions),
    ...duplicates('connectors', 'connectors', connectors),
    ...actions.flatMap((action) => {
      const connector = connectors.find(({ id }) => id === action.connector);
      const messages = connector
        ? [
            ...operationProblems(action, connector),
            ...idempotencyProblems(action, connector),
            ...entityProblems(action, connector),
            ...moneyProblems(action),
            ...stageProblems(action),
          ]
        : [`there is no connector "${action.connector}"`];
      return messages.map((message) => ({ where: `catalogue (${action.id})`, message }));
    }),
  ];
}

function duplicates(where: string, what: string, named: { id: string }[]): BundleProblem[] {
  const ids = named.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map((id) => ({
    where,
    message: `two ${what} have the id ${id}`,
  }));
}

function operationProblems(action: Action, connector: HttpConnectorDefinition): string[] {
  const { steps, compensation } = action;
  const named = steps.map(({ operation }) => operation);
  if (typeof compensation === 'object') named.push(compensation.operation);
  return named
    .filter((operation) => !(operation in connector.operations))
    .map((operation) => `${connector.id} has no operation "${operation}"`);
}

/** Class A is what recovery relies on when it sends a write again, so it has to be true. */
function idempotencyProblems(action: Action, connector: HttpConnectorDefinition): string[] {
  if (action.idempotency !== 'A') return [];
  return action.steps.flatMap(({ operation }) => {
    const called = connector.operations[operation];
    const honoursKey = !called || called.method === 'GET' || called.idempotencyKeyHeader;
    return honoursKey
      ? []
      : [`idempotency A needs an idempotencyKeyHeader on the operation "${operation}"`];
  });
}

function entityProblems(action: Action, connector: HttpConnectorDefinition): string[] {
  const known = argumentNames(action);
  return action.entities.flatMap(({ name, lookup, with: parameters }) => [
    ...(lookup in connector.lookups
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

function stageProblems(action: Action): string[] {
  return action.compensation === 'irreversible' && action.stage === 'auto'
    ? ['what cannot be undone is never in stage auto']
    : [];
}

function argumentNames(action: Action): string[] {
  return Object.keys((action.schema['properties'] ?? {}) as object);
}
