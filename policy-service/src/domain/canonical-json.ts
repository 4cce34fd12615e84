import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Far above what the service accepts as input (32): it only stops cycles with a clear error. */
const MAX_DEPTH = 256;

/** With the `u` flag a paired surrogate is one code point, so this finds only lone ones. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one byte form of a JSON value (RFC 8785), used for digests, fingerprints and the audit log.
 * Object members that are `undefined` are left out, as JSON does.
 * @throws TypeError for what has no canonical form: undefined, NaN, Infinity, bigint, functions,
 *   symbols, lone surrogates, class instances (dates, maps), cycles
 */
export function canonicalJson(value: unknown): string {
  assertJson(value, '', 0);
  return canonicalize(value) as string;
}

/** Lower-case hex SHA-256 of UTF-8 text or bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

// The library writes what JSON.stringify writes for these: silently something else, or nothing.
function assertJson(value: unknown, pointer: string, depth: number): void {
  switch (typeof value) {
    case 'string':
      return assertWellFormed(value, pointer);
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(pointer, `${value} is not a JSON number`);
      return;
    case 'object':
      if (value === null) return;
      if (depth > MAX_DEPTH) refuse(pointer, 'it is cyclic or nested too deeply');
      if (Array.isArray(value)) {
        // By index: a hole would be skipped by every iterating method.
        for (let i = 0; i < value.length; i++) assertJson(value[i], `${pointer}/${i}`, depth + 1);
        return;
      }
      return assertPlainObject(value, pointer, depth);
    default:
      refuse(pointer, `${typeof value} is not a JSON value`);
  }
}

function assertPlainObject(value: object, pointer: string, depth: number): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not compared with Object.prototype: values may come from another realm (vm contexts).
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    refuse(pointer, 'only plain objects are JSON');
  }
  for (const [name, member] of Object.entries(value)) {
    assertWellFormed(name, pointer);
    if (member !== undefined) assertJson(member, `${pointer}/${name}`, depth + 1);
  }
}

function assertWellFormed(text: string, pointer: string): void {
  if (LONE_SURROGATE.test(text)) refuse(pointer, 'the text has a lone surrogate');
}

function refuse(pointer: string, why: string): never {
  throw new TypeError(`No canonical JSON at "${pointer.slice(0, 200)}": ${why}.`);
}
