import { CallRecords } from '../../../policy-service/src/application/change/call-records';
import type { CallRecord } from '../../../policy-service/src/application/change/tally';
import type { EntryBody } from '../../../policy-service/src/audit/entry';
import { AppError } from '../../../policy-service/src/domain/errors';

const refusal = (changes: Partial<CallRecord> = {}): CallRecord => ({
  type: 'call.refused',
  actor: { kind: 'service', id: 'anonymous' },
  address: '192.0.2.1',
  traceId: 'a'.repeat(32),
  data: { route: 'POST /v1/requests', code: 'unauthenticated' },
  ...changes,
});
const token = (id: string): EntryBody['actor'] => ({ kind: 'token', id });

function world() {
  const entries: EntryBody[] = [];
  let now = 0;
  let broken = false;
  let hold: Promise<void> = Promise.resolve();
  const records = new CallRecords({
    clock: { now: () => new Date(now) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    store: {
      async commit({ audit = [] }: { audit?: EntryBody[] }) {
        await hold;
        if (broken) throw new Error('full');
        entries.push(...audit);
        return { ok: true, entries: [] };
      },
    } as never,
  });
  return {
    records,
    entries,
    pass: (ms: number) => (now += ms),
    break: (is: boolean) => (broken = is),
    hold(): () => void {
      let release = (): void => undefined;
      hold = new Promise((resolve) => (release = resolve));
      return release;
    },
    counts: () => entries.map(({ data }) => data['count']),
    total: () => entries.reduce((sum, { data }) => sum + Number(data['count']), 0),
  };
}

it('enters the first at once, and while it goes on one a minute with the count', async () => {
  const { records, entries, pass, counts } = world();
  for (let minute = 0; minute < 3; minute += 1) {
    for (let i = 0; i < 5; i += 1) await records.note(refusal());
    pass(60_000);
    await records.flush();
  }
  expect(counts()).toEqual([1, 4, 5, 5]);
  expect(entries[1]).toMatchObject({ data: { since: new Date(0).toISOString() } });
  expect(entries[2]).toMatchObject({ data: { since: new Date(60_000).toISOString() } });
});

it('begins anew after a minute without one', async () => {
  const { records, pass, counts } = world();
  await records.note(refusal());
  pass(60_000);
  await records.flush();
  await records.note(refusal());
  expect(counts()).toEqual([1, 1]);
});

it('tells kinds and callers apart', async () => {
  const { records, counts } = world();
  await records.note(refusal());
  await records.note(refusal({ data: { route: 'GET /v1/requests', code: 'unauthenticated' } }));
  await records.note(refusal({ address: '192.0.2.2' }));
  await records.note(refusal({ actor: token('tok_1'), address: undefined }));
  await records.note(refusal({ apart: 'x' }));
  expect(counts()).toEqual([1, 1, 1, 1, 1]);
});

it('tells the counts of the running minute at the end', async () => {
  const { records, counts } = world();
  for (let i = 0; i < 3; i += 1) await records.note(refusal());
  await records.flush(true);
  await records.flush(true);
  expect(counts()).toEqual([1, 2]);
});

it.each([-3_600_000, 3_600_000])('counts each call once when the clock moves by %d', async (ms) => {
  const { records, pass, total } = world();
  for (let i = 0; i < 3; i += 1) await records.note(refusal());
  pass(ms);
  await records.flush();
  await records.note(refusal());
  pass(-ms);
  await records.flush();
  await records.flush(true);
  expect(total()).toBe(4);
});

it('loses and doubles nothing while it cannot be stored', async () => {
  const { records, pass, total, entries, ...other } = world();
  other.break(true);
  for (let minute = 0; minute < 5; minute += 1) {
    for (let i = 0; i < 3; i += 1) await records.note(refusal());
    pass(60_000);
    await records.flush();
  }
  expect(entries).toHaveLength(0);
  other.break(false);
  pass(60_000);
  await records.flush();
  expect(entries).toMatchObject([{ data: { count: 15, since: new Date(0).toISOString() } }]);
  await records.flush(true);
  expect(total()).toBe(15);
});

it('counts once what is called and flushed while an entry is on its way', async () => {
  const { records, total, ...other } = world();
  const release = other.hold();
  const work = [records.note(refusal()), records.note(refusal()), records.flush(true)];
  work.push(records.note(refusal()), records.flush(true));
  release();
  await Promise.all(work);
  await records.flush(true);
  expect(total()).toBe(3);
});

it('is bounded over many kinds of one caller, and counts them all', async () => {
  const { records, entries, total } = world();
  for (let i = 0; i < 500; i += 1) {
    await records.note(refusal({ data: { route: `GET /${i}`, code: 'not_found' } }));
  }
  await records.flush(true);
  expect(entries.length).toBeLessThanOrEqual(22);
  expect(total()).toBe(500);
  expect(entries.at(-1)).toMatchObject({
    actor: { id: 'anonymous' },
    data: { route: 'several', code: 'several', address: '192.0.2.1', count: 479 },
  });
});

it('is bounded over many strangers, who do not hide a known caller', async () => {
  const { records, entries, total } = world();
  for (let i = 0; i < 5_000; i += 1) {
    await records.note(refusal({ address: `198.51.${i >> 8}.${i & 255}` }));
  }
  await records.note(refusal({ actor: token('tok_1'), address: undefined }));
  expect(entries.at(-1)).toMatchObject({ actor: token('tok_1') });
  await records.flush(true);
  expect(entries.length).toBeLessThanOrEqual(104);
  expect(total()).toBe(5_001);
});

it('enters the refusals of many requests on each of them, in bounds', async () => {
  const { records, entries, total } = world();
  for (let i = 0; i < 6_000; i += 1) {
    const requestId = `req_${i % 600}`;
    await records.note(
      refusal({ type: 'request.command_refused', requestId, actor: token(`tok_${i % 3}`) }),
    );
  }
  expect(entries.filter(({ requestId }) => requestId !== undefined)).toHaveLength(600);
  await records.flush(true);
  expect(total()).toBe(6_000);
});

it('enters a refusal once, where most is known of it, and no failure of the service', async () => {
  const { records, entries } = world();
  const error = new AppError('not_executable', 'No.');
  await records.note(refusal({ type: 'request.command_refused', requestId: 'req_1' }), error);
  const call = { traceId: 'b'.repeat(32), route: 'POST /v1/requests/{id}/execute' };
  await records.refused(call, error);
  await records.refused(call, new AppError('internal', 'Oh.'));
  await records.refused(call, new AppError('storage_unavailable', 'Oh.'));
  expect(entries).toHaveLength(1);
});
