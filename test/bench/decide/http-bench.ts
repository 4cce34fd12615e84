import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Effect } from '../../../policy-service/src/domain/request/decision';
import { stopChild } from '../../../scripts/stack/child';
import { startMockErp } from '../../../scripts/stack/mock-erp';
import { startPolicyService } from '../../../scripts/stack/policy-service';
import { freePort } from '../../../scripts/stack/ports';
import type { Progress } from '../../../scripts/stack/progress';
import type { Load, LoadResult } from '../load-process';
import { cpuSecondsOf, issueToken } from '../service-under-load';
import { spread, type Spread } from '../statistics';
import { Worker } from '../worker';
import { cerbosBody, cerbosEffect, startCerbos } from './cerbos';
import type { Check } from './checks';
import { argumentsOf } from './ours';

const CONNECTIONS = [1, 16];

/** One round of one side. */
export interface Round extends LoadResult {
  /** Milliseconds of processor time that the server took for each answer. */
  cpu: number;
}

export interface HttpRow {
  connections: number;
  /** Answers per second. */
  service: Spread;
  cerbos: Spread;
  /** Of each pair of neighbouring rounds: service / Cerbos. */
  ratio: Spread;
  rounds: { service: Round; cerbos: Round }[];
}

/**
 * Measures durable decisions of the service beside answers of a Cerbos server, in turns.
 * @param cerbos path of its program
 * @throws Error when the two decide differently, or any call fails
 */
export async function benchHttp(options: {
  cerbos: string;
  dataDir: string;
  rounds: number;
  seconds: number;
  progress: Progress;
}): Promise<HttpRow[]> {
  const { dataDir, progress } = options;
  const log = (name: string): string => join(dataDir, 'logs', `${name}.log`);
  progress('Starting the policy service, the mock ERP and Cerbos ...');
  const erp = await startMockErp({
    port: await freePort(),
    dataDir: join(dataDir, 'erp'),
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
  const cerbos = await startCerbos(options.cerbos, log('cerbos'));
  const load = Worker.start<Load, LoadResult>('load-process.ts');
  try {
    const authorization = `Bearer ${await issueToken(service)}`;
    await assertAgreement(service.url, authorization, cerbos.url);
    const sides = {
      service: {
        load: {
          url: toolUrl(service.url, SMALL),
          headers: { authorization },
          body: toolBody(SMALL),
          expected: '"effect":"allow"',
        },
        cpuSeconds: () => cpuSecondsOf(service.url),
      },
      cerbos: {
        load: {
          url: cerbos.url,
          headers: {},
          body: cerbosBody(SMALL),
          expected: '"run":"EFFECT_ALLOW"',
        },
        cpuSeconds: () => cerbos.cpuSeconds(),
      },
    };
    const round = async (
      name: keyof typeof sides,
      connections: number,
      seconds: number,
    ): Promise<Round> => {
      const side = sides[name];
      const before = await side.cpuSeconds();
      const result = await load.ask({ ...side.load, connections, seconds });
      return { ...result, cpu: (((await side.cpuSeconds()) - before) * 1000) / result.answers };
    };

    const rows: HttpRow[] = [];
    for (const connections of CONNECTIONS) {
      progress(`Warming up with ${connections} in flight ...`);
      for (const name of ['service', 'cerbos'] as const) {
        await round(name, connections, Math.min(2, options.seconds));
      }
      const rounds: HttpRow['rounds'] = [];
      for (let turn = 1; turn <= options.rounds; turn += 1) {
        const pair = {
          service: await round('service', connections, options.seconds),
          cerbos: await round('cerbos', connections, options.seconds),
        };
        rounds.push(pair);
        progress(
          `${connections} in flight, round ${turn} of ${options.rounds}: ` +
            `${Math.round(pair.service.perSecond)} decisions/s, ` +
            `Cerbos ${Math.round(pair.cerbos.perSecond)} answers/s`,
        );
      }
      rows.push({
        connections,
        service: spread(rounds.map(({ service: one }) => one.perSecond)),
        cerbos: spread(rounds.map(({ cerbos: one }) => one.perSecond)),
        ratio: spread(rounds.map((pair) => pair.service.perSecond / pair.cerbos.perSecond)),
        rounds,
      });
    }
    return rows;
  } finally {
    load.stop();
    await Promise.all([service, erp, cerbos].map(({ child }) => stopChild(child)));
  }
}

const PERSON = { requestedBy: 'ana@example.com', confidence: 0.97 };
/** What is sent under load: allowed by every rule. */
const SMALL: Check = { ...PERSON, action: 'inventory.adjust', quantity: 25 };

function payment(cents: number, currency: string, usedCents = 0): Check {
  const vendor = { vendorId: 'V-1001', vendorStatus: 'active' as const };
  return {
    ...PERSON,
    action: 'vendor_payment.create',
    payment: { ...vendor, cents, currency, usedCents },
  };
}

/** One check for each rule; the three payments in GBP use up the vendor's limit. */
const AGREEMENT: [Check, Effect][] = [
  [SMALL, 'allow'],
  [{ ...SMALL, quantity: 501 }, 'require_approval'],
  [{ ...SMALL, quantity: -501 }, 'require_approval'],
  [{ ...SMALL, confidence: 0.5 }, 'require_approval'],
  [payment(1_000_001, 'USD'), 'require_approval'],
  [payment(5_000, 'CHF'), 'require_approval'],
  [payment(999_900, 'GBP'), 'allow'],
  [payment(999_800, 'GBP', 999_900), 'allow'],
  [payment(999_700, 'GBP', 1_999_700), 'require_approval'],
  [
    {
      ...payment(5_000, 'EUR'),
      payment: {
        vendorId: 'V-1002',
        vendorStatus: 'inactive',
        cents: 5_000,
        currency: 'EUR',
        usedCents: 0,
      },
    },
    'block',
  ],
  [{ ...PERSON, action: 'vendor_payment.delete' }, 'block'],
];

/** Both must decide alike, and as expected, before anything is timed. */
async function assertAgreement(
  serviceUrl: string,
  authorization: string,
  cerbosUrl: string,
): Promise<void> {
  for (const [check, expected] of AGREEMENT) {
    const mine = (await post(toolUrl(serviceUrl, check), toolBody(check), { authorization })) as {
      decision?: { effect?: Effect };
    };
    const theirs = cerbosEffect(await post(cerbosUrl, cerbosBody(check), {}));
    if (mine.decision?.effect !== expected || theirs !== expected) {
      throw new Error(
        `${JSON.stringify(check)} should be ${expected}: the service says ` +
          `${JSON.stringify(mine)}, Cerbos ${theirs}.`,
      );
    }
  }
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body,
  });
  return response.json();
}

function toolUrl(serviceUrl: string, { action }: Check): string {
  return `${serviceUrl}/v1/tools/${action}`;
}

function toolBody(check: Check): string {
  const { requestedBy, confidence } = check;
  return JSON.stringify({
    source: 'bench',
    requestedBy,
    arguments: argumentsOf(check),
    confidence,
  });
}
