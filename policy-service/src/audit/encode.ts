import { canonicalJson } from '../domain/canonical-json';
import type { EntryBody, LogEntry } from './entry';
import { leafHash } from './merkle-hash';

/** Exactly what the log hashes: the RFC 8785 bytes of the entry. */
export interface EncodedEntry {
  canonical: string;
  /** RFC 6962 leaf hash of `canonical` in UTF-8. */
  leafHash: Buffer;
}

/**
 * Gives a body its place in the log.
 * @throws TypeError when the body has no canonical form
 */
export function encodeEntry(body: EntryBody, sequence: number): EncodedEntry {
  const entry: LogEntry = { ...body, formatVersion: 1, sequence };
  const canonical = canonicalJson(entry);
  return { canonical, leafHash: leafHash(canonical) };
}
