import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { stopChild } from '../../../scripts/stack/child';
import { startMockErp } from '../../../scripts/stack/mock-erp';
import { startPolicyService } from '../../../scripts/stack/policy-service';
import { freePort } from '../../../scripts/stack/ports';
import type { Progress } from '../../../scripts/stack/progress';
import { ServiceClient, type RequestAnswer } from '../../../scripts/stack/service-client';
import type { LoadResult } from '../load-process';
import { cpuSecondsOf, issueToken } from '../service-under-load';
import { spread, type Spread } from '../statistics';
import { Worker } from '../worker';
import type { CommitsQuestion, CommitTimes } from './commits-process';
import type { DirectLoad } from './direct-process';
import type { ExecuteLoad } from './execute-process';
import { ACTION, PROPOSAL, WRITE_DELAY_MS } from './subject';
import { timedCalls, type Timed } from './timed-calls';

/** So many of its faults does the mock ERP take at most: more than any run has writes. */
const ALL_WRITES = 1_000_000;
/** Requests are decided before anything is timed. */
const DECIDED_AT_ONCE = 16;

export interface Round {
  service: Timed;
  direct: Timed;
  /** Only with one in flight. */
  commits?: CommitTimes;
}

export interface ExecuteRow {
  connections: number;
  /** Executions per second. */
  service: Spread;
  /** Direct calls per second. */
  direct: Spread;
  /** Of each pair of neighbouring rounds: service / direct. */
  ratio: Spread;
  /** Milliseconds of the two commits; of each round the median. */
  commits?: Spread;
  /** Milliseconds by which an execution is longer than a direct call and the two commits. */
  added?: Spread;
  rounds: Round[];
}

/**
 * Measures executions beside direct calls of the same connector, in turns.
 * @throws Error when a call fails, or the ERP does not hold exactly one document for each
 */
export async function benchExecute(options: {
  dataDir: string;
  /** Folder of the mock ERP. */
  erpDir: string;
  rounds: number;
  rows: { connections: number; calls: number }[];
  progress: Progress;
}): Promise<ExecuteRow[]> {
  const { dataDir, progress } = options;
  const log = (name: string): string => join(dataDir, 'logs', `${name}.log`);
  progress('Starting the policy service and the mock ERP ...');
  const erp = await startMockErp({
    port: await freePort(),
    dataDir: options.erpDir,
    logFile: log('mock-erp'),
  });
  const service = await startPolicyService({
    port: await freePort(),
    erpUrl: erp.url,
    callbackHosts: [],
    dataDir: join(dataDir, 'service'),
    logFile: log('policy-service'),
    settings: { EXECUTION_LAYER_RATE_LIMIT: '10000000' },
  });
  const executing = Worker.start<ExecuteLoad, LoadResult>('execute/execute-process.ts');
  const calling = Worker.start<DirectLoad, Timed>('execute/direct-process.ts');
  const committing = Worker.start<CommitsQuestion, CommitTimes | undefined>(
    'execute/commits-process.ts',
  );
  try {
    const token = await issueToken(service);
    const client = ServiceClient.withToken(service.url, token);
    await slowDown(erp.url);
    let documents = 0;

    const execute = async (connections: number, calls: number): Promise<Timed> => {
      const requestIds = await decided(client, calls);
      const before = await cpuSecondsOf(service.url);
      const load = { serviceUrl: service.url, token, connections, requestIds };
      const result = await executing.ask(load);
      documents += calls;
      const cpuSeconds = (await cpuSecondsOf(service.url)) - before;
      return { ...result, cpu: (cpuSeconds * 1000) / calls };
    };
    const callDirectly = (connections: number, calls: number): Promise<Timed> => {
      documents += calls;
      return calling.ask({ erpUrl: erp.url, connections, calls });
    };
    const commit = async (executions: number): Promise<CommitTimes> =>
      (await committing.ask({ kind: 'replay', executions })) as CommitTimes;

    const rows: ExecuteRow[] = [];
    for (const { connections, calls } of options.rows) {
      progress(`Warming up with ${connections} in flight ...`);
      const alone = connections === 1;
      if (alone) {
        const executions = calls * (options.rounds + 1);
        await committing.ask({ kind: 'record', dataDir, erpUrl: erp.url, executions });
        documents += executions;
        await commit(calls);
      }
      await execute(connections, calls);
      await callDirectly(connections, calls);
      const rounds: Round[] = [];
      for (let turn = 1; turn <= options.rounds; turn += 1) {
        const round: Round = {
          service: await execute(connections, calls),
          direct: await callDirectly(connections, calls),
          ...(alone ? { commits: await commit(calls) } : {}),
        };
        rounds.push(round);
        progress(
          `${connections} in flight, round ${turn} of ${options.rounds}: ` +
            `${Math.round(round.service.perSecond)} executions/s, ` +
            `${Math.round(round.direct.perSecond)} direct calls/s`,
        );
      }
      rows.push(rowOf(connections, rounds));
    }
    await assertExactlyOnce(erp.url, documents);
    return rows;
  } finally {
    for (const worker of [executing, calling, committing]) worker.stop();
    await Promise.all([stopChild(service.child), stopChild(erp.child)]);
  }
}

/** Every write waits from now on. */
async function slowDown(erpUrl: string): Promise<void> {
  const response = await fetch(`${erpUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'delay', delayMs: WRITE_DELAY_MS, count: ALL_WRITES }),
  });
  if (!response.ok) throw new Error(`The mock ERP cannot be slowed down: ${response.status}`);
}

/** Ids of new requests that are allowed and wait to be executed. */
async function decided(client: ServiceClient, count: number): Promise<string[]> {
  const ids: string[] = [];
  await timedCalls(Array(count).fill(undefined), DECIDED_AT_ONCE, async () => {
    const key = { 'idempotency-key': randomUUID() };
    const { body } = await client.call<RequestAnswer>('POST', `/v1/tools/${ACTION}`, PROPOSAL, key);
    if (body.state !== 'allowed') throw new Error(`Not allowed: ${JSON.stringify(body)}`);
    ids.push(body.id);
  });
  return ids;
}

/** What was fast but wrong does not count. */
async function assertExactlyOnce(erpUrl: string, documents: number): Promise<void> {
  const response = await fetch(`${erpUrl}/records`);
  const byKind = (await response.json()) as Record<string, Record<string, number>>;
  const counts = Object.values(byKind).flatMap((kind) => Object.values(kind));
  if (counts.length !== documents || counts.some((count) => count !== 1)) {
    throw new Error(`${documents} writes should be one document each: ${counts.length} are there.`);
  }
}

function rowOf(connections: number, rounds: Round[]): ExecuteRow {
  const commits = rounds.flatMap((round) => round.commits?.p50 ?? []);
  const added = rounds.flatMap(({ service, direct, commits: both }) =>
    both ? service.p50 - direct.p50 - both.p50 : [],
  );
  return {
    connections,
    service: spread(rounds.map(({ service }) => service.perSecond)),
    direct: spread(rounds.map(({ direct }) => direct.perSecond)),
    ratio: spread(rounds.map(({ service, direct }) => service.perSecond / direct.perSecond)),
    ...(added.length > 0 ? { commits: spread(commits), added: spread(added) } : {}),
    rounds,
  };
}
