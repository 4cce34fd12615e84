import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startBackground } from '../../../policy-service/src/application/background';
import { checkLog } from '../../../policy-service/src/application/audit-log/log-check/check-log';
import { PASSWORD, TestService, type Body } from '../harness';

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('second@example.com', ['finance_approver', 'operator']);
});
afterEach(() => service.stop());

/** As somebody with the file would. */
function tamper(sql: string): void {
  const db = new Database(join(service.dataDir, 'execution-layer.sqlite'));
  db.exec(`DROP TRIGGER IF EXISTS audit_entries_are_final;
           DROP TRIGGER IF EXISTS audit_entries_stay; ${sql}`);
  db.close();
}
const FIRST = 'UPDATE audit_entries SET canonical = replace(canonical, \'"data"\', \'"dAta"\')';
const KINDS: [string, string, string][] = [
  [
    'a changed byte',
    "UPDATE audit_entries SET canonical = replace(canonical, ':true', ':null') || ' ' WHERE sequence = 2",
    'leaf_hash_mismatch',
  ],
  [
    'a changed leaf hash',
    'UPDATE audit_entries SET leaf_hash = zeroblob(32) WHERE sequence = 2',
    'leaf_hash_mismatch',
  ],
  ['a missing entry', 'DELETE FROM audit_entries WHERE sequence = 2', 'sequence_gap'],
  [
    'a missing tail',
    'DELETE FROM audit_entries WHERE sequence = (SELECT max(sequence) FROM audit_entries)',
    'size_mismatch',
  ],
  [
    'a foreign entry',
    'INSERT INTO audit_entries (sequence, canonical, leaf_hash) VALUES (999999, \'{"type":"a","actor":{"id":"b"}}\', zeroblob(32))',
    'foreign_entry',
  ],
  ['no head', 'DELETE FROM audit_head', 'head_unreadable'],
  [
    'a head of other hashes',
    'UPDATE audit_head SET compact_range = randomblob(length(compact_range))',
    'root_mismatch',
  ],
  ['a head that cannot be read', "UPDATE audit_head SET compact_range = x'00'", 'head_unreadable'],
  ['a head that is no number', "UPDATE audit_head SET size = 'many'", 'head_unreadable'],
];

const readyz = async (): Promise<Body> => (await fetch(`${service.url}/readyz`)).json();

