import { ConnectorUnavailable } from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request/request';
import type { LookupDefinition, LookupMatch } from './definition';
import { valueAt } from './pointer';

/**
 * The record that was asked for, in an answer that may be about another one: an ERP that ignores a
 * filter answers its first record.
 * @returns undefined when the ERP says that there is none: an empty list
 * @throws ConnectorUnavailable when the answer is about another record, or leaves open which is meant
 */
export function sameRecord(
  title: string,
  { list, match }: Pick<LookupDefinition, 'list' | 'match'>,
  answer: Json,
  parameters: JsonObject,
): Json | undefined {
  // An optional parameter that was not given filters nothing.
  const asked = Object.entries(match).filter(([name]) => parameters[name] != null);
  const refuse = (why: string): ConnectorUnavailable =>
    new ConnectorUnavailable(`${title} answered ${why} Nothing is decided on it.`, 'mend');
  if (list === undefined) {
    if (asked.some(([, { at }]) => isAmbiguous(answer, at))) {
      throw refuse('several records where one was asked for; declare list in the lookup.');
    }
    const other = asked.find(
      ([name, one]) => !isSame(valueAt(answer, one.at), parameters[name], one),
    );
    if (other) throw refuse(otherRecord(answer, other, parameters));
    return answer;
  }
  const rows = valueAt(answer, list);
  if (!Array.isArray(rows)) throw refuse(`without a list at ${list || 'the top'} of its answer.`);
  const [first] = rows;
  if (first === undefined) return undefined;
  const fitting = rows.filter((row) =>
    asked.every(([name, one]) => isSame(valueAt(row, one.at), parameters[name], one)),
  );
  if (fitting.length > 1) throw refuse(`${fitting.length} records that are all the one asked for.`);
  if (fitting[0] !== undefined) return fitting[0];
  const other = asked.find(([name, one]) => !isSame(valueAt(first, one.at), parameters[name], one));
  throw refuse(other ? otherRecord(first, other, parameters) : 'with rows that are no records.');
}

function otherRecord(
  answer: Json,
  [name, { at }]: [string, LookupMatch],
  parameters: JsonObject,
): string {
  const found = JSON.stringify(valueAt(answer, at) ?? null).slice(0, 80);
  const asked = JSON.stringify(parameters[name]).slice(0, 80);
  return `another record than the one asked for: its ${at} is ${found}, and ${name} is ${asked}.`;
}

/** Ids are compared by their text: one side may write a number where the other writes digits. */
function isSame(found: Json | undefined, asked: Json | undefined, how: LookupMatch): boolean {
  if (found === undefined && how.implied) return true;
  const [a, b] = [textOf(found), textOf(asked)];
  if (a === undefined || b === undefined) return false;
  return how.ignoreCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}

function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.normalize('NFC');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Whether a pointer picks one row of several. */
function isAmbiguous(answer: Json, pointer: string): boolean {
  let at = '';
  for (const part of pointer.split('/').slice(1)) {
    const here = valueAt(answer, at);
    if (Array.isArray(here) && here.length > 1) return true;
    at += `/${part}`;
  }
  return false;
}
