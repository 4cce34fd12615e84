import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import type { DefinitionProblem } from './definition-error';

const checks = new WeakMap<object, ValidateFunction>();

/**
 * Checks a value against a schema and fills in its defaults.
 * @param schema one of our own: it is compiled once, and is not checked itself
 * @returns a sentence for each wrong place; empty when the value fits
 */
export function schemaProblems(schema: object, value: unknown): DefinitionProblem[] {
  const check = checks.get(schema) ?? compiled(schema);
  checks.set(schema, check);
  return check(value) ? [] : (check.errors ?? []).map(problem);
}

function compiled(schema: object): ValidateFunction {
  // Files of the operator, checked once at start: all errors at once are worth their cost here.
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    discriminator: true,
    strictTypes: false,
    meta: false,
    validateSchema: false,
  });
  return ajv.compile(schema);
}

function problem(error: ErrorObject): DefinitionProblem {
  return { pointer: error.instancePath, message: sentence(error) };
}

function sentence(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return `Add the missing ${String(params.missingProperty)}.`;
    case 'additionalProperties':
      return `Remove or correct ${String(params.additionalProperty)}, which is not known here.`;
    case 'enum':
      return `Use one of ${(params.allowedValues as unknown[]).join(', ')}.`;
    case 'const':
      return `Use ${String(params.allowedValue)}.`;
    case 'propertyNames':
      return `Rename ${String(params.propertyName)}: small letters, digits and underscores only.`;
    default:
      return `The value ${error.message ?? 'is wrong'}.`;
  }
}
