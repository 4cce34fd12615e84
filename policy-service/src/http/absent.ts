import type { Json, JsonObject } from '../domain/request/request';

/**
 * A copy of a body in which a null of an optional member is left out, at every level that the
 * schema describes. A null that the schema takes stays, and so does all in an object whose members
 * the schema does not name (arguments, context).
 */
export function withoutAbsent(body: JsonObject, schema: JsonObject): JsonObject {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonObject>;
  const required = (schema['required'] ?? []) as string[];
  const members = Object.entries(body).flatMap(([name, value]): [string, Json][] => {
    const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (member === undefined) return [[name, value]];
    if (value === null) return required.includes(name) || takesNull(member) ? [[name, value]] : [];
    return [[name, isObject(value) ? withoutAbsent(value, member) : value]];
  });
  return Object.fromEntries(members);
}

function takesNull(schema: JsonObject): boolean {
  const { type, anyOf } = schema;
  const types = Array.isArray(type) ? type : [type];
  if (types.includes('null')) return true;
  if (Array.isArray(anyOf)) return anyOf.some((one) => isObject(one) && takesNull(one));
  return !('type' in schema) && !('enum' in schema) && !('const' in schema);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
