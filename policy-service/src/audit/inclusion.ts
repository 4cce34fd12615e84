import { emptyRoot, hashFromHex, nodeHash } from './merkle-hash';
import { halves, isOdd, parseHashes, rootOfLeaves } from './tree';

/** Says that `leafHash` is entry `index` of the tree with `size` entries and `rootHash`. All hashes are hex. */
export interface InclusionClaim {
  index: number;
  size: number;
  leafHash: string;
  rootHash: string;
  /** Siblings from the leaf upwards. */
  path: readonly string[];
}

/**
 * Audit path of one entry (RFC 9162, 2.1.3.1).
 * @param leafHashes hex leaf hashes of the whole tree, in order
 * @throws RangeError when there is no such entry
 */
export function inclusionProof(leafHashes: readonly string[], index: number): string[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leafHashes.length) {
    throw new RangeError(`Entry ${index} is not in a log of ${leafHashes.length} entries.`);
  }
  const leaves = leafHashes.map(hashFromHex);
  const path: Buffer[] = [];
  let from = 0;
  let to = leaves.length;
  while (to - from > 1) {
    const middle = halves(from, to);
    if (index < middle) {
      path.push(rootOfLeaves(leaves.slice(middle, to)));
      to = middle;
    } else {
      path.push(rootOfLeaves(leaves.slice(from, middle)));
      from = middle;
    }
  }
  return path.reverse().map((hash) => hash.toString('hex'));
}

/** Checks an audit path (RFC 9162, 2.1.3.2). False for anything malformed; never throws. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { index, size } = claim;
  const hashes = parseHashes([claim.leafHash, claim.rootHash, ...claim.path]);
  if (!hashes || !Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false;
  if (index < 0 || index >= size) return false;
  const [leaf = emptyRoot(), root = emptyRoot(), ...path] = hashes;

  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      // A right-most node without a sibling moves up until it has one.
      while (!isOdd(node) && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash.equals(root);
}
