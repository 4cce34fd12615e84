import fc from 'fast-check';
import {
  StorageUnavailable,
  type ChangeSet,
  type CommitResult,
} from '../../../../policy-service/src/application/ports';
import { verifyLog } from '../../../../policy-service/src/audit/verify-log';
import { statusTokenOf } from '../../../../policy-service/src/domain/request/status-token';
import { anAnswer, anApproval, anEvent, aMessage, aRequest, aReservation, at } from '../documents';
import type { ContractContext } from '../store-contract';

export function commitContract(context: ContractContext): void {
  it('stores documents exactly and counts their versions', async () => {
    const { store } = context;
    const request = aRequest('req_1');
    const approval = anApproval('apr_1');
    const result = await store.commit({
      requests: [{ expectedVersion: 0, next: request }],
      approvals: [{ expectedVersion: 0, next: approval }],
    });
    expect(result).toEqual({ ok: true, entries: [] });
    expect(await store.request('req_1')).toEqual({ version: 1, value: request });
    expect(await store.requestByStatusToken('status-req_1')).toEqual({
      version: 1,
      value: request,
    });
    expect(await store.approval('apr_1')).toEqual({ version: 1, value: approval });

    const next = aRequest('req_1', { state: 'extracted' });
    await store.commit({ requests: [{ expectedVersion: 1, next }] });
    expect(await store.request('req_1')).toEqual({ version: 2, value: next });
  });

  it('finds by a token that names its request nothing: those are compared where they can be opened', async () => {
    const { store } = context;
    const request = aRequest('req_1', { statusToken: statusTokenOf('req_1', 'a-secret') });
    await store.commit({ requests: [{ expectedVersion: 0, next: request }] });
    for (const token of [request.statusToken, 'req_1', 'a-secret']) {
      expect(await store.requestByStatusToken(token)).toBeUndefined();
    }
  });

  it('finds nothing where nothing is', async () => {
    const { store } = context;
    expect(await store.request('req_none')).toBeUndefined();
    expect(await store.requestByStatusToken('none')).toBeUndefined();
    expect(await store.approval('apr_none')).toBeUndefined();
    expect(await store.idempotency('scope', 'key')).toBeUndefined();
  });

  it.each([
    ['an id that is taken', 0],
    ['an older version', 1],
    ['a version that is not there yet', 3],
  ])('tells a version conflict for %s and changes nothing', async (_, expectedVersion) => {
    const { store } = context;
    await store.commit({ requests: [{ expectedVersion: 0, next: aRequest('req_1') }] });
    await store.commit({ requests: [{ expectedVersion: 1, next: aRequest('req_1') }] });
    const head = await store.log.head();
    const result = await store.commit({
      requests: [
        { expectedVersion: 0, next: aRequest('req_2') },
        { expectedVersion, next: aRequest('req_1', { state: 'cancelled' }) },
      ],
      audit: [anEvent(1)],
    });
    expect(result).toEqual({ ok: false, conflict: 'version' });
    expect((await store.request('req_1'))?.value.state).toBe('received');
    expect(await store.request('req_2')).toBeUndefined();
    expect(await store.log.head()).toEqual(head);
  });

  it('tells a version conflict of an approval', async () => {
    const result = await context.store.commit({
      approvals: [{ expectedVersion: 1, next: anApproval('apr_1') }],
    });
    expect(result).toEqual({ ok: false, conflict: 'version' });
  });

  it('lets exactly one of many concurrent writers of a version through', async () => {
    const { store } = context;
    await store.commit({ requests: [{ expectedVersion: 0, next: aRequest('req_1') }] });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store.commit({
          requests: [{ expectedVersion: 1, next: aRequest('req_1', { source: `writer ${n}` }) }],
          audit: [anEvent(n)],
        }),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await store.log.head()).toMatchObject({ size: 1 });
    expect((await store.request('req_1'))?.version).toBe(2);
  });

  it('keeps the first answer of an idempotency key until its time is over', async () => {
    const { store, clock } = context;
    const first = anAnswer();
    const later = anAnswer({ body: '{"id":"req_2"}', expiresAt: at(120) });
    expect(await store.commit({ idempotency: first })).toMatchObject({ ok: true });
    expect(await store.commit({ idempotency: later, audit: [anEvent(1)] })).toEqual({
      ok: false,
      conflict: 'idempotency',
    });
    expect(await store.idempotency(first.scope, first.key)).toEqual(first);
    expect(await store.commit({ idempotency: anAnswer({ key: 'key-2' }) })).toMatchObject({
      ok: true,
    });
    expect(await store.commit({ idempotency: anAnswer({ scope: 'other' }) })).toMatchObject({
      ok: true,
    });

    clock.advance(60);
    expect(await store.idempotency(first.scope, first.key)).toBeUndefined();
    expect(await store.commit({ idempotency: later })).toMatchObject({ ok: true });
    expect(await store.idempotency(first.scope, first.key)).toEqual(later);
  });

  it.each<[string, ChangeSet]>([
    ['a version', { requests: [{ expectedVersion: 9, next: aRequest('req_1') }] }],
    ['an idempotency key', { idempotency: anAnswer({ key: 'taken' }) }],
    ['a limit', { reservations: [aReservation({ max: '1' })] }],
  ])('applies nothing at all of a change set that meets %s', async (_, conflicting) => {
    const { store } = context;
    await store.commit({ idempotency: anAnswer({ key: 'taken' }) });
    const whole: ChangeSet = {
      requests: [{ expectedVersion: 0, next: aRequest('req_2') }],
      approvals: [{ expectedVersion: 0, next: anApproval('apr_2') }],
      audit: [anEvent(1)],
      idempotency: anAnswer({ key: 'free' }),
      reservations: [aReservation({ key: 'other', requestId: 'req_2' })],
      outbox: [aMessage('msg_2')],
    };
    expect(await store.commit({ ...whole, ...conflicting })).toMatchObject({ ok: false });
    expect(await store.request('req_2')).toBeUndefined();
    expect(await store.approval('apr_2')).toBeUndefined();
    expect(await store.idempotency(anAnswer().scope, 'free')).toBeUndefined();
    expect(await store.outboxDue(at(10), 10)).toEqual([]);
    expect(await store.limitUsed('payments-per-vendor', 'other', at(-1), 'none')).toBe('0');
    expect(await store.log.head()).toMatchObject({ size: 0 });
    // The same change without the conflict goes through: nothing was left behind.
    expect(await store.commit(whole)).toMatchObject({ ok: true });
  });

  it('rejects only the caller whose entry has no canonical form', async () => {
    const { store } = context;
    const outcomes = await Promise.allSettled([
      store.commit({ audit: [anEvent(0)] }),
      store.commit({
        requests: [{ expectedVersion: 0, next: aRequest('req_1') }],
        audit: [anEvent(1), anEvent(2, { data: { bad: NaN } })],
      }),
      store.commit({ audit: [anEvent(3)] }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.request('req_1')).toBeUndefined();
    const { items: entries } = await store.log.entries({ limit: 10 });
    expect(entries.map(({ entry }) => [entry.sequence, entry.data.n])).toEqual([
      [0, 0],
      [1, 3],
    ]);
    const logged = entries.map((stored) => ({ ...stored, sequence: stored.entry.sequence }));
    expect(await verifyLog(logged, await store.log.head())).toMatchObject({ valid: true, size: 2 });
  });

  it('behaves, batch after batch, like one change set after the other', async () => {
    const write = fc.record({ id: fc.nat(3), expectedVersion: fc.nat(3), entries: fc.nat(2) });
    const batches = fc.array(fc.array(write, { maxLength: 8 }), { maxLength: 5 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(batches, async (plan) => {
        const { store } = context;
        const prefix = `run_${(run += 1)}_`;
        const versions = new Map<string, number>();
        let size = (await store.log.head()).size;
        for (const batch of plan) {
          const results = await Promise.all(
            batch.map(({ id, expectedVersion, entries }) =>
              store.commit({
                requests: [{ expectedVersion, next: aRequest(prefix + id) }],
                audit: Array.from({ length: entries }, (_, n) => anEvent(n)),
              }),
            ),
          );
          const expected = batch.map(({ id, expectedVersion, entries }): unknown => {
            const version = versions.get(prefix + id) ?? 0;
            if (version !== expectedVersion) return 'version';
            versions.set(prefix + id, version + 1);
            size += entries;
            return Array.from({ length: entries }, (_, n) => size - entries + n);
          });
          expect(results.map(summary)).toEqual(expected);
        }
        for (const [id, version] of versions) {
          expect((await store.request(id))?.version).toBe(version);
        }
        expect((await store.log.head()).size).toBe(size);
      }),
      { numRuns: 40 },
    );
  });

  it('commits what was handed over before it is closed, and refuses everything after', async () => {
    const { store } = context;
    const pending = store.commit({ audit: [anEvent(1)] });
    await store.close();
    expect(await pending).toMatchObject({ ok: true, entries: [{ sequence: 0 }] });
    await expect(store.commit({ audit: [anEvent(2)] })).rejects.toThrow(StorageUnavailable);
    await expect(store.request('req_1')).rejects.toThrow(StorageUnavailable);
    await expect(store.log.head()).rejects.toThrow(StorageUnavailable);
    await expect(store.ping()).rejects.toThrow(StorageUnavailable);
  });
}

function summary(result: CommitResult): unknown {
  return result.ok ? result.entries.map(({ sequence }) => sequence) : result.conflict;
}
