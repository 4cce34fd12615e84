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
    if (!Number.isSafeInteger(size) || size < 0 || bytes.length !== peakCount(size) * HASH_BYTES) {
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

  /** An independent copy; the hashes themselves are never changed in place. */
  copy(): CompactRange {
    return new CompactRange(this.count, [...this.peaks]);
  }
}

function peakCount(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
