import fc from 'fast-check';
import type { Store } from '../../../../policy-service/src/application/ports';
import { anEvent, aReservation, at } from '../documents';
import type { ContractContext } from '../store-contract';

const { limitId, key } = aReservation();
const used = (store: Store, except = 'none'): Promise<string> =>
  store.limitUsed(limitId, key, at(-1), except);

export function limitContract(context: ContractContext): void {
  it('holds a limit against 50 payments of 9,999 at once', async () => {
    const { store } = context;
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        store.commit({
          reservations: [aReservation({ requestId: `req_${n}`, amount: '9999', max: '25000' })],
        }),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(2);
    expect(results.filter((r) => !r.ok && r.conflict === 'limit')).toHaveLength(48);
    expect(await used(store)).toBe('19998');
  });

  it('never exceeds a limit, whatever is reserved and given back at once', async () => {
    const step = fc.record({
      request: fc.nat(5),
      amount: fc.bigInt(0n, 12_000n),
      second: fc.nat(40),
      release: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 })), async (batches) => {
        const { store } = context;
        const limit = `limit_${(run += 1)}`;
        const held = new Map<string, { second: number; amount: bigint }>();
        for (const batch of batches) {
          const results = await Promise.all(
            batch.map(({ request, amount, second, release }) => {
              const requestId = `${limit}_${request}`;
              return store.commit({
                ...(release ? { releases: [requestId] } : {}),
                reservations: [
                  aReservation({
                    requestId,
                    limitId: limit,
                    amount: amount.toString(),
                    at: at(second),
                    windowMs: 20_000,
                    max: '25000',
                  }),
                ],
              });
            }),
          );
          batch.forEach(({ request, amount, second }, i) => {
            const others = [...held]
              .filter(([id, share]) => id !== `${request}` && share.second > second - 20)
              .reduce((sum, [, share]) => sum + share.amount, 0n);
            const fits = others + amount <= 25_000n;
            expect(results[i]?.ok).toBe(fits);
            if (fits) held.set(`${request}`, { second, amount });
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lets exactly the maximum through', async () => {
    const { store } = context;
    const first = aReservation({ requestId: 'req_1', amount: '24999', max: '25000' });
    const exact = aReservation({ requestId: 'req_2', amount: '1', max: '25000' });
    const more = aReservation({ requestId: 'req_3', amount: '1', max: '25000' });
    expect(await store.commit({ reservations: [first] })).toMatchObject({ ok: true });
    expect(await store.commit({ reservations: [exact] })).toMatchObject({ ok: true });
    expect(await store.commit({ reservations: [more] })).toMatchObject({ conflict: 'limit' });
  });

  it('checks a change set that reserves twice as a whole', async () => {
    const { store } = context;
    const pair = ['req_1', 'req_2'].map((requestId) =>
      aReservation({ requestId, amount: '15000', max: '25000' }),
    );
    expect(await store.commit({ reservations: pair })).toMatchObject({ conflict: 'limit' });
    expect(await used(store)).toBe('0');
  });

  it('replaces the share of a request that is written again', async () => {
    const { store } = context;
    const share = (amount: string) => aReservation({ amount, max: '25000' });
    await store.commit({ reservations: [share('20000')] });
    expect(await store.commit({ reservations: [share('24000')] })).toMatchObject({ ok: true });
    expect(await used(store)).toBe('24000');
    expect(await store.commit({ reservations: [share('25001')] })).toMatchObject({
      conflict: 'limit',
    });
    expect(await used(store)).toBe('24000');
  });

  it('gives every share of a request back, before new ones are taken', async () => {
    const { store } = context;
    const other = aReservation({ limitId: 'payments-count', amount: '1', max: '5' });
    await store.commit({ reservations: [aReservation(), other] });
    await store.commit({ releases: ['req_1'], reservations: [aReservation({ amount: '7' })] });
    expect(await used(store)).toBe('7');
    expect(await store.limitUsed('payments-count', key, at(-1), 'none')).toBe('0');
  });

  it('counts a share that a person approved above the maximum against later ones', async () => {
    const { store } = context;
    const approved = aReservation({ amount: '3000000', max: null });
    expect(await store.commit({ reservations: [approved] })).toMatchObject({ ok: true });
    const next = aReservation({ requestId: 'req_2', amount: '1' });
    expect(await store.commit({ reservations: [next] })).toMatchObject({ conflict: 'limit' });
  });

  it('keeps limits and keys apart, and forgets what left the window', async () => {
    const { store } = context;
    const full = aReservation({ amount: '2500000' });
    const fresh = (members: object) =>
      aReservation({ requestId: 'req_2', amount: '1', ...members });
    await store.commit({ reservations: [full] });
    for (const apart of [
      fresh({ key: 'V-1003|USD' }),
      fresh({ limitId: 'other' }),
      // The window is open at its far end: exactly 24 hours later the share no longer counts.
      fresh({ at: at(86_400) }),
    ]) {
      expect(await store.commit({ reservations: [apart] })).toMatchObject({ ok: true });
    }
    const inside = fresh({ requestId: 'req_3', at: at(86_399) });
    expect(await store.commit({ reservations: [inside] })).toMatchObject({ conflict: 'limit' });
  });

  it('sums exactly, beyond what a double or 64 bits hold', async () => {
    const { store } = context;
    const amount = '999999999999999999';
    for (let n = 0; n < 11; n++) {
      await store.commit({
        reservations: [aReservation({ requestId: `req_${n}`, amount, max: null })],
      });
    }
    expect(await used(store)).toBe((BigInt(amount) * 11n).toString());
    expect(await used(store, 'req_0')).toBe((BigInt(amount) * 10n).toString());
    expect(await store.limitUsed(limitId, key, at(0), 'none')).toBe('0');
  });

  it.each(['1.5', '-1', '', '1e3', ' 1', '1000000000000000000'])(
    'refuses the amount "%s"',
    async (amount) => {
      const commit = context.store.commit({ reservations: [aReservation({ amount })] });
      await expect(commit).rejects.toThrow(TypeError);
      expect(await used(context.store)).toBe('0');
    },
  );

  it('purges only what no window of a clock that is a week behind sees any more', async () => {
    const week = 7 * 86_400;
    const { store } = context;
    await store.commit({
      reservations: [
        aReservation({ requestId: 'req_1', at: at(0), windowMs: 1000 }),
        aReservation({ requestId: 'req_2', at: at(50), windowMs: 60_000, amount: '5' }),
      ],
    });
    await store.purge(at(week + 59));
    expect(await used(store)).toBe('999905');
    await store.purge(at(week + 60));
    expect(await used(store)).toBe('5');
  });

  it('lets one of twins through: the first place, which does not move, or the one that was sent', async () => {
    const { store } = context;
    const twin = (requestId: string, more: object = {}) => ({
      audit: [anEvent(1)],
      reservations: [aReservation({ requestId, amount: '1', max: null, ...more })],
    });
    const go = { phase: 'sent', alone: true, at: at(9) };
    await store.commit(twin('req_b', { phase: 'waiting', amount: '0' }));
    await store.commit(twin('req_a'));
    await store.commit(twin('req_b'));
    await store.commit(twin('req_c'));
    const ids = async () =>
      (await store.limitTwins(limitId, key, at(-1))).map(({ requestId }) => requestId);
    expect(await ids()).toEqual(['req_a', 'req_b', 'req_c']);
    expect(await store.commit(twin('req_b', go))).toMatchObject({ conflict: 'limit' });
    await store.commit({ releases: ['req_a'] });
    expect(await store.commit(twin('req_b', go))).toMatchObject({ ok: true });
    await store.commit(twin('req_a'));
    for (const id of ['req_a', 'req_c']) {
      expect(await store.commit(twin(id, go))).toMatchObject({ conflict: 'limit' });
    }
    // Nobody knows when it ends, so no window is over; once it is known, the window begins.
    const later = { ...go, at: at(200_000) };
    expect(await store.commit(twin('req_c', later))).toMatchObject({ conflict: 'limit' });
    await store.commit({ settles: [{ requestId: 'req_b', at: at(10) }], releases: ['req_a'] });
    expect(await store.commit(twin('req_c', { ...go, at: at(86_409) }))).toMatchObject({
      conflict: 'limit',
    });
    expect(await store.commit(twin('req_c', later))).toMatchObject({ ok: true });
  });

  it('spells a key in one way', async () => {
    const { store } = context;
    const spelled = (sku: string) => JSON.stringify([sku]);
    await store.commit({ reservations: [aReservation({ key: spelled('q-1'), amount: '1' })] });
    for (const sku of ['Q-1', ' q-1\u00a0', 'q-1\ufe0f', '\uff31-1']) {
      expect(await store.limitUsed(limitId, spelled(sku), at(-1), '')).toBe('1');
    }
    expect(await store.limitUsed(limitId, spelled('q-2'), at(-1), '')).toBe('0');
  });

  it('counts what was taken while the clock was behind until it has caught up, and then anew', async () => {
    const { store } = context;
    const day = 86_400;
    const take = (requestId: string, seconds: number) =>
      store.commit({
        audit: [anEvent(1, { at: at(seconds) })],
        reservations: [aReservation({ requestId, amount: '1', at: at(seconds), max: '3' })],
      });
    expect(await take('req_1', 0)).toMatchObject({ ok: true });
    expect(await take('req_2', -3 * day)).toMatchObject({ ok: true });
    expect(await take('req_3', -2 * day)).toMatchObject({ ok: true });
    for (const seconds of [-3 * day, -day, 1, day - 1]) {
      expect(await take('req_4', seconds)).toMatchObject({ conflict: 'limit' });
    }
    await store.purge(at(4 * day));
    // The clock has caught up here: two of them count for a day from now on.
    expect(await take('req_4', day + 1)).toMatchObject({ ok: true });
    expect(await take('req_5', day + 2)).toMatchObject({ conflict: 'limit' });
    expect(await take('req_5', 2 * day + 2)).toMatchObject({ ok: true });
  });
}
