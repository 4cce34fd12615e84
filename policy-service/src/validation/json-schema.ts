import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import type { ErrorDetail } from '../domain/errors';
import { errorDetails } from './sentences';

/** Checks a value; an empty list means that it is valid. */
export type SchemaCheck = (value: unknown) => ErrorDetail[];

/**
 * Compiles a JSON Schema (draft 2020-12). Strict, without coercion or defaults: what is checked is
 * what was sent. All errors are collected, which is safe because size and depth are capped before.
 * @throws Error when the schema itself is wrong
 */
export function compileSchema(schema: object): SchemaCheck {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    verbose: true,
    coerceTypes: false,
    useDefaults: false,
    ownProperties: true,
  });
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => (validate(value) ? [] : errorDetails(validate.errors));
}
