import type { Json, JsonObject } from '../domain/request/request';
import { isNode, line, nodes, type Node, type OpenApiDocument } from './document';
import { exampleOf } from './example';
import { Unsupported } from './import-error';
import { patternProblem } from '../validation/pattern-cost';
import { isSimplePattern } from './pattern';

/** Where a schema is carried over, and what is said about it. */
export interface Carrying {
  document: OpenApiDocument;
  /** Name of the argument or member, for the sentences. */
  name: string;
  /** References on the way here. */
  seen: readonly string[];
  depth: number;
  /** Gets a sentence for everything that is not carried over as it stands. */
  note: (sentence: string) => void;
}

const MAX_DEPTH = 5;
const DEFAULT_MAX_LENGTH = 500;
const LONGEST = 10_000;
/** Checking a pattern may take the square of this. */
const LONGEST_WITH_PATTERN = 2_000;
const MAX_ITEMS = 100;
/** Of one object. */
export const MAX_MEMBERS = 500;

/** The formats with a canonical form, and a pattern that says what is left to say. */
const FORMATS: Record<
  string,
  { format: string; pattern: string; maxLength: number; examples: string[] }
> = {
  date: {
    format: 'date',
    pattern: '^\\d{4}-\\d{2}-\\d{2}$',
    maxLength: 10,
    examples: ['2026-01-31'],
  },
  'date-time': {
    format: 'date-time',
    pattern: '^\\d{4}-\\d{2}-\\d{2}T[0-9:.]+(Z|[+-]\\d{2}:\\d{2})$',
    maxLength: 40,
    examples: ['2026-01-31T12:00:00Z'],
  },
  email: {
    format: 'email',
    pattern: '^[^@\\s]+@[^@\\s]+$',
    maxLength: 254,
    examples: ['ana@example.com'],
  },
  uuid: {
    format: 'uuid',
    pattern: '^[0-9a-fA-F-]{36}$',
    maxLength: 36,
    examples: ['3fa85f64-5717-4562-b3fc-2c963f66afa6'],
  },
  uri: {
    format: 'uri',
    pattern: '^https?://',
    maxLength: 2000,
    examples: ['https://example.com/'],
  },
};

/**
 * A schema of the document as the catalogue wants it: one type, no references, no unknown members,
 * every text with a longest length.
 * @throws Unsupported when nothing of it can be promised
 */
export function carrySchema(value: unknown, at: Carrying): JsonObject {
  if (at.depth > MAX_DEPTH) throw new Unsupported(`${at.name} is nested too deeply`);
  const { node, seen } = plain(value, at);
  const inner = { ...at, seen };
  const type = typeOf(node, inner);
  const carried: JsonObject = { type, ...byType(type, node, inner) };
  const description = line(node['description'], 200);
  if (description !== undefined) carried['description'] = description;
  const given = [node['examples'], [node['example']], [node['default']]].flat();
  const example = exampleOf(carried, given.filter((one) => one !== undefined) as Json[]);
  if (example === undefined && carried['pattern'] !== undefined) {
    at.note(`The pattern of ${at.name} is left out.`);
    delete carried['pattern'];
  }
  if (example !== undefined && typeof example !== 'object') carried['examples'] = [example];
  return carried;
}

/** Members of an object with those of its allOf; the order is the document's. */
export function membersOf(
  value: unknown,
  at: Carrying,
): { members: [name: string, schema: unknown][]; required: string[]; seen: string[] } {
  const { node, seen } = plain(value, at);
  const members = isNode(node['properties']) ? Object.entries(node['properties']) : [];
  const required = Array.isArray(node['required']) ? node['required'].map(String) : [];
  return { members, required, seen };
}

/** Resolves references, joins allOf, and picks the one form that anyOf or oneOf leave besides null. */
function plain(value: unknown, at: Carrying): { node: Node; seen: string[] } {
  const { node, seen } = at.document.resolve(value, at.seen);
  const { allOf, anyOf, oneOf, ...own } = node;
  let joined: Node = own;
  let way = seen;
  for (const part of nodes(allOf)) {
    const one = plain(part, { ...at, seen: way });
    joined = join(joined, one.node);
    way = [...new Set([...way, ...one.seen])];
  }
  const forms = [...nodes(anyOf), ...nodes(oneOf)].filter((one) => one['type'] !== 'null');
  const [first] = forms;
  if (first === undefined) return { node: joined, seen: way };
  if (isNode(joined['properties'])) {
    at.note(`${at.name} has further conditions (anyOf or oneOf), which only the system checks.`);
    return { node: joined, seen: way };
  }
  if (forms.length > 1) {
    at.note(`${at.name} may have several forms; only the first one is carried over.`);
  }
  const one = plain(first, { ...at, seen: way });
  return { node: join(one.node, joined), seen: [...new Set([...way, ...one.seen])] };
}

function join(a: Node, b: Node): Node {
  const both: Node = { ...a, ...b };
  if (isNode(a['properties']) && isNode(b['properties'])) {
    both['properties'] = { ...a['properties'], ...b['properties'] };
  }
  if (Array.isArray(a['required']) && Array.isArray(b['required'])) {
    both['required'] = [...new Set([...a['required'], ...b['required']])];
  }
  return both;
}

