import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { FORMATS } from '../domain/catalogue/canonical-formats';
import type { ErrorDetail } from '../domain/errors';
import { errorDetails } from './sentences';

/** Checks a value; an empty list means that it is valid. */
export type SchemaCheck = (value: unknown) => ErrorDetail[];

const OPTIONS = {
  strict: true,
  strictRequired: false,
  allErrors: true,
  verbose: true,
  coerceTypes: false,
  useDefaults: false,
  ownProperties: true,
  formats: Object.fromEntries(
    [...FORMATS].map(([name, { canonical }]) => [
      name,
      (text: string) => canonical(text) !== undefined,
    ]),
  ),
};

/**
 * Checks schemas themselves. The schema of schemas takes longer to compile than all of ours, so it
 * is shared; ours are not, so that none can refer to another.
 */
const DRAFT = new Ajv2020(OPTIONS);

/**
 * Compiles a JSON Schema (draft 2020-12). Strict, without coercion or defaults: what is checked is
 * what was sent. All errors are collected, which is safe because size and depth are capped before.
 * @throws Error when the schema itself is wrong
 */
export function compileSchema(schema: object): SchemaCheck {
  DRAFT.validateSchema(schema, true);
  const ajv = new Ajv2020({ ...OPTIONS, meta: false, validateSchema: false });
  // Read by what makes the canonical form (canonical-arguments.ts).
  ajv.addVocabulary(['x-text', 'x-case']);
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => (validate(value) ? [] : errorDetails(validate.errors));
}
