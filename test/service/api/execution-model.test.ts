import fc from 'fast-check';
import {
  StorageUnavailable,
  type Connector,
  type PerformInput,
  type PerformResult,
} from '../../../policy-service/src/application/ports';
import { recoverExecutions } from '../../../policy-service/src/application/execution/recovery/recover-executions';
import { bundleFolder, GOODS, RECEIVE_GOODS } from '../bundle-folder';
import { TestService } from '../harness';

const BUNDLE = bundleFolder({ files: { 'catalogue/goods.receive.yaml': RECEIVE_GOODS } });

/** What becomes of one call; `crash` is a process that dies after the ERP wrote. */
const EVENTS = [
  'ok',
  'refused',
  'lost_before',
  'lost_after',
  'crash_before',
  'crash_after',
] as const;
type Event = (typeof EVENTS)[number];

/** An ERP that honours keys, and answers as the script says; after its end all goes well. */
class ScriptedErp {
  /** Key -> operation and the document that it undoes. */
  readonly documents = new Map<string, { operation: string; undoes?: string }>();
  /** Calls by key that the ERP refused. */
  dies = false;

  constructor(private readonly script: Event[]) {}

  perform({ operation, idempotencyKey, arguments: args }: PerformInput): PerformResult {
    const event = this.script.shift() ?? 'ok';
    const known = this.documents.has(idempotencyKey);
    this.dies = event.startsWith('crash');
    if (event === 'refused' && !known) {
      return { outcome: 'refused', message: 'No.', attempts: [] };
    }
    if (event !== 'lost_before' && event !== 'crash_before') {
      this.documents.set(idempotencyKey, {
        operation,
        ...(operation.endsWith('_reverse') ? { undoes: String(args['erp_reference']) } : {}),
      });
    }
    return event === 'ok' || event === 'refused'
      ? { outcome: 'done', erpReference: `doc ${idempotencyKey}`, result: {}, attempts: [] }
      : { outcome: 'unknown', message: 'No answer.', attempts: [] };
  }

  /** Documents of the action that stand, and the ones that were taken back. */
  standing(): string[] {
    const undone = new Set([...this.documents.values()].map(({ undoes }) => undoes));
    return [...this.documents]
      .filter(([key, { undoes }]) => undoes === undefined && !undone.has(`doc ${key}`))
      .map(([key]) => key);
  }
}

let service: TestService;
beforeAll(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE });
});
afterAll(() => service.stop());

async function run(
  script: Event[],
): Promise<{ state: string; needsPerson: boolean; erp: ScriptedErp }> {
  const { deps } = service.service;
  const real = deps.connector.bind(deps);
  const commit = deps.store.commit.bind(deps.store);
  const erp = new ScriptedErp([...script]);
  const { traits } = real('mock-erp');
  deps.connector = (): Connector => ({
    id: 'mock-erp',
    traits,
    lookup: async () => ({ found: false }),
    perform: async (input) => erp.perform(input),
    ping: async () => true,
  });
  // A process that dies writes nothing more: its row stays as it was before the call.
  deps.store.commit = (changes) => {
    if (!erp.dies) return commit(changes);
    erp.dies = false;
    return Promise.reject(new StorageUnavailable('died'));
  };
  try {
    const { body } = await service.tool('goods.receive', GOODS);
    await service.execute(body.id);
    for (let look = 0; look <= script.length + 1; look += 1) {
      await service.tamper(body.id, (request) => {
        const past = new Date(0).toISOString();
        if (request.execution) request.execution.leaseUntil = past;
        if (request.deadline) request.deadline = past;
      });
      await recoverExecutions(deps);
    }
    const { state, needsPerson } = (await service.call(`/v1/requests/${body.id}`)).body;
    return { state, needsPerson, erp };
  } finally {
    deps.connector = real;
    deps.store.commit = commit;
  }
}

test('whatever happens to the calls of two steps, the state says what the ERP holds', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...EVENTS), { maxLength: 6 }), async (script) => {
      const { state, needsPerson, erp } = await run(script);
      seen.add(state);
      switch (state) {
        case 'executed':
          expect(erp.documents.size).toBe(2);
          expect(erp.standing()).toHaveLength(2);
          break;
        case 'failed':
          expect(erp.documents.size).toBe(0);
          break;
        case 'compensated':
          expect(erp.documents.size).toBeGreaterThan(0);
          expect(erp.standing()).toEqual([]);
          break;
        case 'compensation_failed':
          expect(needsPerson).toBe(true);
          break;
        default:
          // A script of which nothing is left always comes to an end.
          throw new Error(`it is still ${state} after ${JSON.stringify(script)}`);
      }
    }),
    {
      numRuns: 80,
      examples: [
        [[]],
        [['refused']],
        [['ok', 'refused']],
        [['ok', 'refused', 'refused']],
        [['ok', 'refused', 'crash_after']],
        [['ok', 'crash_before', 'lost_after', 'crash_after']],
      ],
    },
  );
  expect([...seen].sort()).toEqual(['compensated', 'compensation_failed', 'executed', 'failed']);
});
