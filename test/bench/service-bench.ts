import { join } from 'node:path';
import { stopChild } from '../../scripts/stack/child';
import { startMockErp } from '../../scripts/stack/mock-erp';
import { startPolicyService } from '../../scripts/stack/policy-service';
import { freePort } from '../../scripts/stack/ports';
import type { Progress } from '../../scripts/stack/progress';
import { ServiceClient } from '../../scripts/stack/service-client';
import type { BaselineAnswer, BaselineQuestion } from './baseline-process';
import type { Load, LoadResult } from './load-process';
import { cpuSecondsOf, issueToken } from './service-under-load';
import { spread, type Spread } from './statistics';
import { Worker } from './worker';

const CONNECTIONS = [1, 16];

/** One round under load. */
export interface Round extends LoadResult {
  /** Milliseconds of processor time that the server took for each answer. */
  cpu: number;
}

/** One connection count: the service and the bare route, round after round. */
export interface ServiceRow {
  connections: number;
  /** Decisions per second. */
  service: Spread;
  /** Rows per second. */
  baseline: Spread;
  /** Of each pair of neighbouring rounds: service / baseline. */
  ratio: Spread;
  /** Processor time of a row / of a decision: less disturbed by a busy machine than the rates. */
  cpuRatio: Spread;
  rounds: { service: Round; baseline: Round }[];
}

export interface ServiceResult {
  rows: ServiceRow[];
  /** Audit entries that the service wrote for each decision. */
  auditEntriesPerDecision: number;
}

interface Side {
  load: Omit<Load, 'connections' | 'seconds'>;
  /** Processor time that the server has taken since its start. */
  cpuSeconds(): Promise<number>;
}

/**
 * Measures decisions per second. Service and baseline take turns, so that whatever else the
 * machine does disturbs both.
 * @throws Error when any call is not answered with an allowed decision
 */
export async function benchService(options: {
  dataDir: string;
  seconds: number;
  rounds: number;
  progress: Progress;
}): Promise<ServiceResult> {
  const { dataDir, progress } = options;
  progress('Starting the policy service, the mock ERP and the bare route ...');
  const erp = await startMockErp({
    port: await freePort(),
    dataDir: join(dataDir, 'erp'),
    logFile: join(dataDir, 'logs', 'mock-erp.log'),
  });
  const service = await startPolicyService({
    port: await freePort(),
    erpUrl: erp.url,
    callbackHosts: [],
    dataDir: join(dataDir, 'service'),
    logFile: join(dataDir, 'logs', 'policy-service.log'),
    settings: { EXECUTION_LAYER_RATE_LIMIT: '10000000' },
  });
  const baseline = Worker.start<BaselineQuestion, BaselineAnswer>('baseline-process.ts');
  const load = Worker.start<Load, LoadResult>('load-process.ts');
  try {
    const token = await issueToken(service);
    const client = ServiceClient.withToken(service.url, token);
    const { url } = await baseline.ask({ file: join(dataDir, 'baseline.sqlite') });
    const sides = { service: decisions(service.url, token), baseline: storedRows(url) };

    const entriesBefore = await logSize(client);
    let decided = 0;
    const round = async (side: Side, connections: number, seconds: number): Promise<Round> => {
      const cpuBefore = await side.cpuSeconds();
      const result = await load.ask({ ...side.load, connections, seconds });
      const cpuSeconds = (await side.cpuSeconds()) - cpuBefore;
      if (side === sides.service) decided += result.answers;
      return { ...result, cpu: (cpuSeconds * 1000) / result.answers };
    };

    const rows: ServiceRow[] = [];
    for (const connections of CONNECTIONS) {
      progress(`Warming up with ${connections} in flight ...`);
      for (const side of [sides.service, sides.baseline]) await round(side, connections, 2);
      const rounds: ServiceRow['rounds'] = [];
      for (let turn = 1; turn <= options.rounds; turn += 1) {
        const pair = {
          service: await round(sides.service, connections, options.seconds),
          baseline: await round(sides.baseline, connections, options.seconds),
        };
        rounds.push(pair);
        progress(
          `${connections} in flight, round ${turn} of ${options.rounds}: ` +
            `${Math.round(pair.service.perSecond)} decisions/s, ` +
            `${Math.round(pair.baseline.perSecond)} rows/s`,
        );
      }
      rows.push(row(connections, rounds));
    }
    const entries = (await logSize(client)) - entriesBefore;
    return { rows, auditEntriesPerDecision: entries / decided };
  } finally {
    load.stop();
    baseline.stop();
    await Promise.all([stopChild(service.child), stopChild(erp.child)]);
  }
}

const BODY = JSON.stringify({
  source: 'bench',
  requestedBy: 'ana@example.com',
  arguments: { sku: 'SKU-1001', quantity: 25, warehouse_id: 'WH-01' },
  confidence: 0.97,
});

function decisions(serviceUrl: string, token: string): Side {
  return {
    load: {
      url: `${serviceUrl}/v1/tools/inventory.adjust`,
      headers: { authorization: `Bearer ${token}` },
      body: BODY,
      expected: '"state":"allowed"',
    },
    cpuSeconds: () => cpuSecondsOf(serviceUrl),
  };
}

function storedRows(url: string): Side {
  return {
    load: { url: `${url}/requests`, headers: {}, body: BODY, expected: '"state":"stored"' },
    async cpuSeconds() {
      return (await (await fetch(`${url}/cpu`)).json()) as number;
    },
  };
}

async function logSize(client: ServiceClient): Promise<number> {
  return (await client.get<{ size: number }>('/v1/audit/checkpoint')).size;
}

function row(connections: number, rounds: ServiceRow['rounds']): ServiceRow {
  return {
    connections,
    service: spread(rounds.map(({ service }) => service.perSecond)),
    baseline: spread(rounds.map(({ baseline }) => baseline.perSecond)),
    ratio: spread(rounds.map(({ service, baseline }) => service.perSecond / baseline.perSecond)),
    cpuRatio: spread(rounds.map(({ service, baseline }) => baseline.cpu / service.cpu)),
    rounds,
  };
}
