const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** How a moment is written, for sentences. */
export const MOMENT_EXAMPLE = '2026-01-31T09:00:00Z';

/**
 * Milliseconds of an RFC 3339 moment with its zone: without one, the answer would depend on the
 * machine. A day or an hour that does not exist is no moment: `Date` would turn 30 February into
 * 2 March and 24:00 into the next day.
 * @returns undefined for anything else
 */
export function momentOf(text: string): number | undefined {
  const local = FORM.exec(text)?.[1];
  if (local === undefined) return undefined;
  const written = new Date(`${local}Z`);
  const exists = !Number.isNaN(written.getTime()) && written.toISOString().startsWith(local);
  const moment = Date.parse(text);
  return exists && !Number.isNaN(moment) ? moment : undefined;
}

/** Whether the day that a text begins with exists, as 2026-02-30 does not. */
export function dayExists(text: string): boolean {
  const day = text.slice(0, 10);
  const written = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(written.getTime()) && written.toISOString().startsWith(day);
}
