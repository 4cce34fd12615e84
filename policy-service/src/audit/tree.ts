import { CompactRange } from './compact-range';
import { hashFromHex } from './merkle-hash';

/** Where RFC 6962 splits [from, to): the left part is the largest power of two below its length. */
export function halves(from: number, to: number): number {
  let left = 1;
  while (left * 2 < to - from) left *= 2;
  return from + left;
}

/** Root of a tree with these leaf hashes. */
export function rootOfLeaves(leaves: Iterable<Buffer>): Buffer {
  const range = CompactRange.empty();
  for (const leaf of leaves) range.append(leaf);
  return range.root();
}

/** Sizes may exceed 2^32, where JavaScript's bit operators fail. */
export function isOdd(value: number): boolean {
  return value % 2 === 1;
}

/** The bytes of hex hashes, or undefined when one of them is malformed. */
export function parseHashes(hexes: readonly string[]): Buffer[] | undefined {
  try {
    return hexes.map(hashFromHex);
  } catch {
    return undefined;
  }
}
