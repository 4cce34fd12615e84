import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { verifyWholeLog } from '../../../policy-service/src/application/audit-log/read-log';
import { identityKey } from '../../../policy-service/src/domain/identity/identity-check';
import { limitKey } from '../../../policy-service/src/domain/decision/limit';
import { requestDigest } from '../../../policy-service/src/domain/request/digest';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { TestService, type Answer } from '../harness';

/** Made by scripts/data-fixture; see its --help. */
const FOLDER = resolve(__dirname, '../../fixtures/data-directories');

const REAL_TIMERS: (
  | 'hrtime'
  | 'nextTick'
  | 'performance'
  | 'queueMicrotask'
  | 'setImmediate'
  | 'clearImmediate'
  | 'setInterval'
  | 'clearInterval'
  | 'setTimeout'
  | 'clearTimeout'
)[] = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
];

interface Index {
  requests: Record<string, { id: string; state: string }>;
  tokens: Record<string, string>;
  madeAt: string;
  password: string;
}

interface Stored {
  entries: string[];
  requests: GovernedRequest[];
}

/** Read without any code of ours, as the version that wrote it left it. */
function stored(dataDir: string): Stored {
  const copy = mkdtempSync(join(tmpdir(), 'execution-layer-earlier-'));
  cpSync(dataDir, copy, { recursive: true });
  const db = new Database(join(copy, 'execution-layer.sqlite'));
  const column = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all();
  const read = {
    entries: column('SELECT canonical FROM audit_entries ORDER BY sequence'),
    requests: column('SELECT doc FROM requests').map((doc) => JSON.parse(doc) as GovernedRequest),
  };
  db.close();
  rmSync(copy, { recursive: true });
  return read;
}

describe.each(
  readdirSync(FOLDER, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map(({ name }) => name),
)('a data directory of version %s', (version) => {
  const dataDir = join(FOLDER, version);
  const index = JSON.parse(readFileSync(join(dataDir, 'index.json'), 'utf8')) as Index;
  const before = stored(dataDir);
  let service: TestService;

  beforeAll(async () => {
    // Only the date: what was allowed then would have expired since.
    jest.useFakeTimers({ now: Date.parse(index.madeAt), doNotFake: REAL_TIMERS });
    service = await TestService.on(dataDir);
    service.token = index.tokens['all'] ?? '';
  });
  afterAll(async () => {
    await service.stop();
    jest.useRealTimers();
  });

  const id = (story: string): string => index.requests[story]?.id ?? '';
  const execute = (story: string): Promise<{ status: number; body: { state: string } }> =>
    service.execute(id(story));

  test('its log verifies, and its entries are kept to the byte', async () => {
    const { log } = service.service.deps.store;
    const result = await verifyWholeLog(log);
    expect(result).toMatchObject({ valid: true, problems: [] });
    const { items: entries } = await log.entries({ limit: 1000, from: 0 });
    expect(entries.slice(0, before.entries.length).map(({ canonical }) => canonical)).toEqual(
      before.entries,
    );
  });

  test('every request is where it was, with its timeline, and its digest still fits', async () => {
    expect(before.requests.length).toBeGreaterThan(30);
    for (const { id: requestId, state } of Object.values(index.requests)) {
      const answer = await service.call(`/v1/requests/${requestId}`);
      expect(answer).toMatchObject({ status: 200, body: { id: requestId, state } });
      expect((await service.timeline(requestId)).length).toBeGreaterThan(0);
    }
    for (const request of before.requests) {
      const now = (await service.service.deps.store.request(request.id))?.value;
      expect(now && requestDigest(now)).toBe(requestDigest(request));
      if (request.decision && request.arguments) {
        expect(request.decision.digest).toBe(requestDigest(request));
      }
    }
  });

  test('its policy decides on, whatever is checked more strictly now', async () => {
    const body = { requestedBy: 'new@example.com', arguments: { vendor_id: 'V-1001' } };
    const answer = await service.call('/v1/tools/vendor.read', { ...body, execute: true });
    expect(answer.body).toMatchObject({ state: 'executed' });
  });

  test('who could sign in or call can, and who could not cannot', async () => {
    const signedIn = await service.call(
      '/v1/session',
      { email: 'finance@example.com', password: index.password },
      { token: null, key: null },
    );
    expect(signedIn.status).toBe(200);
    const revoked = await service.call('/v1/actions', undefined, {
      token: index.tokens['revoked'] ?? '',
    });
    expect(revoked.status).toBe(401);
  });

  test('what was allowed or approved is executed once, and what was open can be carried on', async () => {
    expect((await execute('approved')).body.state).toBe('executed');
    expect((await execute('allowed')).body.state).toBe('executed');
    expect((await execute('allowed')).body.state).toBe('executed');
    expect(await service.records('payments')).toHaveLength(2);
    const validated = await service.call(`/v1/requests/${id('extracted')}/validate`, {});
    expect(validated.body.state).toBe('validated');
    const decided = await service.call(`/v1/requests/${id('validated')}/decide`, {});
    expect(decided.body.state).toBe('allowed');
  });

  const asks = (action: string, args: object, requestedBy: string): Promise<Answer> =>
    service.call(`/v1/tools/${action}`, { requestedBy, arguments: args });
  const PAYMENT = { vendor_id: 'V-1001', amount: '150.00', currency: 'USD' };

  test('a twin of what waits since yesterday is known as one, both ways, however it is spelt', async () => {
    const reviewer = await service.person('reviewer@example.com', index.password);
    const old = (await service.call(`/v1/requests/${id('awaiting_approval')}`)).body;
    const known: string[] = [];
    for (const document of ['Q-1', 'q-1 ', ' q-1']) {
      const { body } = await asks('pay.search', { ...PAYMENT, document }, 'new@example.com');
      expect(body.state).toBe('awaiting_approval');
      known.push(body.id);
      const { twins } = (await reviewer(`/v1/approvals/${body.approval.id}`)).body;
      expect(twins).toContainEqual({ requestId: old.id, state: 'awaiting_approval' });
    }
    const { twins } = (await reviewer(`/v1/approvals/${old.approval.id}`)).body;
    expect(twins.map(({ requestId }: { requestId: string }) => requestId)).toEqual(known);
  });

  test('what was approved yesterday is not asked for again today', async () => {
    const approved = id('approved');
    for (const document of ['q-4', 'Q-4\u00a0']) {
      const { body } = await asks('pay.search', { ...PAYMENT, document }, 'new@example.com');
      expect(body).toMatchObject({ state: 'blocked' });
      expect(JSON.stringify(body.decision.reasons)).toContain(approved);
    }
  });

  test("yesterday's shares count for whoever spells the vendor or the requester in another way", async () => {
    const keyed = { ...PAYMENT, amount: '50.00', vendor_id: 'Q-1' };
    const used: string[] = [];
    for (const requestedBy of ['requester@example.com', 'Req.uester+x@EXAMPLE.com']) {
      const { body } = await asks('pay.keyed', keyed, requestedBy);
      const [entry] = (await service.timeline(body.id)).filter(
        ({ type }) => type === 'request.decided',
      );
      used.push(entry.data.decision.limits[0].used);
    }
    expect(used).toEqual(['50.00', '100.00']);
  });
});

/** A copy of the fixture in which one request was asked for in another way. */
function changed(change: (db: Database.Database) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'execution-layer-keys-'));
  cpSync(join(FOLDER, '0.1.0'), folder, { recursive: true });
  const file = join(folder, 'execution-layer.sqlite');
  const db = new Database(file);
  change(db);
  db.close();
  return file;
}

