import type { Action } from '../catalogue/action';
import type { Shown } from './approval';
import { canonicalJson } from '../canonical-json';
import type { FactRecord } from '../request/facts';
import type { Json, JsonObject } from '../request/request';

/** Name of an entity -> the fields of its record that an approval binds, with their values. */
export type BoundFacts = Record<string, JsonObject>;

/** A bound fact that is no longer what was approved. */
export interface FactChange {
  /** For example `order.total`, or only `order` for a record without fields. */
  fact: string;
  /** As the approvers were shown it; absent where it was not there. */
  approved?: Json;
  /** Absent where it is not there any more. */
  now?: Json;
}

/** What an approval binds: every field that is shown, except those that the action calls volatile. */
export function boundFacts(
  { entities }: Pick<Action, 'entities'>,
  facts: Record<string, Pick<FactRecord, 'value'>>,
): BoundFacts {
  const bound: BoundFacts = {};
  for (const name of Object.keys(facts).sort()) {
    const { volatile = [] } = entities.find((entity) => entity.name === name) ?? {};
    const fields = Object.entries(facts[name]?.value ?? {});
    bound[name] = Object.fromEntries(fields.filter(([field]) => !volatile.includes(field)));
  }
  return bound;
}

/**
 * How the facts of now differ from what an approval binds. What it showed as binding binds, even
 * if the action calls it volatile by now; what the action no longer calls volatile is compared with
 * what was shown. Values are compared exactly, their types included.
 * @param shown of an approval; one that was asked for before facts were bound names none, and
 *   binds what the action binds now
 */
export function changedFacts(
  action: Pick<Action, 'entities'>,
  shown: Pick<Shown, 'facts' | 'bound'>,
  facts: Record<string, Pick<FactRecord, 'value'>>,
): FactChange[] {
  const asShown = valuesOf(shown.facts);
  const approved = flat(shown.bound ?? boundFacts(action, shown.facts));
  const present = valuesOf(facts);
  const binding = [...approved.keys(), ...flat(boundFacts(action, facts)).keys()];
  return [...new Set(binding)].sort().flatMap((fact) => {
    const [before, now] = [approved.get(fact) ?? asShown.get(fact), present.get(fact)];
    if (before !== undefined && now !== undefined && same(before, now)) return [];
    return [
      {
        fact,
        ...(before === undefined ? {} : { approved: before }),
        ...(now === undefined ? {} : { now }),
      },
    ];
  });
}

/** A sentence for approvers and requesters; the whole is in `changes`. */
export function changeSentence(changes: FactChange[]): string {
  const told = changes
    .slice(0, TOLD)
    .map(
      ({ fact, approved, now }) => `${fact} was ${inWords(approved)} and is ${inWords(now)} now`,
    );
  const more = changes.length - told.length;
  const others = more > 0 ? `; ${more} more changed` : '';
  return `What the approval binds changed: ${told.join('; ')}${others}.`;
}

/** Changes that a sentence tells one by one. */
const TOLD = 3;

function inWords(value: Json | undefined): string {
  if (value === undefined) return 'not there';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function valuesOf(facts: Record<string, Pick<FactRecord, 'value'>>): Map<string, Json> {
  return flat(Object.fromEntries(Object.entries(facts).map(([name, { value }]) => [name, value])));
}

/** A record without fields is told by its name alone: it may vanish or appear too. */
function flat(records: BoundFacts): Map<string, Json> {
  return new Map(
    Object.entries(records).flatMap(([name, fields]): [string, Json][] => [
      [name, PRESENT],
      ...Object.entries(fields).map(([field, value]): [string, Json] => [
        `${name}.${field}`,
        value,
      ]),
    ]),
  );
}

const PRESENT = 'there';

function same(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
