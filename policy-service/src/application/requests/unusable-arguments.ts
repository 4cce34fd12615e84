import type { Action } from '../../domain/catalogue/action';
import type { JsonObject, ValidationIssue } from '../../domain/request/request';
import type { Connector } from '../ports';

/**
 * Arguments that the connector could never send in a lookup or a step of the action: the request is
 * invalid, and nothing is asked for them.
 */
export function unusableArguments(
  action: Action,
  connector: Connector,
  values: JsonObject,
): ValidationIssue[] {
  const byLookups = action.entities.flatMap(({ lookup, with: parameters }) => {
    const asked = Object.fromEntries(
      Object.entries(parameters).map(([name, argument]) => [name, values[argument] ?? null]),
    );
    return (connector.unusable?.({ lookup }, asked) ?? []).map(({ name, message }) => ({
      argument: parameters[name] ?? name,
      message: message.replace(name, parameters[name] ?? name),
    }));
  });
  const bySteps = action.steps.flatMap(({ operation }) =>
    (connector.unusable?.({ operation }, values) ?? []).map(({ name, message }) => ({
      argument: name,
      message,
    })),
  );
  const byArgument = new Map(
    [...bySteps, ...byLookups].map(({ argument, message }) => [argument, message]),
  );
  return [...byArgument].map(([argument, message]) => ({
    pointer: `/${argument}`,
    code: 'not_sendable',
    message,
  }));
}
