import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { CompactRange } from '../../../policy-service/src/audit/compact-range';
import { consistencyProof, verifyConsistency } from '../../../policy-service/src/audit/consistency';
import { inclusionProof, verifyInclusion } from '../../../policy-service/src/audit/inclusion';
import { leafHash } from '../../../policy-service/src/audit/merkle-hash';

/** The eight entries of the Certificate Transparency reference tree, in hex. */
const REFERENCE = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

/** Published roots of its first 0 to 8 entries. */
const REFERENCE_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** The definition of RFC 6962, section 2.1, word by word. */
function naiveRoot(entries: readonly Buffer[]): Buffer {
  const sha256 = (...parts: Buffer[]): Buffer =>
    createHash('sha256').update(Buffer.concat(parts)).digest();
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), entries[0] as Buffer);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha256(Buffer.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

const hex = (bytes: Buffer): string => bytes.toString('hex');
const leavesOf = (entries: readonly Buffer[]): string[] => entries.map((e) => hex(leafHash(e)));
const entryList = (minLength: number): fc.Arbitrary<Buffer[]> =>
  fc.array(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    { minLength, maxLength: 70 },
  );
/** Another hash of the same form. */
const flipped = (hash: string): string => (hash.startsWith('0') ? '1' : '0') + hash.slice(1);

describe('CompactRange', () => {
  it('knows the published roots of the reference tree at every size', () => {
    const range = CompactRange.empty();
    const roots = [hex(range.root())];
    for (const entry of REFERENCE) {
      range.append(leafHash(entry));
      roots.push(hex(range.root()));
    }
    expect(roots).toEqual(REFERENCE_ROOTS);
  });

  it('agrees with the definition, also when it was stored and read at any point', () => {
    fc.assert(
      fc.property(entryList(0), fc.nat(70), (entries, pause) => {
        let range = CompactRange.empty();
        entries.forEach((entry, i) => {
          if (i === pause) range = CompactRange.parse(range.size, range.serialise());
          range.append(leafHash(entry));
        });
        expect(range.size).toBe(entries.length);
        expect(range.root().equals(naiveRoot(entries))).toBe(true);
      }),
    );
  });

  it('copies without sharing what is appended later', () => {
    const range = CompactRange.empty();
    range.append(leafHash('a'));
    const copy = range.copy();
    copy.append(leafHash('b'));
    expect(range.size).toBe(1);
    expect(range.root().equals(leafHash('a'))).toBe(true);
  });

  it('refuses bytes that do not fit the size', () => {
    expect(() => CompactRange.parse(3, Buffer.alloc(32))).toThrow(TypeError);
    expect(() => CompactRange.parse(-1, Buffer.alloc(0))).toThrow(TypeError);
  });
});

describe('inclusion proofs', () => {
  it('gives the published path of entry 5 of the reference tree', () => {
    expect(inclusionProof(leavesOf(REFERENCE), 5)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('proves every entry against the naive root, and no other claim', () => {
    fc.assert(
      fc.property(entryList(1), fc.nat(), fc.nat(), (entries, pick, wrong) => {
        const leaves = leavesOf(entries);
        const index = pick % leaves.length;
        const claim = {
          index,
          size: leaves.length,
          leafHash: leaves[index] as string,
          rootHash: hex(naiveRoot(entries)),
          path: inclusionProof(leaves, index),
        };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leafHash: flipped(claim.leafHash) })).toBe(false);
        expect(verifyInclusion({ ...claim, rootHash: flipped(claim.rootHash) })).toBe(false);
        expect(verifyInclusion({ ...claim, path: [...claim.path, claim.rootHash] })).toBe(false);
        expect(verifyInclusion({ ...claim, index: leaves.length })).toBe(false);
        if (claim.path.length > 0) {
          const at = wrong % claim.path.length;
          const path = claim.path.map((hash, i) => (i === at ? flipped(hash) : hash));
          expect(verifyInclusion({ ...claim, path })).toBe(false);
          expect(verifyInclusion({ ...claim, path: claim.path.slice(1) })).toBe(false);
        }
        const other = wrong % leaves.length;
        if (leaves[other] !== leaves[index]) {
          expect(verifyInclusion({ ...claim, index: other })).toBe(false);
        }
      }),
    );
  });

  it('refuses malformed hashes and entries that are not there', () => {
    const claim = { index: 0, size: 1, leafHash: 'zz', rootHash: 'zz', path: [] };
    expect(verifyInclusion(claim)).toBe(false);
    expect(() => inclusionProof([], 0)).toThrow(RangeError);
    expect(() => inclusionProof(leavesOf(REFERENCE), 8)).toThrow(RangeError);
  });
});

describe('consistency proofs', () => {
  it('gives the published proof from 6 to 8 entries of the reference tree', () => {
    expect(consistencyProof(leavesOf(REFERENCE), 6)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('proves every prefix, and no other claim', () => {
    fc.assert(
      fc.property(entryList(1), fc.nat(), fc.nat(), (entries, pick, wrong) => {
        const to = entries.length;
        const from = 1 + (pick % to);
        const claim = {
          from,
          to,
          fromRoot: hex(naiveRoot(entries.slice(0, from))),
          toRoot: hex(naiveRoot(entries)),
          path: consistencyProof(leavesOf(entries), from),
        };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, fromRoot: flipped(claim.fromRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, toRoot: flipped(claim.toRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, path: [...claim.path, claim.toRoot] })).toBe(false);
        expect(verifyConsistency({ ...claim, from: to + 1 })).toBe(false);
        if (claim.path.length > 0) {
          const at = wrong % claim.path.length;
          const path = claim.path.map((hash, i) => (i === at ? flipped(hash) : hash));
          expect(verifyConsistency({ ...claim, path })).toBe(false);
        }
      }),
    );
  });

  it('finds a rewritten history', () => {
    fc.assert(
      fc.property(entryList(2), fc.nat(), (entries, pick) => {
        const from = 1 + (pick % (entries.length - 1));
        const rewritten = entries.map((entry, i) =>
          i === from - 1 ? Buffer.concat([entry, Buffer.of(1)]) : entry,
        );
        const claim = {
          from,
          to: entries.length,
          fromRoot: hex(naiveRoot(entries.slice(0, from))),
          toRoot: hex(naiveRoot(rewritten)),
          path: consistencyProof(leavesOf(rewritten), from),
        };
        expect(verifyConsistency(claim)).toBe(false);
      }),
    );
  });

  it('needs nothing from the empty log, and an honest empty root', () => {
    const [empty = '', first = ''] = REFERENCE_ROOTS;
    const claim = { from: 0, to: 1, fromRoot: empty, toRoot: first, path: [] };
    expect(consistencyProof(leavesOf(REFERENCE), 0)).toEqual([]);
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, fromRoot: first })).toBe(false);
    expect(() => consistencyProof([], 1)).toThrow(RangeError);
  });
});
