import { emptyRoot, hashFromHex, nodeHash } from './merkle-hash';
import { halves, isOdd, parseHashes, rootOfLeaves } from './tree';

/** Says that the tree with `from` entries is a prefix of the one with `to`. All hashes are hex. */
export interface ConsistencyClaim {
  from: number;
  to: number;
  fromRoot: string;
  toRoot: string;
  path: readonly string[];
}

/**
 * Proof that the first `from` entries are unchanged in this tree (RFC 9162, 2.1.4.1). Empty when
 * `from` is 0 or the whole tree.
 * @param leafHashes hex leaf hashes of the newer tree, in order
 * @throws RangeError when the tree has fewer than `from` entries
 */
export function consistencyProof(leafHashes: readonly string[], from: number): string[] {
  if (!Number.isSafeInteger(from) || from < 0 || from > leafHashes.length) {
    throw new RangeError(`A log of ${leafHashes.length} entries never had ${from}.`);
  }
  if (from === 0 || from === leafHashes.length) return [];
  const leaves = leafHashes.map(hashFromHex);
  const path: Buffer[] = [];
  let start = 0;
  let end = leaves.length;
  let wanted = from;
  // As long as only left parts were taken, the old root itself is the node, and the reader has it.
  let readerHasNode = true;
  while (wanted !== end - start) {
    const middle = halves(start, end);
    if (wanted <= middle - start) {
      path.push(rootOfLeaves(leaves.slice(middle, end)));
      end = middle;
    } else {
      path.push(rootOfLeaves(leaves.slice(start, middle)));
      wanted -= middle - start;
      start = middle;
      readerHasNode = false;
    }
  }
  if (!readerHasNode) path.push(rootOfLeaves(leaves.slice(start, end)));
  return path.reverse().map((hash) => hash.toString('hex'));
}

/** Checks a consistency proof (RFC 9162, 2.1.4.2). False for anything malformed; never throws. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { from, to } = claim;
  const hashes = parseHashes([claim.fromRoot, claim.toRoot, ...claim.path]);
  if (!hashes || !Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return false;
  if (from < 0 || from > to) return false;
  const [fromRoot = emptyRoot(), toRoot = emptyRoot(), ...path] = hashes;
  if (from === 0) return path.length === 0 && fromRoot.equals(emptyRoot());
  if (from === to) return path.length === 0 && fromRoot.equals(toRoot);

  // When the old size is a power of two its root is the first node, and the proof leaves it out.
  if (isPowerOfTwo(from)) path.unshift(fromRoot);
  const [first, ...rest] = path;
  if (first === undefined) return false;

  let node = from - 1;
  let last = to - 1;
  while (isOdd(node)) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (!isOdd(node) && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && oldHash.equals(fromRoot) && newHash.equals(toRoot);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
