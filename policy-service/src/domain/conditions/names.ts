import type { Action } from '../catalogue/action';
import { editDistance, someOf } from '../edit-distance';
import type { JsonObject } from '../request/request';

/** Types of values in conditions, by their CEL names. Amounts are Decimal. */
export type ValueType =
  'string' | 'int' | 'double' | 'bool' | 'Decimal' | 'list<string>' | 'google.protobuf.Timestamp';

/** The names that conditions of one action may use, for example names.arguments.amount. */
export interface NameTree {
  [name: string]: ValueType | NameTree;
}

const JSON_TYPES: Record<string, ValueType> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
};

/**
 * Everything that a condition of the action may read. Arguments that are lists or objects are left
 * out: rules judge single values.
 */
export function namesOf(action: Action): NameTree {
  return {
    subject: {
      tokenId: 'string',
      requestedBy: 'string',
      verified: 'bool',
      roles: 'list<string>',
    },
    action: { id: 'string', class: 'string', risk: 'string', version: 'int' },
    arguments: argumentTypes(action),
    intent: { confidence: 'double' },
    facts: Object.fromEntries(
      action.entities.map(({ name, fields }) => [name, typesOf(Object.entries(fields))]),
    ),
    context: { source: 'string', channel: 'string', hour: 'int', weekday: 'string' },
    now: 'google.protobuf.Timestamp',
  };
}

function argumentTypes(action: Action): Record<string, ValueType> {
  const properties = (action.schema['properties'] ?? {}) as Record<string, JsonObject>;
  const types = typesOf(
    Object.entries(properties).map(([name, schema]) => [name, String(schema['type'])]),
  );
  const amount = action.money?.amount;
  if (amount !== undefined && Object.hasOwn(properties, amount)) types[amount] = 'Decimal';
  return types;
}

function typesOf(declared: [string, string][]): Record<string, ValueType> {
  const types: Record<string, ValueType> = {};
  for (const [name, type] of declared) {
    const known = JSON_TYPES[type];
    if (known) types[name] = known;
  }
  return types;
}

/** The type or subtree at a path; undefined when a name on the way is not known. */
export function nameAt(names: NameTree, path: string[]): ValueType | NameTree | undefined {
  let at: ValueType | NameTree | undefined = names;
  for (const name of path) {
    if (at === undefined || typeof at === 'string' || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** A sentence on a path that does not exist, with the near miss where there is one. */
export function unknownName(names: NameTree, path: string[]): string {
  const known = path.findIndex((_, index) => nameAt(names, path.slice(0, index + 1)) === undefined);
  const parent = path.slice(0, known);
  const name = path[known] ?? '';
  const siblings = nameAt(names, parent);
  if (typeof siblings === 'string') {
    return `${parent.join('.')} is a single value and has nothing called "${name}".`;
  }
  const nearest = nearestOf(name, Object.keys(siblings ?? {}));
  const meant = nearest === undefined ? elsewhere(names, name) : [...parent, nearest].join('.');
  const there =
    parent.length === 0 ? `There is no "${name}"` : `${parent.join('.')} has no "${name}"`;
  if (meant !== undefined) return `${there}. Did you mean ${meant}?`;
  const choice = Object.keys(siblings ?? {}).sort();
  return choice.length === 0 ? `${there}.` : `${there}. It has: ${choice.join(', ')}.`;
}

/** The full path of a name that exists under another parent. */
function elsewhere(names: NameTree, name: string, parent: string[] = []): string | undefined {
  for (const [key, value] of Object.entries(names)) {
    const path = [...parent, key];
    if (key === name && parent.length > 0) return path.join('.');
    const below = typeof value === 'string' ? undefined : elsewhere(value, name, path);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** The candidate that a name is most likely a slip of; undefined when none is close. */
export function nearestOf(name: string, candidates: Iterable<string>): string | undefined {
  const allowed = Math.max(1, Math.floor(name.length / 3));
  return [...someOf(candidates)]
    .map((candidate) => ({ candidate, distance: slipDistance(name, candidate, allowed) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** A name that was cut short counts as one slip. */
function slipDistance(name: string, candidate: string, allowed: number): number {
  const distance = editDistance(name, candidate, allowed);
  return name.length >= 3 && candidate.startsWith(name) ? Math.min(distance, 1) : distance;
}
