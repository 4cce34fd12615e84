import Ajv2020, { type Options, type ValidateFunction } from 'ajv/dist/2020';
import { FORMATS } from '../domain/catalogue/canonical-formats';
import type { ErrorDetail } from '../domain/errors';
import { PatternBudget, TooCostly } from './pattern-budget';
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
  const validate = compiled(schema, {});
  return (value) => (validate(value) ? [] : errorDetails(validate.errors));
}

/** Values with more parts than this are told the first thing that is wrong with them, not all. */
const MANY_PARTS = 1_000;

/**
 * Compiles a schema for values of strangers: whatever they send, and whatever the schema is, the
 * patterns take a bounded time, and the errors of a large value are not collected.
 * @throws Error when the schema itself is wrong
 */
export function compileBounded(schema: object): SchemaCheck {
  DRAFT.validateSchema(schema, true);
  const budget = new PatternBudget();
  const regExp = Object.assign((pattern: string) => budget.matcher(pattern), { code: 'pattern' });
  // Ends at the first error: a text that is too long does not get to its pattern.
  const first = compiled(schema, { allErrors: false, code: { regExp } });
  let all: ValidateFunction | undefined;
  const run = (validate: ValidateFunction, value: unknown): ErrorDetail[] => {
    budget.begin();
    try {
      return validate(value) ? [] : errorDetails(validate.errors);
    } catch (error) {
      if (!(error instanceof TooCostly)) throw error;
      return [{ pointer: '', code: 'too_costly', message: error.message }];
    }
  };
  return (value) => {
    const found = run(first, value);
    if (found.length === 0 || found[0]?.code === 'too_costly' || hasManyParts(value)) return found;
    all ??= compiled(schema, { code: { regExp } });
    const more = run(all, value);
    return more[0]?.code === 'too_costly' ? found : more;
  };
}

function compiled(schema: object, options: Options): ValidateFunction {
  const ajv = new Ajv2020({ ...OPTIONS, meta: false, validateSchema: false, ...options });
  // Read by what makes the canonical form (canonical-arguments.ts).
  ajv.addVocabulary(['x-text', 'x-case']);
  return ajv.compile(schema);
}

function hasManyParts(value: unknown): boolean {
  const waiting = [value];
  for (let at = 0; at < waiting.length; at += 1) {
    if (at >= MANY_PARTS) return true;
    const part = waiting[at];
    if (typeof part === 'object' && part !== null) {
      for (const one of Object.values(part)) waiting.push(one);
    }
  }
  return false;
}
