import type { Question } from '../application/what-if/question';
import type { Action } from '../domain/catalogue/action';
import type { Json, JsonObject } from '../domain/request/request';
import { commaList } from './words';

/** What a person typed into the form, by field name; absent and empty are the same. */
export type Typed = Record<string, string>;

/** Names of the form's fields. */
export const FIELD = {
  argument: (name: string) => `a.${name}`,
  /** lookup, given or none. */
  record: (entity: string) => `r.${entity}`,
  fact: (entity: string, field: string) => `f.${entity}.${field}`,
  used: (limitId: string) => `u.${limitId}`,
};

type Type = 'string' | 'integer' | 'number' | 'boolean';

/** The question that the form asks; texts become the types that the action declares. */
export function questionOf(
  action: Action,
  limitIds: string[],
  typed: Typed,
  asker: string,
): Question {
  const at = typed['at'];
  const confidence = Number(typed['confidence'] ?? '1');
  return {
    action: action.id,
    arguments: argumentsOf(action, typed),
    requestedBy: typed['requestedBy'] ?? asker,
    ...(typed['roles'] === undefined ? {} : { roles: commaList(typed['roles']) }),
    ...(typed['source'] === undefined ? {} : { source: typed['source'] }),
    confidence: Number.isFinite(confidence) ? confidence : 0,
    // A browser's field for a moment has no zone; the page says that it is UTC.
    ...(at === undefined ? {} : { at: /[Z+]/.test(at) ? at : `${at}Z` }),
    facts: factsOf(action, typed),
    used: Object.fromEntries(
      limitIds.flatMap((id) => {
        const value = typed[FIELD.used(id)];
        return value === undefined ? [] : [[id, value]];
      }),
    ),
  };
}

function argumentsOf(action: Action, typed: Typed): JsonObject {
  const properties = (action.schema['properties'] ?? {}) as Record<string, JsonObject>;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => {
      const text = typed[FIELD.argument(name)];
      return text === undefined ? [] : [[name, valueOf(text, schema['type'] as Type)]];
    }),
  );
}

function factsOf(action: Action, typed: Typed): Record<string, JsonObject | null> {
  return Object.fromEntries(
    action.entities.flatMap(({ name, fields }): [string, JsonObject | null][] => {
      switch (typed[FIELD.record(name)]) {
        case 'none':
          return [[name, null]];
        case 'given':
          return [
            [
              name,
              Object.fromEntries(
                Object.entries(fields).flatMap(([field, type]) => {
                  const text = typed[FIELD.fact(name, field)];
                  return text === undefined ? [] : [[field, valueOf(text, type)]];
                }),
              ),
            ],
          ];
        default:
          return [];
      }
    }),
  );
}

/** What is not of the declared type stays text: the answer then says what is wrong with it. */
function valueOf(text: string, type: Type): Json {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber = type === 'integer' || type === 'number';
  return isNumber && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
