import { join } from 'node:path';
import type { Effect } from '../../../policy-service/src/domain/request/decision';
import {
  answersOk,
  startChild,
  stopChild,
  waitUntilReady,
  type Child,
} from '../../../scripts/stack/child';
import { inheritedEnvironment } from '../../../scripts/stack/environment';
import { freePort } from '../../../scripts/stack/ports';
import type { Check } from './checks';

export interface RunningCerbos {
  child: Child;
  /** Where checks are posted to. */
  url: string;
  /** Processor time that it has taken since its start, in seconds. */
  cpuSeconds(): Promise<number>;
}

/** Starts the server as its users do, with the policies on disk; it makes nothing durable. */
export async function startCerbos(program: string, logFile: string): Promise<RunningCerbos> {
  const address = `127.0.0.1:${await freePort()}`;
  const settings = {
    'server.httpListenAddr': address,
    'server.grpcListenAddr': `127.0.0.1:${await freePort()}`,
    'storage.driver': 'disk',
    'storage.disk.directory': join(__dirname, 'cerbos'),
    'telemetry.disabled': 'true',
  };
  const child = startChild({
    name: 'Cerbos',
    command: program,
    args: [
      'server',
      '--log-level=error',
      ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
    ],
    env: inheritedEnvironment(/^(CERBOS|OTEL)_/i),
    logFile,
  });
  try {
    await waitUntilReady(child, () => answersOk(`http://${address}/_cerbos/health`), 30_000);
  } catch (error) {
    await stopChild(child);
    throw error;
  }
  return {
    child,
    url: `http://${address}/api/check/resources`,
    async cpuSeconds() {
      const metrics = await (await fetch(`http://${address}/_cerbos/metrics`)).text();
      return Number(/^process_cpu_seconds_total\S* (\S+)/m.exec(metrics)?.[1]);
    },
  };
}

/** Body of one check: may it be asked for, may it run by itself? */
export function cerbosBody({ action, requestedBy, confidence, payment, quantity }: Check): string {
  const attr = { action, ...payment, ...(quantity === undefined ? {} : { quantity }) };
  return JSON.stringify({
    principal: { id: requestedBy, roles: ['agent'], attr: { confidence } },
    resources: [{ actions: ['ask', 'run'], resource: { kind: 'request', id: 'r-1', attr } }],
  });
}

/** What its answer to that body means. */
export function cerbosEffect(answer: unknown): Effect {
  const { results } = answer as {
    results: [{ actions: { ask: string; run: string } }];
  };
  const { ask, run } = results[0].actions;
  if (run === 'EFFECT_ALLOW') return 'allow';
  return ask === 'EFFECT_ALLOW' ? 'require_approval' : 'block';
}
