import { canonicalJson } from '../domain/canonical-json';
import type { EntryBody } from './entry';
import { leafHash } from './merkle-hash';

/** Exactly what the log hashes: the RFC 8785 bytes of the entry. */
export interface EncodedEntry {
  canonical: string;
  /** RFC 6962 leaf hash of `canonical` in UTF-8. */
  leafHash: Buffer;
}

/** An entry's canonical text without its sequence, which is only known under the log's lock. */
export interface EncodedBody {
  beforeSequence: string;
  afterSequence: string;
}

/** @throws TypeError when the body has no canonical form */
export function encodeBody({ traceId, type, ...others }: EntryBody): EncodedBody {
  // RFC 8785 sorts members by name: these two alone come behind `sequence`.
  const before = canonicalJson({ ...others, formatVersion: 1, sequence: undefined });
  const after = canonicalJson({ traceId, type });
  return {
    beforeSequence: `${before.slice(0, -1)},"sequence":`,
    afterSequence: `,${after.slice(1)}`,
  };
}

/** Gives a body its place in the log. */
export function placeEntry(
  { beforeSequence, afterSequence }: EncodedBody,
  sequence: number,
): EncodedEntry {
  const canonical = `${beforeSequence}${sequence}${afterSequence}`;
  return { canonical, leafHash: leafHash(canonical) };
}

/**
 * Both in one.
 * @throws TypeError when the body has no canonical form
 */
export function encodeEntry(body: EntryBody, sequence: number): EncodedEntry {
  return placeEntry(encodeBody(body), sequence);
}
