import type { Json, JsonObject } from '../../domain/request/request';
import { Contradiction, Refused } from './outcomes';

/**
 * The one record that was searched by a code. Codes need not be unique, so two of one code leave
 * open which is meant; and an ERP that ignores a part of a search answers another record.
 * @param what for sentences: "partner V-1001"
 * @param asked field -> what it was searched by; the rows must hold these fields
 * @throws Contradiction when there are several, Refused when it is another one
 */
export function theOne(
  erp: string,
  what: string,
  rows: JsonObject[],
  asked: Record<string, string>,
): JsonObject | undefined {
  if (rows.length > 1) throw new Contradiction(`${erp} has more than one ${what}.`);
  const [row] = rows;
  for (const [field, value] of Object.entries(asked)) {
    if (row && textOf(row[field]) !== textOf(value)) {
      const told = JSON.stringify(row[field] ?? null).slice(0, 80);
      throw new Refused(
        `${erp} was asked for the ${what} and answered another record: its ${field} is ${told}.`,
      );
    }
  }
  return row;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value.normalize('NFC') : undefined;
}
