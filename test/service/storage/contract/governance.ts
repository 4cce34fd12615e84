import type { Control } from '../../../../policy-service/src/domain/stops/stop';
import { aReservation, aRequest, at, anEvent } from '../documents';
import type { ContractContext } from '../store-contract';

const files = [{ path: 'policies/a.yaml', text: 'rules: []\n' }];
const aBundle = (version: string) => ({
  version,
  files,
  createdAt: at(0),
  createdBy: 'ops@example.com',
});
const anActivation = (version: string, reason = 'because') => ({
  version,
  at: at(1),
  by: 'ops@example.com',
  reason,
});
const aControl = (id: string, members: Partial<Control> = {}): Control => ({
  id,
  target: { kind: 'all' },
  reason: 'the ERP is being repaired',
  at: at(0),
  by: 'ops@example.com',
  ...members,
});

export function governanceContract(context: ContractContext): void {
  it('keeps a bundle once, under the hash of its content', async () => {
    const { store } = context;
    await store.commit({ bundles: [aBundle('sha256:1')] });
    await store.commit({ bundles: [{ ...aBundle('sha256:1'), files: [], createdBy: 'x' }] });
    await store.commit({ bundles: [aBundle('sha256:2')] });
    expect((await store.bundles()).map(({ version }) => version)).toEqual(['sha256:2', 'sha256:1']);
    expect(await store.bundleFiles('sha256:1')).toEqual(files);
    expect(await store.bundleFiles('sha256:3')).toBeUndefined();
  });

  it('lists activations newest first, in pages', async () => {
    const { store } = context;
    await store.commit({ bundles: [aBundle('sha256:1')] });
    for (const reason of ['first', 'second', 'third']) {
      await store.commit({ activation: anActivation('sha256:1', reason) });
    }
    const page = await store.activations({ limit: 2 });
    expect(page.items.map(({ reason }) => reason)).toEqual(['third', 'second']);
    const rest = await store.activations({ limit: 2, cursor: page.nextCursor });
    expect(rest).toEqual({
      items: [{ ...anActivation('sha256:1', 'first'), sequence: expect.any(Number) as number }],
    });
  });

  it('refuses an activation of a bundle that is not stored, and changes nothing', async () => {
    const { store } = context;
    await expect(store.commit({ activation: anActivation('sha256:9') })).rejects.toThrow();
    expect(await store.revision()).toBe(0);
    expect((await store.activations({ limit: 5 })).items).toEqual([]);
  });

  it('moves the revision on with each activation and each stop, and with nothing else', async () => {
    const { store } = context;
    await store.commit({ bundles: [aBundle('sha256:1')], audit: [anEvent(1)] });
    expect(await store.revision()).toBe(0);
    await store.commit({ activation: anActivation('sha256:1') });
    expect(await store.revision()).toBe(1);
    await store.commit({ controls: [aControl('ctl_1')] });
    expect(await store.revision()).toBe(2);
    await store.commit({ controls: [] });
    expect(await store.revision()).toBe(2);
  });

  it('refuses a commit that was decided on an older revision, even in the same moment', async () => {
    const { store } = context;
    const write = (id: string, expectedRevision: number) =>
      store.commit({ requests: [{ expectedVersion: 0, next: aRequest(id) }], expectedRevision });
    const [before, stop, after] = await Promise.all([
      write('req_1', 0),
      store.commit({ controls: [aControl('ctl_1')] }),
      write('req_2', 0),
    ]);
    expect(before.ok && stop.ok).toBe(true);
    expect(after).toEqual({ ok: false, conflict: 'revision' });
    expect(await store.request('req_2')).toBeUndefined();
    expect((await write('req_2', 1)).ok).toBe(true);
  });

  it('lists stops newest first, in pages, the active ones by themselves', async () => {
    const { store } = context;
    const lifted = { liftedAt: at(9), liftedBy: 'ops@example.com', liftReason: 'repaired' };
    await store.commit({
      controls: [1, 2, 3].map((n) => aControl(`ctl_${n}`, { at: at(n) })),
    });
    await store.commit({ controls: [aControl('ctl_2', { at: at(2), ...lifted })] });
    const ids = (items: Control[]): string[] => items.map(({ id }) => id);
    const page = await store.controls({ limit: 2 });
    expect(ids(page.items)).toEqual(['ctl_3', 'ctl_2']);
    const next = await store.controls({ limit: 2, cursor: page.nextCursor });
    expect(next.nextCursor).toBeUndefined();
    expect(ids(next.items)).toEqual(['ctl_1']);
    expect(ids((await store.controls({ active: true, limit: 5 })).items)).toEqual([
      'ctl_3',
      'ctl_1',
    ]);
  });

  it("keeps each connector's health", async () => {
    const { store } = context;
    expect(await store.connectorHealth('erp')).toBeUndefined();
    await store.commit({ connectorHealth: [{ connectorId: 'erp', state: { open: false } }] });
    await store.commit({ connectorHealth: [{ connectorId: 'erp', state: { open: true } }] });
    expect(await store.connectorHealth('erp')).toEqual({ open: true });
  });

  it('names the requests that hold a limit, oldest first', async () => {
    const { store } = context;
    await store.commit({
      reservations: [
        aReservation({ requestId: 'req_2', at: at(2), max: null }),
        aReservation({ requestId: 'req_1', at: at(1), max: null }),
        aReservation({ requestId: 'req_0', at: at(0), max: null }),
      ],
    });
    const { limitId, key } = aReservation();
    expect(await store.limitHolders(limitId, key, at(0), 'req_none')).toEqual(['req_1', 'req_2']);
    expect(await store.limitHolders(limitId, key, at(0), 'req_1')).toEqual(['req_2']);
  });

  it('lists the decided requests of a period oldest first, in pages', async () => {
    const { store } = context;
    const decision = { effect: 'allow' } as never;
    await store.commit({
      requests: [1, 2, 3, 4, 5].map((n) => ({
        expectedVersion: 0,
        next: aRequest(`req_${n}`, { createdAt: at(n), ...(n === 3 ? {} : { decision }) }),
      })),
    });
    const period = { from: at(1), to: at(5), limit: 2 };
    const page = await store.requestsDecided(period);
    expect(page.items.map(({ id }) => id)).toEqual(['req_1', 'req_2']);
    const next = await store.requestsDecided({ ...period, cursor: page.nextCursor });
    expect(next.items.map(({ id }) => id)).toEqual(['req_4']);
    expect(next.nextCursor).toBeUndefined();
  });
}
