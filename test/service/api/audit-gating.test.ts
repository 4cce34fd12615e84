import type { Database } from 'better-sqlite3';
import { recoverExecutions } from '../../../policy-service/src/application/recovery/recover-executions';
import type { Store } from '../../../policy-service/src/application/ports';
import { bundleFolder, GOODS, RECEIVE_GOODS } from '../bundle-folder';
import { TestService } from '../harness';

const BUNDLE = bundleFolder({ files: { 'catalogue/goods.receive.yaml': RECEIVE_GOODS } });

let service: TestService;
beforeEach(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE });
});
afterEach(() => service.stop());

/** The connection that the service itself writes with. */
const connection = (store: Store): Database => (store as unknown as { db: Database }).db;

/** No page can be added, and those that are there hold no further entry. */
function fillDisk(db: Database): void {
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
  const insert = db.prepare(
    'INSERT INTO audit_entries (sequence, canonical, leaf_hash) VALUES (?, ?, zeroblob(32))',
  );
  let sequence = 1_000_000;
  for (const size of [4000, 1000, 200, 10]) {
    try {
      for (;;) {
        const text = JSON.stringify({ type: 'filler', actor: { id: 'x' }, text: 'x'.repeat(size) });
        insert.run((sequence += 1), text);
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_FULL') throw error;
    }
  }
}

const readOnly = (db: Database): unknown => db.pragma('query_only = ON');

/** Breaks the storage right before the service's nth commit that holds an audit entry. */
function breakAt(nth: number, breakIt: (db: Database) => void): void {
  const { store } = service.service.deps;
  const commit = store.commit.bind(store);
  let appends = 0;
  store.commit = (changes) => {
    if (changes.audit?.length) appends += 1;
    if (appends === nth) breakIt(connection(store));
    return commit(changes);
  };
}

/** What the ERP itself holds: each document is a call that left. */
async function documents(): Promise<number> {
  const kinds = await Promise.all(['movements', 'payments'].map((kind) => service.records(kind)));
  return kinds.flat().length;
}

describe.each([
  ['a full disk', fillDisk],
  ['a read-only database', readOnly],
])('%s', (_name, breakIt) => {
  // The entries of an execution of two steps: it begins, the first is done, the second is done.
  test.each([
    [1, 'the intent', 0, 503],
    [2, 'the outcome of the first step', 1, 200],
    [3, 'the outcome of the second step', 2, 200],
  ])(
    'at append %i (%s) %i calls have left, and none leaves after',
    async (nth, _w, sent, status) => {
      const { body } = await service.tool('goods.receive', GOODS);
      expect(body.state).toBe('allowed');
      breakAt(nth, breakIt);
      const answer = await service.execute(body.id);
      expect(answer.status).toBe(status);
      if (status === 503) expect(answer.body.code).toBe('storage_unavailable');
      else expect(answer.body.state).toBe('executing');
      expect(await documents()).toBe(sent);
      // The background gets no further either.
      await recoverExecutions(service.service.deps).catch(() => undefined);
      expect(await documents()).toBe(sent);
    },
  );

  test('while proposing and deciding: an error, and nothing to execute', async () => {
    breakAt(1, breakIt);
    const answer = await service.tool('goods.receive', GOODS, { execute: true });
    expect(answer).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    expect(await documents()).toBe(0);
  });
});
