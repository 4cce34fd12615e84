import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../../../policy-service/src/application/change/caller';
import { ExecuteRequest } from '../../../policy-service/src/application/execution/execute';
import type { ChangeSet, Store } from '../../../policy-service/src/application/ports';
import { runTool } from '../../../policy-service/src/application/requests/run-tool';
import { composeService } from '../../../policy-service/src/compose';
import { readConfig } from '../../../policy-service/src/config';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { quantile } from '../statistics';
import { answerMessages } from '../worker';
import { ACTION, PROPOSAL, WRITE_DELAY_MS } from './subject';
import { timedCalls } from './timed-calls';

/** First `record`, once; then `replay` as often as there are recorded executions for. */
export type CommitsQuestion =
  | { kind: 'record'; dataDir: string; erpUrl: string; executions: number }
  | { kind: 'replay'; executions: number };

/** Milliseconds that the two commits of an execution take together. */
export interface CommitTimes {
  p50: number;
  p99: number;
}

/** An execution as the store saw it: its intent, and its outcome. */
type Execution = [begin: ChangeSet, end: ChangeSet];

/** Recording is not timed. */
const RECORDED_AT_ONCE = 16;

let bare: { store: Store; executions: Execution[] } | undefined;

answerMessages(async (question: CommitsQuestion): Promise<CommitTimes | undefined> => {
  if (question.kind === 'record') {
    bare = await record(question);
    return undefined;
  }
  const recorded = bare?.executions.splice(0, question.executions) ?? [];
  if (!bare || recorded.length < question.executions) throw new Error('Too few were recorded.');
  const times: number[] = [];
  for (const execution of recorded) times.push(await twoCommits(bare.store, execution));
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
});

/** The disk rests between the two for as long as it does while the ERP is called. */
async function twoCommits(store: Store, [begin, end]: Execution): Promise<number> {
  const ms = await timedCommit(store, begin);
  await sleep(WRITE_DELAY_MS);
  return ms + (await timedCommit(store, end));
}

async function timedCommit(store: Store, changes: ChangeSet): Promise<number> {
  const startedAt = performance.now();
  const { ok } = await store.commit(changes);
  const ms = performance.now() - startedAt;
  if (!ok) throw new Error('A recorded commit was refused.');
  return ms;
}

/** Executes in this process, keeps what was committed, and readies an empty store for it. */
async function record({ dataDir, erpUrl, executions }: CommitsQuestion & { kind: 'record' }) {
  const env = {
    EXECUTION_LAYER_DATA_DIR: join(dataDir, 'recorded'),
    EXECUTION_LAYER_MOCK_ERP_URL: erpUrl,
    EXECUTION_LAYER_LOG_LEVEL: 'silent',
  };
  const service = await composeService(readConfig(env), env, { writeThread: true });
  const { deps } = service;
  const store = await openSqliteStore({ file: join(dataDir, 'bare.sqlite'), writeThread: true });
  await copyActivation(deps.store, store);
  const committed = new Map<string, ChangeSet[]>();
  const commit = deps.store.commit.bind(deps.store);
  deps.store.commit = async (changes) => {
    const result = await commit(changes);
    const id = changes.requests?.[0]?.next.id;
    if (id !== undefined && result.ok) committed.set(id, [...(committed.get(id) ?? []), changes]);
    return result;
  };
  const execute = new ExecuteRequest(deps);
  await timedCalls(Array(executions).fill(undefined), RECORDED_AT_ONCE, async () => {
    const caller = callerOf();
    const { request } = await runTool(deps, caller, { action: ACTION, ...PROPOSAL });
    await execute.run(caller, request.id);
  });
  await service.close();
  const recorded: Execution[] = [];
  for (const [decided, begin, end, ...more] of committed.values()) {
    if (!decided || !begin || !end || more.length > 0) {
      throw new Error('An execution no longer commits twice, so this measures something else.');
    }
    await store.commit(decided);
    recorded.push([begin, end]);
  }
  return { store, executions: recorded };
}

/** The commit of an intent names the revision, so the policy has to be in force there too. */
async function copyActivation(from: Store, to: Store): Promise<void> {
  const [activation] = (await from.activations({ limit: 1 })).items;
  if (!activation) throw new Error('No policy was activated.');
  const { version, at, by, reason } = activation;
  const files = (await from.bundleFiles(version)) ?? [];
  await to.commit({
    bundles: [{ version, files, createdAt: at, createdBy: by }],
    activation: { version, at, by, reason },
  });
}

function callerOf(): Caller {
  const token = {
    id: 'tok_bench',
    name: 'bench',
    prefix: '',
    hash: '',
    scopes: [],
    owner: 'owner@bench.example',
    actions: null,
    actsFor: 'claims' as const,
    createdAt: new Date().toISOString(),
  };
  return { kind: 'token', token, traceId: randomBytes(16).toString('hex') };
}
