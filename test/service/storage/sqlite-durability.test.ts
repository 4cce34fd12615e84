import type { LogPage } from '../../../policy-service/src/application/ports';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredEntry } from '../../../policy-service/src/audit/entry';
import { verifyLog } from '../../../policy-service/src/audit/verify-log';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { runChild, type Child } from './children/run-child';
import { tempDirs } from './temp-dir';

const tempDir = tempDirs();
const WRITERS = 8;
const ENTRIES_EACH = 640;

it('keeps one contiguous, valid log under eight processes, one of them killed', async () => {
  const file = join(tempDir(), 'store.db');
  const writers = Array.from({ length: WRITERS }, (_, i) =>
    runChild('appender.ts', [file, `writer_${i}`, String(ENTRIES_EACH)]),
  );
  const victim = writers[0] as Child;
  const kill = setInterval(() => {
    if (victim.lines.length >= 50) victim.process.kill('SIGKILL');
  }, 1);
  const ends = await Promise.all(writers.map(({ ended }) => ended));
  clearInterval(kill);
  expect(ends[0]).toMatchObject({ signal: 'SIGKILL' });
  expect(ends.slice(1)).toEqual(
    Array.from({ length: WRITERS - 1 }, () => ({ code: 0, signal: null, stderr: '' })),
  );

  const store = await openSqliteStore({ file });
  const head = await store.log.head();
  const logged: StoredEntry[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const page: LogPage = await store.log.entries({ from, limit: 1000 });
    logged.push(...page.items);
    from = page.nextFrom;
  }
  await store.close();
  const verification = await verifyLog(
    logged.map((stored) => ({ ...stored, sequence: stored.entry.sequence })),
    head,
  );
  expect(verification).toMatchObject({ valid: true, size: logged.length, problems: [] });

  let acknowledged = 0;
  writers.forEach(({ lines }, i) => {
    for (const line of lines) {
      const [n, sequence, leafHash] = line.split(' ');
      expect(logged[Number(sequence)]).toMatchObject({
        leafHash,
        entry: { requestId: `writer_${i}`, data: { n: Number(n) } },
      });
      acknowledged += 1;
    }
  });
  expect(victim.lines.length).toBeLessThan(ENTRIES_EACH);
  expect(acknowledged).toBe(victim.lines.length + (WRITERS - 1) * ENTRIES_EACH);
  // Beyond what was acknowledged, at most the batch that the killed writer had in flight.
  expect(logged.length - acknowledged).toBeLessThanOrEqual(16);
});

it('refuses whole batches when the disk takes no more, and loses nothing acknowledged', async () => {
  const file = join(tempDir(), 'store.db');
  // A file-size limit of the process makes SQLite's writes fail as a full disk does.
  const child = runChild('fill-disk.ts', [file], ['sh', '-c', 'ulimit -f 2048; exec "$@"', 'sh']);
  const end = await child.ended;
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  const report = JSON.parse(child.lines[0] ?? '') as {
    acknowledged: string[];
    refused: number;
    refusedIds: string[];
    size: number;
  };
  expect(report).toMatchObject({ refused: 8, unavailable: true, found: 0 });
  expect(report.acknowledged.length).toBeGreaterThan(0);
  expect(report.size).toBe(report.acknowledged.length);

  const store = await openSqliteStore({ file });
  for (const id of report.acknowledged) expect(await store.request(id)).toBeDefined();
  for (const id of report.refusedIds) expect(await store.request(id)).toBeUndefined();
  const { items: entries } = await store.log.entries({ limit: 1000 });
  const logged = entries.map((stored) => ({ ...stored, sequence: stored.entry.sequence }));
  expect(await verifyLog(logged, await store.log.head())).toMatchObject({ valid: true });
  expect(entries.map(({ entry }) => entry.requestId)).toEqual(report.acknowledged);
  await store.close();
});

/** Whether strace may trace a process here; containers often forbid it. */
const straceProblem = ((): string | undefined => {
  const { error, status } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  if (error) return 'strace is not installed (Debian: apt-get install strace)';
  return status === 0 ? undefined : 'strace may not trace processes here';
})();

describe('an acknowledgement', () => {
  if (straceProblem !== undefined) {
    console.warn(`Skipped: the order of fdatasync and acknowledgement; ${straceProblem}.`);
  }
  const tracedIt = straceProblem === undefined ? it : it.skip;

  /** System calls on the WAL, in order, between READY and ACK. */
  async function walCalls(mode: 'store' | 'thread' | 'careless'): Promise<string[]> {
    const dir = tempDir();
    const trace = join(dir, 'trace');
    const strace = [
      'strace',
      '-f',
      '-y',
      '-e',
      'trace=write,pwrite64,fsync,fdatasync',
      '-o',
      trace,
    ];
    const child = runChild('one-commit.ts', [join(dir, 'store.db'), mode], strace);
    const { code, stderr } = await child.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const calls = readFileSync(trace, 'utf8').split('\n');
    const ready = calls.findIndex((call) => call.includes('"READY\\n"'));
    const acknowledged = calls.findIndex((call) => call.includes('"ACK\\n"'));
    expect(ready).toBeGreaterThanOrEqual(0);
    expect(acknowledged).toBeGreaterThan(ready);
    return calls
      .slice(ready, acknowledged)
      .filter((call) => call.includes('store.db-wal'))
      .map((call) => /(pwrite64|fsync|fdatasync)\(/.exec(call)?.[1] ?? call);
  }

  tracedIt.each(['store', 'thread'] as const)(
    'comes after the WAL was forced to the disk (%s)',
    async (mode) => {
      const calls = await walCalls(mode);
      expect(calls).toContain('pwrite64');
      expect(calls.at(-1)).toMatch(/^(fdatasync|fsync)$/);
    },
  );

  tracedIt('would not with the defaults of the driver: the check can fail', async () => {
    const calls = await walCalls('careless');
    expect(calls.at(-1)).toBe('pwrite64');
  });
});
