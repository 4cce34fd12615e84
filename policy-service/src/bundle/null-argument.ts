import type { Json, JsonObject } from '../domain/request/request';

/** What a schema says about null: that it is a value, that it is none, or nothing. */
type Says = 'value' | 'none' | undefined;

/**
 * Tells whether null is a value of its own for what schemas describe: one of them names it, or none
 * says anything about the type.
 * @param referred finds what a reference leads to
 */
export function nullReader(
  referred: (reference: string) => Json | undefined,
): (schemas: JsonObject[]) => boolean {
  const known = new WeakMap<JsonObject, { says: Says }>();
  const saysOf = (schema: Json | undefined): Says => {
    if (schema === false) return 'none';
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined;
    const found = known.get(schema);
    if (found) return found.says;
    // A reference in a circle says nothing more.
    known.set(schema, { says: undefined });
    const { $ref, allOf, anyOf, oneOf } = schema;
    const says = together([
      ...own(schema),
      ...(typeof $ref === 'string' ? [saysOf(referred($ref))] : []),
      ...(Array.isArray(allOf) ? allOf.map(saysOf) : []),
      ...[anyOf, oneOf].map((ways) => (Array.isArray(ways) ? either(ways.map(saysOf)) : undefined)),
      either([saysOf(schema['then']), saysOf(schema['else'])]),
    ]);
    known.set(schema, { says });
    return says;
  };
  return (schemas) => {
    const says = schemas.map(saysOf);
    return says.includes('value') || !says.includes('none');
  };
}

/** What the schema says itself, one entry for each of its keywords. */
function own({ type, enum: listed, const: only }: JsonObject): Says[] {
  const says: Says[] = [];
  if (type !== undefined) says.push(names(Array.isArray(type) ? type : [type], 'null'));
  if (Array.isArray(listed)) says.push(names(listed, null));
  if (only !== undefined) says.push(names([only], null));
  return says;
}

function names(values: Json[], value: Json): Says {
  return values.includes(value) ? 'value' : 'none';
}

/** All of them hold. */
function together(says: Says[]): Says {
  return says.includes('none') ? 'none' : says.find((one) => one !== undefined);
}

/** One of them holds. */
function either(says: Says[]): Says {
  if (says.includes('value')) return 'value';
  return says.length > 0 && says.every((one) => one === 'none') ? 'none' : undefined;
}
