import type { Database } from 'better-sqlite3';
import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import {
  LogBroken,
  StorageUnavailable,
  type Store,
} from '../../../policy-service/src/application/ports';
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

/**
 * No page can be added, and those that are there hold no further entry. The filler is appended as
 * every entry is: rows that are put into the log beside the service are damage, and another refusal.
 */
async function fillDisk(store: Store, commit: Store['commit']): Promise<void> {
  const db = connection(store);
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
  const actor = { kind: 'service', id: 'x' } as const;
  for (const size of [4000, 1000, 200, 1]) {
    const data = { text: 'x'.repeat(size) };
    try {
      for (;;) {
        const at = new Date().toISOString();
        await commit({ audit: [{ type: 'filler.added', at, actor, data }] });
      }
    } catch (error) {
      if (!(error instanceof StorageUnavailable) || error instanceof LogBroken) throw error;
    }
  }
}

async function readOnly(store: Store): Promise<void> {
  connection(store).pragma('query_only = ON');
}

/** Breaks the storage right before the service's nth commit that holds an audit entry. */
function breakAt(nth: number, breakIt: typeof fillDisk): void {
  const { store } = service.service.deps;
  const commit = store.commit.bind(store);
  let appends = 0;
  store.commit = async (changes) => {
    if (changes.audit?.length) appends += 1;
    if (appends === nth) {
      appends = Infinity;
      await breakIt(store, commit);
    }
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
