import { hash } from 'node:crypto';

/** Far above what the service accepts as input (32): it only stops cycles with a clear error. */
const MAX_DEPTH = 256;

/** Text that is its own JSON between quotes: nearly all there is, and told by one look. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** With the `u` flag a paired surrogate is one code point, so this finds only lone ones. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one byte form of a JSON value (RFC 8785), used for digests, fingerprints and the audit log.
 * Object members that are `undefined` are left out, as JSON does. Checks and writes in one pass,
 * because a decision writes eight of them.
 * @throws TypeError for what has no canonical form: undefined, NaN, Infinity, bigint, functions,
 *   symbols, lone surrogates, class instances (dates, maps), cycles
 */
export function canonicalJson(value: unknown): string {
  try {
    return written(value, 0);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    const pointer = error.path.map((name) => `/${name}`).join('');
    throw new TypeError(`No canonical JSON at "${pointer.slice(0, 200)}": ${error.message}.`);
  }
}

/** Lower-case hex SHA-256 of UTF-8 text or bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

class NotJson extends Error {
  /** Names of the members that lead to the value, outermost first. */
  readonly path: string[] = [];
}

function written(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new NotJson(`${value} is not a JSON number`);
      // RFC 8785 asks for ECMAScript's own shortest form; -0 becomes 0.
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (depth > MAX_DEPTH) throw new NotJson('it is cyclic or nested too deeply');
      return Array.isArray(value) ? writtenArray(value, depth) : writtenObject(value, depth);
    default:
      throw new NotJson(`${typeof value} is not a JSON value`);
  }
}

function writtenArray(values: unknown[], depth: number): string {
  let text = '';
  // By index: a hole would be skipped by every iterating method.
  for (let i = 0; i < values.length; i++) {
    text += (i === 0 ? '' : ',') + writtenMember(values[i], String(i), depth);
  }
  return `[${text}]`;
}

function writtenObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not compared with Object.prototype: values may come from another realm (vm contexts).
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new NotJson('only plain objects are JSON');
  }
  const members = value as Record<string, unknown>;
  let text = '';
  for (const name of sorted(Object.keys(members))) {
    const member = members[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(name)}:${writtenMember(member, name, depth)}`;
  }
  return `{${text}}`;
}

function writtenMember(member: unknown, name: string, depth: number): string {
  try {
    return written(member, depth + 1);
  } catch (error) {
    if (error instanceof NotJson) error.path.unshift(name);
    throw error;
  }
}

/** By UTF-16 code units, as RFC 8785 asks. Few names are sorted faster by hand than by sort(). */
function sorted(names: string[]): string[] {
  if (names.length > 16) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    let at = i;
    for (; at > 0 && (names[at - 1] as string) > name; at--) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) throw new NotJson('the text has a lone surrogate');
  return JSON.stringify(text);
}
