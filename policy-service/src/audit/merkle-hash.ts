import { hash } from 'node:crypto';

/** Bytes of every hash in the tree. */
export const HASH_BYTES = 32;

/** RFC 6962 leaf hash: SHA-256(0x00 || entry). */
export function leafHash(entry: string | Uint8Array): Buffer {
  const prefixed =
    typeof entry === 'string' ? `\u0000${entry}` : Buffer.concat([Buffer.of(0x00), entry]);
  return hash('sha256', prefixed, 'buffer');
}

/** RFC 6962 interior node: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0x01), left, right]), 'buffer');
}

/** Root of the tree without entries: SHA-256 of nothing. */
export function emptyRoot(): Buffer {
  return hash('sha256', '', 'buffer');
}

/**
 * Bytes of a hash written as 64 lower-case hex digits.
 * @throws TypeError for anything else
 */
export function hashFromHex(hex: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new TypeError('A hash is 64 lower-case hex digits.');
  }
  return Buffer.from(hex, 'hex');
}
