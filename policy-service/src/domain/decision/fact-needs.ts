import type { Action } from '../catalogue/action';
import { namesOf, type NameTree, type ValueType } from '../conditions/names';
import { typedReader, type ConditionScope } from '../conditions/scope';

/**
 * Finds declared facts that the arguments call for and the answer of the ERP does not hold, or
 * holds in another type.
 * @returns for a scope, their names such as `vendor.status`
 */
export function factCheck(action: Action): (scope: ConditionScope) => string[] {
  const facts = namesOf(action)['facts'] as NameTree;
  const needs = action.entities.map(({ name, with: parameters }) => ({
    parameters: Object.values(parameters),
    fields: Object.entries(facts[name] as Record<string, ValueType>).map(([field, type]) => ({
      name: `${name}.${field}`,
      read: typedReader(['facts', name, field], type),
    })),
  }));
  return (scope) => {
    let missing = NONE;
    for (const { parameters, fields } of needs) {
      if (!parameters.every((argument) => scope.arguments[argument] !== undefined)) continue;
      for (const { name, read } of fields) {
        if (read(scope) === undefined) missing = [...missing, name];
      }
    }
    return missing;
  };
}

const NONE: string[] = [];
