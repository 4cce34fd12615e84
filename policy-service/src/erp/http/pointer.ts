import type { Json } from '../../domain/request/request';
import type { Condition } from './definition';

/** The value at an RFC 6901 pointer, or undefined when there is none. Only own members are seen. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replace(/~1/g, '/').replace(/~0/g, '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Record<string, Json>)[name];
  }
  return value;
}

/** Name -> value at the name's pointer; a name without a value in the document is absent. */
export function pick(document: Json, pointers: Record<string, string>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(pointers).flatMap(([name, pointer]): [string, Json][] => {
      const value = valueAt(document, pointer);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Whether an answer says what a condition asks for. */
export function holds(document: Json | undefined, { at, is }: Condition): boolean {
  const value = document === undefined ? undefined : valueAt(document, at);
  return value !== undefined && is.includes(value);
}
