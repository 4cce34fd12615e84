import type { ErrorObject } from 'ajv';
import type { ErrorDetail } from '../domain/errors';

/** At most this many errors are told; a hostile payload must not make a huge answer. */
export const MAX_ERRORS = 50;

/** ajv's errors as pointers and sentences that say what to do. */
export function errorDetails(errors: ErrorObject[] | null | undefined): ErrorDetail[] {
  return (errors ?? []).slice(0, MAX_ERRORS).map((error) => ({
    pointer: pointerOf(error),
    code: error.keyword,
    message: sentenceOf(error),
  }));
}

function pointerOf(error: ErrorObject): string {
  const params = error.params as Record<string, string>;
  if (error.keyword === 'required')
    return `${error.instancePath}/${escape(params['missingProperty'])}`;
  if (error.keyword === 'additionalProperties') {
    return `${error.instancePath}/${escape(params['additionalProperty'])}`;
  }
  return error.instancePath;
}

function escape(name: string | undefined): string {
  return (name ?? '').slice(0, 80).replaceAll('~', '~0').replaceAll('/', '~1');
}

function sentenceOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const name = nameOf(pointerOf(error));
  const schema = (error.parentSchema ?? {}) as { description?: string };
  const hint = schema.description ? ` ${schema.description}.` : '';
  switch (error.keyword) {
    case 'required':
      return `${name} is missing.${describe(error, String(params['missingProperty']))}`;
    case 'additionalProperties':
      return `${name} is not a known field. Remove it.`;
    case 'type':
      return `${name} must be of type ${String(params['type'])}.${hint}`;
    case 'enum':
      return `${name} must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}.`;
    case 'pattern':
      return `${name} does not have the right form.${hint}`;
    case 'maxLength':
      return `${name} is longer than ${String(params['limit'])} characters.`;
    case 'minLength':
      return `${name} is shorter than ${String(params['limit'])} characters.`;
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return `${name} must be ${String(params['comparison'])} ${String(params['limit'])}.`;
    case 'not':
      return `${name} has a value that is not allowed.${hint}`;
    case 'const':
      return `${name} must be ${JSON.stringify(params['allowedValue'])}.`;
    default:
      return `${name} ${error.message ?? 'is not valid'}.`;
  }
}

function nameOf(pointer: string): string {
  return pointer === ''
    ? 'The body'
    : `"${pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')}"`;
}

function describe(error: ErrorObject, property: string): string {
  const parent = error.parentSchema as
    { properties?: Record<string, { description?: string }> } | undefined;
  const description = parent?.properties?.[property]?.description;
  return description ? ` ${description}.` : '';
}
