import Ajv2020 from 'ajv/dist/2020';
import type { Json, JsonObject } from '../domain/request/request';
import { Unsupported } from './import-error';
import { textFor } from './pattern';

/** One checker for all candidates: the whole bundle is checked strictly afterwards. */
const ajv = new Ajv2020({ strict: false, logger: false, ownProperties: true });
const found = new WeakMap<JsonObject, Json>();
/** A made list is no longer than this as JSON, however its lists are nested. */
const LONGEST_MADE = 100_000;

/**
 * A value that a carried schema accepts: one of the document's own examples, else a made one.
 * @returns undefined when none is found
 * @throws Unsupported for a schema that is none
 */
export function exampleOf(schema: JsonObject, given: Json[] = []): Json | undefined {
  const known = found.get(schema);
  if (known !== undefined) return known;
  const listed = Array.isArray(schema['enum']) ? schema['enum'] : [];
  const own = Array.isArray(schema['examples']) ? schema['examples'] : [];
  const check = compiled(schema);
  const example = [...given, ...own, ...listed, ...made(schema)].find(
    (value) => value !== null && isPlain(value) && check(value),
  );
  if (example !== undefined) found.set(schema, example);
  return example;
}

function compiled(schema: JsonObject): (value: unknown) => boolean {
  try {
    return ajv.compile(schema);
  } catch (error) {
    const why = (error as Error).message.replace(/\s+/g, ' ').slice(0, 200);
    throw new Unsupported(`its description is no schema (${why})`);
  }
}

/** Arguments for a test case: the required ones. */
export function exampleArguments(schema: JsonObject): JsonObject {
  return exampleOf(schema) as JsonObject;
}

function made(schema: JsonObject): Json[] {
  switch (schema['type']) {
    case 'string': {
      const least = Number(schema['minLength'] ?? 1);
      const pattern =
        typeof schema['pattern'] === 'string' ? textFor(schema['pattern']) : undefined;
      return [...(pattern === undefined ? [] : [pattern]), 'example', 'x'.repeat(least)];
    }
    case 'integer':
    case 'number': {
      const step = Number(schema['multipleOf'] ?? 1);
      const least = Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? step);
      const most = Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? least);
      return [step, least, least + step, Math.ceil(least / step) * step, most, most - step];
    }
    case 'boolean':
      return [true];
    case 'array': {
      const item = exampleOf(schema['items'] as JsonObject);
      const count = Math.max(Number(schema['minItems'] ?? 0), 1);
      if (item === undefined) return [];
      const fits = count * JSON.stringify(item).length <= LONGEST_MADE;
      return fits ? [Array.from({ length: count }, () => item), []] : [[]];
    }
    default: {
      const properties = schema['properties'] as Record<string, JsonObject>;
      const members = (schema['required'] as string[]).map((name): [string, Json | undefined] => [
        name,
        exampleOf(properties[name] ?? {}),
      ]);
      return members.some(([, value]) => value === undefined)
        ? []
        : [Object.fromEntries(members) as JsonObject];
    }
  }
}

/** Requests refuse control and invisible characters. */
function isPlain(value: Json): boolean {
  return !/\p{C}/u.test(JSON.stringify(value).replace(/\\[nrt]/g, ''));
}