function typeOf(node: Node, { name, note }: Carrying): string {
  const declared = [node['type']].flat().filter((type) => type !== 'null' && type !== undefined);
  if (declared.length > 1) {
    note(`${name} may be of several types; only ${String(declared[0])} is carried over.`);
  }
  const [type] = declared;
  if (typeof type === 'string') return type;
  if (isNode(node['properties'])) return 'object';
  if (node['items'] !== undefined) return 'array';
  const value: unknown = Array.isArray(node['enum']) ? node['enum'][0] : node['const'];
  if (['string', 'number', 'boolean'].includes(typeof value)) return typeof value;
  throw new Unsupported(`${name} has no type`);
}

function byType(type: string, node: Node, at: Carrying): JsonObject {
  switch (type) {
    case 'string':
      return { ...textRules(node, at), ...choices(node, 'string') };
    case 'integer':
    case 'number':
      return {
        ...numbers(node, at.name),
        ...choices(node, 'number'),
      };
    case 'boolean':
      return choices(node, 'boolean');
    case 'array':
      return {
        items: carrySchema(node['items'], { ...at, depth: at.depth + 1 }),
        ...counts(node, at.name, { least: 'minItems', most: 'maxItems', limit: MAX_ITEMS }),
      };
    case 'object':
      return objectRules(node, at);
    default:
      throw new Unsupported(`${at.name} has the type ${type}`);
  }
}

function textRules(node: Node, { name, note }: Carrying): JsonObject {
  const named = String(node['format']);
  const format = Object.hasOwn(FORMATS, named) ? FORMATS[named] : undefined;
  const rules: JsonObject = {
    ...format,
    ...counts(node, name, {
      least: 'minLength',
      most: 'maxLength',
      limit: LONGEST,
      usual: format?.maxLength ?? DEFAULT_MAX_LENGTH,
    }),
  };
  if (typeof node['pattern'] === 'string') {
    const most = Math.min(Number(rules['maxLength']), LONGEST_WITH_PATTERN);
    const { pattern } = node;
    if (isSimplePattern(pattern) && patternProblem(pattern, most) === undefined) {
      rules['pattern'] = pattern;
      rules['maxLength'] = most;
    } else note(`The pattern of ${name} is left out: only the system checks it.`);
  }
  return rules;
}

function objectRules(node: Node, at: Carrying): JsonObject {
  const { members, required, seen } = membersOf(node, at);
  if (members.length > MAX_MEMBERS) {
    throw new Unsupported(
      `${at.name} has ${members.length} members; no more than ${MAX_MEMBERS} are carried over`,
    );
  }
  const properties: JsonObject = {};
  for (const [name, schema] of members) {
    const inner = { ...at, name: `${at.name}.${name}`, seen, depth: at.depth + 1 };
    try {
      if (name === '__proto__') throw new Unsupported('no call may have a member of this name');
      if (isReadOnly(schema, inner)) continue;
      properties[name] = carrySchema(schema, inner);
    } catch (error) {
      if (!(error instanceof Unsupported) || required.includes(name)) throw error;
      at.note(`${inner.name} is left out: ${error.message}.`);
    }
  }
  if (Object.keys(properties).length === 0) {
    throw new Unsupported(`${at.name} takes members that the document does not name`);
  }
  return {
    additionalProperties: false,
    required: required.filter((name) => Object.hasOwn(properties, name)),
    properties,
  };
}

/** Set by the system itself, so nobody sends it. */
export function isReadOnly(schema: unknown, { document, seen }: Carrying): boolean {
  try {
    return document.resolve(schema, seen).node['readOnly'] === true;
  } catch (error) {
    // Carrying the member over will say what is wrong with it.
    if (error instanceof Unsupported) return false;
    throw error;
  }
}

function choices(node: Node, type: string): JsonObject {
  const listed = node['const'] === undefined ? node['enum'] : [node['const']];
  if (!Array.isArray(listed)) return {};
  const values = [...new Set(listed)].filter((value) => typeof value === type) as Json[];
  return values.length === 0 ? {} : { enum: values };
}

function numbers(node: Node, name: string): JsonObject {
  const rules: JsonObject = {};
  for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']) {
    const value = node[keyword];
    if (typeof value === 'number' && Number.isFinite(value)) rules[keyword] = value;
  }
  const step = node['multipleOf'];
  if (typeof step === 'number') {
    if (!(step > 0 && Number.isFinite(step))) {
      throw new Unsupported(`${name} has multipleOf ${step}, which is no step`);
    }
    rules['multipleOf'] = step;
  }
  return rules;
}

/** How long a text or a list is at least and at most: never more than `limit`. */
function counts(
  node: Node,
  name: string,
  {
    least,
    most,
    limit,
    usual = limit,
  }: Record<'least' | 'most', string> & Record<'limit', number> & { usual?: number },
): JsonObject {
  for (const keyword of [least, most]) {
    const value = node[keyword];
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= 0)) {
      throw new Unsupported(
        `${name} has ${keyword} ${String(value).slice(0, 40)}, which is no length`,
      );
    }
  }
  const shortest = Number(node[least] ?? 0);
  // A length that is not named is no reason to refuse what must be longer.
  const longest = Math.min(Number(node[most] ?? Math.max(usual, shortest)), limit);
  if (shortest > limit) {
    throw new Unsupported(`${name} has ${least} ${shortest}; no more than ${limit} is sent`);
  }
  if (shortest > longest) {
    throw new Unsupported(
      `${name} has ${least} ${shortest} and ${most} ${longest}: nothing is both`,
    );
  }
  return { ...(node[least] === undefined ? {} : { [least]: shortest }), [most]: longest };
}
