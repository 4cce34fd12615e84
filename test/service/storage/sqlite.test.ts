import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { StorageUnavailable, type Store } from '../../../policy-service/src/application/ports';
import { verifyLog, type LogVerification } from '../../../policy-service/src/audit/verify-log';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { anEvent, aRequest } from './documents';
import { tempDirs } from './temp-dir';

const tempDir = tempDirs();
const newFile = (): string => join(tempDir(), 'store.db');

/** Works on the file beside the store, as another program would. */
function beside<T>(file: string, work: (db: Database) => T): T {
  const db = new Sqlite(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

async function verify(store: Store, kept: { size: number; rootHash: string }[] = []) {
  const { items: entries } = await store.log.entries({ limit: 1000 });
  const logged = entries.map((stored) => ({ ...stored, sequence: stored.entry.sequence }));
  return verifyLog(logged, await store.log.head(), kept);
}

describe('the file', () => {
  it('has the schema of schema.golden.sql', async () => {
    const file = newFile();
    await (await openSqliteStore({ file })).close();
    const schema = beside(file, (db) =>
      db
        .prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name')
        .pluck()
        .all()
        .concat(`PRAGMA user_version = ${String(db.pragma('user_version', { simple: true }))}`)
        .join(';\n\n'),
    );
    expect(`${schema};\n`).toBe(readFileSync(join(__dirname, 'schema.golden.sql'), 'utf8'));
  });

  it('can be opened again and still holds everything', async () => {
    const file = newFile();
    const first = await openSqliteStore({ file });
    await first.commit({
      requests: [{ expectedVersion: 0, next: aRequest('req_1') }],
      audit: [anEvent(1)],
    });
    const head = await first.log.head();
    await first.close();
    await first.close();
    const second = await openSqliteStore({ file });
    expect(await second.request('req_1')).toEqual({ version: 1, value: aRequest('req_1') });
    expect(await second.log.head()).toEqual(head);
    await second.commit({ audit: [anEvent(2)] });
    expect(await verify(second, [head])).toMatchObject({ valid: true, size: 2 });
    await second.close();
  });

  it('is refused, unchanged, when a newer version wrote it', async () => {
    const file = newFile();
    await (await openSqliteStore({ file })).close();
    beside(file, (db) => db.pragma('user_version = 999'));
    const opening = openSqliteStore({ file });
    await expect(opening).rejects.toThrow(StorageUnavailable);
    await expect(opening).rejects.toThrow(
      /has schema 999, but this version knows only \d+\. Start/,
    );
    expect(beside(file, (db) => db.pragma('user_version', { simple: true }))).toBe(999);
  });

  it('is refused when it is no database, or cannot be made', async () => {
    const file = newFile();
    writeFileSync(file, 'This is a text file, long enough to be looked at. '.repeat(50));
    await expect(openSqliteStore({ file })).rejects.toThrow(StorageUnavailable);
    const below = join(file, 'store.db');
    await expect(openSqliteStore({ file: below })).rejects.toThrow(StorageUnavailable);
  });

  it('is readable by its owner alone, the WAL too', async () => {
    const file = join(tempDir(), 'new', 'folder', 'store.db');
    const store = await openSqliteStore({ file });
    await store.commit({ audit: [anEvent(1)] });
    for (const path of [file, `${file}-wal`]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    await store.close();
  });
});

describe('a database that cannot be written', () => {
  it.each([
    ['this thread', false],
    ['a thread of its own', true],
  ])(
    'refuses every caller while another process holds it, then goes on: %s',
    async (_, writeThread) => {
      const file = newFile();
      const store = await openSqliteStore({ file, busyTimeoutMs: 20, writeThread });
      await store.commit({ requests: [{ expectedVersion: 0, next: aRequest('req_1') }] });
      const other = new Sqlite(file);
      other.exec('BEGIN IMMEDIATE');
      const change = (n: number) =>
        store.commit({
          requests: [{ expectedVersion: 0, next: aRequest(`req_new_${n}`) }],
          audit: [anEvent(n)],
        });
      const outcomes = await Promise.allSettled([1, 2, 3].map(change));
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: expect.any(StorageUnavailable),
        });
      }
      await expect(store.outboxClaim('msg_1', 0, 'now')).rejects.toThrow(/Another process holds/);
      // Reading is not hindered, and shows nothing of what was refused.
      expect(await store.request('req_1')).toBeDefined();
      expect(await store.request('req_new_1')).toBeUndefined();
      expect(await store.log.head()).toMatchObject({ size: 0 });

      other.exec('ROLLBACK');
      other.close();
      expect(await Promise.all([1, 2, 3].map(change))).toEqual(
        [0, 1, 2].map((sequence) => ({
          ok: true,
          entries: [{ sequence, leafHash: expect.stringMatching(/^[0-9a-f]{64}$/) }],
        })),
      );
      await store.close();
    },
  );

  it('changes nothing when the audit entry cannot be written', async () => {
    const file = newFile();
    const store = await openSqliteStore({ file });
    beside(file, (db) =>
      db.exec(`CREATE TRIGGER refuse BEFORE INSERT ON audit_entries
               BEGIN SELECT RAISE(ABORT, 'no entry today'); END`),
    );
    const change = store.commit({
      requests: [{ expectedVersion: 0, next: aRequest('req_1') }],
      audit: [anEvent(1)],
    });
    await expect(change).rejects.toThrow(StorageUnavailable);
    expect(await store.request('req_1')).toBeUndefined();
    beside(file, (db) => db.exec('DROP TRIGGER refuse'));
    expect(await store.commit({ audit: [anEvent(1)] })).toMatchObject({ ok: true });
    expect(await verify(store)).toMatchObject({ valid: true, size: 1 });
    await store.close();
  });

  it('refuses to append behind a head that does not fit the entries', async () => {
    const file = newFile();
    const store = await openSqliteStore({ file });
    await store.commit({ audit: [anEvent(1)] });
    beside(file, (db) => db.exec("UPDATE audit_head SET size = 0, compact_range = x''"));
    await expect(store.commit({ audit: [anEvent(2)] })).rejects.toThrow(StorageUnavailable);
    beside(file, (db) => db.exec("UPDATE audit_head SET compact_range = x'00'"));
    await expect(store.commit({ audit: [anEvent(2)] })).rejects.toThrow(StorageUnavailable);
    await expect(store.ping()).rejects.toThrow();
    await store.close();
  });
});