test('shares are re-keyed by the requester and by declared formats, through the policy that took them', async () => {
  const file = changed((db) => {
    // The first key names the requester last, the second one alone; the vendor looks like them.
    db.exec(`
      UPDATE requests SET doc = json_set(doc, '$.subject.requestedBy', 'Ana.S+x@Example.com',
        '$.arguments.vendor_id', 'ana.s+x@example.com');
      UPDATE reservations SET key = '["ana.s+x@example.com","USD","ana.s+x@example.com"]'
        WHERE limit_id = 'pay-keyed-daily';
      UPDATE reservations SET key = '["ana.s+x@example.com"]' WHERE limit_id = 'pay-once-count';
      UPDATE bundles SET files = replace(files, 'document: { type: string,',
        'document: { type: string, format: iban,');
      UPDATE requests SET doc = json_set(doc, '$.arguments.document', 'DE89-3704-0044-0532-0130-00');
      UPDATE reservations SET key = '["V-1001","150.00","USD","DE89-3704-0044-0532-0130-00"]'
        WHERE limit_id = 'pay-search-twice';
    `);
  });
  const store = await openSqliteStore({ file });
  const long = '2000-01-01T00:00:00.000Z';
  const used = (limit: string, ...key: string[]): Promise<string> =>
    store.limitUsed(limit, limitKey(key), long, 'another');
  expect(await used('pay-keyed-daily', 'ana.s+x@example.com', 'USD', 'anas@example.com')).not.toBe(
    '0',
  );
  expect(await used('pay-once-count', identityKey('<ANA.S@example.com>'))).not.toBe('0');
  expect(await used('pay-once-count', 'ana.s+x@example.com')).toBe('0');
  expect(
    await used('pay-search-twice', 'V-1001', '150.00', 'USD', 'DE89370400440532013000'),
  ).not.toBe('0');
  await store.close();
});

test('shares of a policy that cannot be read any more stay as they are', async () => {
  const file = changed((db) => db.exec(`UPDATE bundles SET files = '[]'`));
  const store = await openSqliteStore({ file });
  const key = limitKey(['q-1', 'usd', 'requester@example.com']);
  expect(await store.limitUsed('pay-keyed-daily', key, '2000-01-01T00:00:00.000Z', 'another')).toBe(
    '500000',
  );
  await store.close();
});

test('a database of a newer version is refused, with a sentence', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'execution-layer-newer-'));
  const file = join(folder, 'execution-layer.sqlite');
  const db = new Database(file);
  db.pragma('user_version = 999');
  db.close();
  await expect(openSqliteStore({ file })).rejects.toThrow(/schema 999.*version/);
  rmSync(folder, { recursive: true });
});
