import {
  consistencyProof,
  verifyConsistency,
} from '../../../../policy-service/src/audit/consistency';
import { encodeEntry } from '../../../../policy-service/src/audit/encode';
import { inclusionProof, verifyInclusion } from '../../../../policy-service/src/audit/inclusion';
import { verifyLog } from '../../../../policy-service/src/audit/verify-log';
import type { CompactRange } from '../../../../policy-service/src/audit/compact-range';
import { LogBroken } from '../../../../policy-service/src/application/ports';
import { anEvent } from '../documents';
import type { ContractContext } from '../store-contract';

export function logContract(context: ContractContext): void {
  it('starts empty, with the root of nothing', async () => {
    expect(await context.store.log.head()).toEqual({
      size: 0,
      rootHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(await context.store.log.entries({ limit: 10 })).toEqual({ items: [] });
    expect(await context.store.log.bytes(0)).toEqual([]);
  });

  it('tells the place of each entry and stores exactly the bytes that it hashed', async () => {
    const { store } = context;
    await store.commit({ audit: [anEvent(0)] });
    const result = await store.commit({ audit: [anEvent(1), anEvent(2)] });
    const expected = [1, 2].map((sequence) => encodeEntry(anEvent(sequence), sequence));
    expect(result).toEqual({
      ok: true,
      entries: expected.map(({ leafHash }, i) => ({
        sequence: i + 1,
        leafHash: leafHash.toString('hex'),
      })),
    });
    const { items } = await store.log.entries({ from: 1, limit: 10 });
    expect(items).toEqual(
      expected.map(({ canonical, leafHash }, i) => ({
        sequence: i + 1,
        entry: JSON.parse(canonical),
        canonical,
        leafHash: leafHash.toString('hex'),
      })),
    );
  });

  it('verifies, and proves inclusion and growth, for every size it had', async () => {
    const { store } = context;
    const heads = [await store.log.head()];
    for (let n = 0; n < 12; n++) {
      await store.commit({ audit: [anEvent(n)] });
      heads.push(await store.log.head());
    }
    const head = await store.log.head();
    const { items: entries } = await store.log.entries({ limit: 1000 });
    const logged = entries.map((e) => ({ ...e, sequence: e.entry.sequence }));
    expect(await verifyLog(logged, head, heads)).toMatchObject({ valid: true, size: 12 });

    const leaves = await store.log.leafHashes(0, head.size);
    expect(leaves).toEqual(entries.map(({ leafHash }) => leafHash));
    leaves.forEach((leafHash, index) => {
      const path = inclusionProof(leaves, index);
      expect(verifyInclusion({ ...head, index, leafHash, path })).toBe(true);
    });
    heads.forEach(({ size: from, rootHash: fromRoot }) => {
      const path = consistencyProof(leaves, from);
      const claim = { from, to: head.size, fromRoot, toRoot: head.rootHash, path };
      expect(verifyConsistency(claim)).toBe(true);
    });
  });

  it('reads leaf hashes of a part', async () => {
    const { store } = context;
    await store.commit({ audit: [0, 1, 2, 3].map((n) => anEvent(n)) });
    const all = await store.log.leafHashes(0, 4);
    expect(await store.log.leafHashes(1, 3)).toEqual(all.slice(1, 3));
    expect(await store.log.leafHashes(2, 99)).toEqual(all.slice(2));
    expect(await store.log.leafHashes(2, 2)).toEqual([]);
  });

  it.each(['asc', 'desc'] as const)(
    'reads by pages bounded in number and bytes (%s)',
    async (order) => {
      const { store } = context;
      const text = 'x'.repeat(1000);
      await store.commit({ audit: [0, 1, 2, 3, 4].map((n) => anEvent(n, { data: { n, text } })) });
      const pages = async (bounds: { limit: number; maxBytes?: number }): Promise<number[][]> => {
        const read: number[][] = [];
        for (let from: number | undefined; ;) {
          const page = await store.log.entries({ order, from, ...bounds });
          read.push(page.items.map(({ sequence }) => sequence));
          from = page.nextFrom;
          if (from === undefined) return read;
        }
      };
      const inOrder = (sequences: number[][]): number[][] =>
        order === 'asc' ? sequences : sequences.map((page) => page.map((n) => 4 - n));
      expect(await pages({ limit: 5 })).toEqual(inOrder([[0, 1, 2, 3, 4]]));
      expect(await pages({ limit: 2 })).toEqual(inOrder([[0, 1], [2, 3], [4]]));
      // A page ends with the entry that passes its bytes, and holds at least that one.
      expect(await pages({ limit: 9, maxBytes: 1500 })).toEqual(inOrder([[0, 1], [2, 3], [4]]));
      expect(await pages({ limit: 9, maxBytes: 1 })).toEqual(inOrder([[0], [1], [2], [3], [4]]));
    },
  );

  it('remembers how far it was verified, and what was found', async () => {
    const { store } = context;
    expect(await store.log.check()).toEqual({});
    await store.commit({ audit: [anEvent(0), anEvent(1)] });
    const { range } = (await store.log.state()).head as { range: CompactRange };
    await store.saveLogCheck({ verified: range });
    const kept = await store.log.check();
    expect(kept.verified?.root()).toEqual(range.root());
    expect(await store.log.damage()).toBeUndefined();
    const damage = { code: 'leaf_hash_mismatch' as const, sequence: 1, message: 'Changed.' };
    await store.markLog(damage);
    expect(await store.log.damage()).toEqual(damage);
    expect((await store.log.check()).verified?.size).toBe(2);
    await expect(store.commit({ audit: [anEvent(2)] })).rejects.toMatchObject({ problem: damage });
    await expect(store.commit({ requests: [] })).rejects.toBeInstanceOf(LogBroken);
    expect(await store.log.head()).toMatchObject({ size: 2 });
    await store.markLog(undefined);
    expect(await store.commit({ audit: [anEvent(2)] })).toMatchObject({ ok: true });
  });

  it('searches by request, type and actor, in both directions', async () => {
    const { store } = context;
    const person = { kind: 'person' as const, id: 'ana@example.com' };
    await store.commit({
      audit: [
        anEvent(0),
        anEvent(1, { requestId: 'req_2', actor: person }),
        anEvent(2, { type: 'approval.voted', actor: person }),
        anEvent(3, { requestId: undefined, type: 'token.created' }),
        anEvent(4, { type: 'approval.voted' }),
        // A type that nearly every request has: found without an index of its own.
        anEvent(5, { requestId: 'req_3', type: 'request.decided' }),
      ],
    });
    const found = async (filter: object): Promise<number[]> =>
      (await store.log.entries({ limit: 10, ...filter })).items.map(({ entry }) => entry.sequence);
    expect(await found({})).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await found({ requestId: 'req_1' })).toEqual([0, 2, 4]);
    expect(await found({ type: 'approval.voted' })).toEqual([2, 4]);
    expect(await found({ type: 'request.decided' })).toEqual([5]);
    expect(await found({ actor: 'ana@example.com' })).toEqual([1, 2]);
    expect(await found({ actor: 'ana@example.com', requestId: 'req_1' })).toEqual([2]);
    expect(await found({ from: 3 })).toEqual([3, 4, 5]);
    expect(await found({ order: 'desc' })).toEqual([5, 4, 3, 2, 1, 0]);
    expect(await found({ order: 'desc', from: 2 })).toEqual([2, 1, 0]);
    expect(await found({ order: 'desc', limit: 2, requestId: 'req_1' })).toEqual([4, 2]);
  });
}
