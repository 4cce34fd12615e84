import type { Json, JsonObject } from '../../domain/request/request';

/** An exact amount as Tryton's JSON-RPC writes it. */
export function decimal(text: string): JsonObject {
  return { __class__: 'Decimal', decimal: text };
}

/**
 * A value of an answer in plain JSON: amounts as decimal strings, dates as YYYY-MM-DD. Dotted
 * fields, which Tryton nests as `"party.": {...}`, become `party.code`.
 */
export function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if (value['__class__'] === 'Decimal') return String(value['decimal']);
  if (value['__class__'] === 'date' || value['__class__'] === 'datetime') {
    const [year, month, day] = [value['year'], value['month'], value['day']].map(Number);
    const two = (part = 0): string => String(part).padStart(2, '0');
    return `${year}-${two(month)}-${two(day)}`;
  }
  const flat: JsonObject = {};
  for (const [name, member] of Object.entries(value)) flatten(flat, name, plain(member));
  return flat;
}

function flatten(into: JsonObject, name: string, value: Json): void {
  if (!name.endsWith('.')) {
    into[name] = value;
    return;
  }
  // A relation without a record has no fields.
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [inner, member] of Object.entries(value)) into[`${name}${inner}`] = member;
}

/** SQLite reads booleans as 1 and 0. */
export function isTrue(value: Json | undefined): boolean {
  return value === true || value === 1;
}