describe('a service whose log is damaged', () => {
  test.each(KINDS)('starts read-only: %s', async (_kind, sql, code) => {
    const waiting = (
      await service.tool('vendor_payment.create', {
        vendor_id: 'V-1001',
        amount: '12000',
        currency: 'USD',
      })
    ).body;
    const allowed = (
      await service.tool('inventory.adjust', {
        sku: 'SKU-1001',
        quantity: 1,
        warehouse_id: 'WH-01',
      })
    ).body;
    expect([waiting.state, allowed.state]).toEqual(['awaiting_approval', 'allowed']);
    const as = await service.person('second@example.com');
    tamper(sql);
    await service.restart();
    service.background();

    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    expect(await readyz()).toMatchObject({ checks: { log: 'damaged', storage: 'ok' } });
    expect((await fetch(`${service.url}/metrics`)).status).toBe(200);

    const refused = {
      status: 503,
      body: { code: 'log_broken', detail: expect.stringContaining('audit verify') },
    };
    expect(await service.propose('Pay vendor V-1001 10 USD')).toMatchObject(refused);
    expect(await service.execute(allowed.id)).toMatchObject(refused);
    expect(await service.call(`/v1/requests/${allowed.id}/cancel`, {})).toMatchObject(refused);
    expect(
      await service.call('/v1/controls', { target: { kind: 'all' }, reason: 'x' }),
    ).toMatchObject(refused);
    const { id, digest } = (await as(`/v1/approvals/${waiting.approval.id}`)).body;
    expect(await as(`/v1/approvals/${id}/votes`, { vote: 'approve', digest })).toMatchObject(
      refused,
    );
    await expect(service.service.deps.store.commit({ connectorHealth: [] })).rejects.toThrow();
    expect(await service.records('movements')).toEqual([]);

    // Reading goes on, also for whoever signs in only now.
    expect(await service.call(`/v1/requests/${waiting.id}/timeline`)).toMatchObject({
      status: 200,
    });
    expect((await service.call('/v1/audit/entries?limit=1000')).status).toBe(200);
    const authorization = `Bearer ${service.token}`;
    const exported = await fetch(`${service.url}/v1/audit/export`, { headers: { authorization } });
    expect([exported.status, (await exported.text()).includes('leafHash')]).toEqual([200, true]);
    const verified = await service.call('/v1/audit/verify');
    expect(verified).toMatchObject({ status: 200, body: { valid: false } });
    expect(verified.body.problems.map((one: Body) => one.code)).toContain(code);
    const signedIn = await service.call(
      '/v1/session',
      { email: 'second@example.com', password: PASSWORD },
      { token: null, key: null },
    );
    expect(signedIn.status).toBe(200);
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    for (const path of [
      '/inbox',
      '/requests',
      `/requests/${waiting.id}`,
      '/controls',
      '/policies',
      '/attention',
    ]) {
      const page = await service.call(path, undefined, { token: null, headers: { cookie } });
      expect(page.status).toBe(200);
      expect(page.body).toContain('The audit log is damaged');
    }
    expect((await service.call('/sign-in', undefined, { token: null })).body).toContain(
      'The audit log is damaged',
    );
  });

  test('is writable again when it was repaired, and sessions without an entry end', async () => {
    const file = join(service.dataDir, 'execution-layer.sqlite');
    const before = new Database(file)
      .prepare('SELECT canonical FROM audit_entries WHERE sequence = 0')
      .pluck()
      .get() as string;
    tamper(`${FIRST} WHERE sequence = 0`);
    await service.restart();
    expect(await service.propose('x')).toMatchObject({ status: 503 });
    const signedIn = await service.call(
      '/v1/session',
      { email: 'second@example.com', password: PASSWORD },
      { token: null, key: null },
    );
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const read = () =>
      service.call('/v1/approvals', undefined, { token: null, headers: { cookie } });
    expect(await read()).toMatchObject({ status: 200 });

    const db = new Database(file);
    db.prepare('UPDATE audit_entries SET canonical = ? WHERE sequence = 0').run(before);
    db.close();
    expect(await service.propose('x')).toMatchObject({ status: 503 });
    await service.restart();
    expect(await service.propose('Pay vendor V-1001 10 USD')).toMatchObject({ status: 201 });
    expect(await read()).toMatchObject({ status: 401 });
    expect((await readyz()).checks).toMatchObject({ log: 'ok' });
  });

  test('damage to an old entry is found while it serves', async () => {
    const stop = startBackground(service.service.deps, { log: 20 });
    tamper(`${FIRST} WHERE sequence = 1`);
    for (let i = 0; i < 1500 && (await readyz()).checks.log === 'ok'; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await readyz()).checks.log).toBe('damaged');
    expect(await service.propose('x')).toMatchObject({ status: 503, body: { code: 'log_broken' } });
    await stop();
  });

  test.each([
    [
      'cut together with its head',
      "DELETE FROM audit_entries; UPDATE audit_head SET size = 0, compact_range = x''",
    ],
  ])('a log that was %s does not start as a sound one', async (_what, sql) => {
    await service.restart();
    tamper(sql);
    await service.restart();
    expect(await service.propose('x')).toMatchObject({ status: 503, body: { code: 'log_broken' } });
  });

  test('a start goes on from the last verified position', async () => {
    await service.restart();
    const { verified } = await service.service.deps.store.log.check();
    expect(verified?.size).toBe((await service.service.deps.store.log.head()).size);
    const read: number[] = [];
    const { log } = service.service.deps.store;
    const bytes = log.bytes.bind(log);
    log.bytes = (from) => (read.push(from), bytes(from));
    expect(await checkLog(service.service.deps, { again: true })).toBeUndefined();
    expect(read).toEqual([]);
  });
});

describe('a timeline of many large events', () => {
  test('is read by pages of bounded size, and whole', async () => {
    const { id } = (
      await service.tool('inventory.adjust', {
        sku: 'SKU-1001',
        quantity: 1,
        warehouse_id: 'WH-01',
      })
    ).body;
    const text = 'x'.repeat(50_000);
    for (let n = 0; n < 60; n += 1) {
      const event = { type: 'note', message: 'n', data: { text, n } };
      expect((await service.call(`/v1/requests/${id}/events`, event)).status).toBe(201);
    }
    const seen: number[] = [];
    let pages = 0;
    for (let from = 0; ; pages += 1) {
      const { body } = await service.call(`/v1/requests/${id}/timeline?from=${from}`);
      expect(JSON.stringify(body).length).toBeLessThan(1_200_000);
      seen.push(
        ...body.items.flatMap((one: Body) => (one.type === 'custom.note' ? [one.data.data.n] : [])),
      );
      if (body.nextFrom === undefined) break;
      from = body.nextFrom;
    }
    expect(pages).toBeGreaterThan(1);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => n));

    const as = await service.person('second@example.com');
    let page = await as(`/requests/${id}`);
    let links = 0;
    for (; ; links += 1) {
      expect(page.status).toBe(200);
      expect(page.body.length).toBeLessThan(600_000);
      const earlier = /href="([^"]*upTo=[^"]*)"/.exec(page.body)?.[1];
      if (!earlier) break;
      page = await as(earlier.replaceAll('&amp;', '&').split('#')[0] ?? '');
    }
    expect(links).toBeGreaterThan(2);
    expect(page.body).toContain('Newest entries');
  });

  test('a list of requests with large contexts ends a page by its size', async () => {
    for (let n = 0; n < 30; n += 1) {
      const body = {
        source: 'test',
        requestedBy: 'ana@example.com',
        requestText: 'Pay',
        context: { text: 'x'.repeat(60_000) },
      };
      expect((await service.call('/v1/requests', body)).status).toBe(201);
    }
    const { body } = await service.call('/v1/requests?limit=200');
    expect(body.items.length).toBeLessThan(30);
    const rest = await service.call(`/v1/requests?limit=200&cursor=${body.nextCursor}`);
    expect(body.items.length + rest.body.items.length).toBe(30);
  });
});
