import { emptyRoot, HASH_BYTES, nodeHash } from './merkle-hash';

/**
 * The least that must be kept of a Merkle tree to append to it and to know its root: the roots of
 * the perfect subtrees that its size consists of, largest first. Never more than 53 hashes.
 */
export class CompactRange {
  private constructor(
    private count: number,
    private readonly peaks: Buffer[],
  ) {}

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /**
   * @param size number of entries
   * @param bytes as written by `serialise`
   * @throws TypeError when the bytes do not fit the size
   */
  static parse(size: number, bytes: Uint8Array): CompactRange {
    if (
      !Number.isSafeInteger(size) ||
      size < 0 ||
      bytes.length !== perfectSubtrees(size).length * HASH_BYTES
    ) {
      throw new TypeError(`${bytes.length} bytes are no compact range of ${size} entries.`);
    }
    const peaks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += HASH_BYTES) {
      peaks.push(Buffer.from(bytes.subarray(at, at + HASH_BYTES)));
    }
    return new CompactRange(size, peaks);
  }

  /** Number of entries. */
  get size(): number {
    return this.count;
  }

  append(leaf: Buffer): void {
    let hash = leaf;
    // Each trailing one bit of the size is a perfect subtree that the new leaf completes.
    for (let rest = this.count; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      hash = nodeHash(this.peaks.pop() as Buffer, hash);
    }
    this.peaks.push(hash);
    this.count += 1;
  }

  /** RFC 6962 tree hash of everything appended. */
  root(): Buffer {
    const last = this.peaks.at(-1);
    return last === undefined
      ? emptyRoot()
      : this.peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }

  /** The peaks, largest first, 32 bytes each; the size is kept beside them. */
  serialise(): Buffer {
    return Buffer.concat(this.peaks);
  }

  /**
   * The entries under the subtrees in which two logs of the same size differ, as [from, to).
   * Empty for logs of other sizes.
   */
  differences(other: CompactRange): [number, number][] {
    if (other.count !== this.count) return [];
    let from = 0;
    const sizes = perfectSubtrees(this.count);
    return this.peaks.flatMap((peak, i) => {
      const to = from + (sizes[i] as number);
      const part: [number, number] = [from, to];
      from = to;
      return peak.equals(other.peaks[i] as Buffer) ? [] : [part];
    });
  }

  /** An independent copy; the hashes themselves are never changed in place. */
  copy(): CompactRange {
    return new CompactRange(this.count, [...this.peaks]);
  }
}

/** Sizes of the perfect subtrees of a tree, largest first: the one bits of its size. */
function perfectSubtrees(size: number): number[] {
  const sizes: number[] = [];
  for (let bit = 1, rest = size; rest > 0; rest = Math.floor(rest / 2), bit *= 2) {
    if (rest % 2 === 1) sizes.unshift(bit);
  }
  return sizes;
}