describe('two stores on one file', () => {
  it('see each other at once and share one log', async () => {
    const file = newFile();
    const [one, two] = await Promise.all([openSqliteStore({ file }), openSqliteStore({ file })]);
    await one.commit({ requests: [{ expectedVersion: 0, next: aRequest('req_1') }] });
    expect(await two.request('req_1')).toEqual({ version: 1, value: aRequest('req_1') });
    const writes = Array.from({ length: 40 }, (_, n) =>
      (n % 2 === 0 ? one : two).commit({ audit: [anEvent(n)] }),
    );
    expect((await Promise.all(writes)).every(({ ok }) => ok)).toBe(true);
    expect(await one.log.head()).toEqual(await two.log.head());
    expect(await verify(one)).toMatchObject({ valid: true, size: 40 });
    const race = await Promise.all(
      [one, two].map((store) =>
        store.commit({ requests: [{ expectedVersion: 1, next: aRequest('req_1') }] }),
      ),
    );
    expect(race.filter(({ ok }) => ok)).toHaveLength(1);
    await Promise.all([one.close(), two.close()]);
  });
});

describe('a log that somebody with the file tampers with', () => {
  const FREE = 'DROP TRIGGER audit_entries_are_final; DROP TRIGGER audit_entries_stay;';

  async function tampered(sql: string): Promise<LogVerification> {
    const file = newFile();
    const store = await openSqliteStore({ file });
    await store.commit({ audit: [0, 1, 2, 3].map((n) => anEvent(n)) });
    const kept = await store.log.head();
    beside(file, (db) => db.exec(sql));
    const verification = await verify(store, [kept]);
    await store.close();
    return verification;
  }

  it('does not take plain updates and deletes', async () => {
    await expect(tampered('DELETE FROM audit_entries')).rejects.toMatchObject({
      message: 'audit entries are never deleted',
    });
    await expect(tampered("UPDATE audit_entries SET canonical = '{}'")).rejects.toMatchObject({
      message: 'audit entries are never changed',
    });
  });

  it.each([
    [
      'a changed entry',
      `${FREE} UPDATE audit_entries SET canonical = replace(canonical, '"n":1', '"n":9')`,
      'leaf_hash_mismatch',
    ],
    ['a removed entry', `${FREE} DELETE FROM audit_entries WHERE sequence = 1`, 'sequence_gap'],
    ['a cut tail', `${FREE} DELETE FROM audit_entries WHERE sequence = 3`, 'size_mismatch'],
    ['a changed head', 'UPDATE audit_head SET compact_range = zeroblob(32)', 'root_mismatch'],
  ])('shows %s', async (_, sql, code) => {
    const { valid, problems } = await tampered(sql);
    expect(valid).toBe(false);
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  it('cannot show an entry under another request than the one it was hashed with', async () => {
    await expect(
      tampered(`${FREE} UPDATE audit_entries SET request_id = 'req_other'`),
    ).rejects.toMatchObject({ message: expect.stringContaining('generated column') });
  });
});
