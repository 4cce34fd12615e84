import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type {
  Connector,
  FindResult,
  PerformInput,
  PerformResult,
} from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import type { RunningErp } from '../../../scripts/erp/erp';

export const CONTEXT = { traceId: '0af7651916cd43dd8448eb211c80319c' };
const BUNDLES = join(__dirname, '../../../examples/bundles');

/** The connector of an example bundle, calling the ERP (or a proxy before it). */
export function exampleConnector(
  erp: RunningErp,
  url: string = erp.url,
  overrides: JsonObject = {},
): Connector {
  const file = join(BUNDLES, erp.erp, 'connectors', `${erp.erp}.yaml`);
  const definition = { ...(parse(readFileSync(file, 'utf8')) as JsonObject), ...overrides };
  return createConnector(parseConnector(definition, file), {
    env: { ...settingsOf(erp), [`${erp.erp.toUpperCase()}_URL`]: url },
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
}

/** What the example connectors take from the environment. */
export function settingsOf(erp: RunningErp): Record<string, string> {
  const prefix = erp.erp.toUpperCase();
  return {
    [`${prefix}_URL`]: erp.url,
    [`${prefix}_DATABASE`]: erp.database,
    [`${prefix}_LOGIN`]: erp.login,
    [`${prefix}_PASSWORD`]: erp.password,
    ...(erp.apiKey === undefined ? {} : { [`${prefix}_API_KEY`]: erp.apiKey }),
  };
}

let requests = 0;

/** A request as the service would hand it over, under an id that no other test uses. */
export function inputOf(
  operation: string,
  values: JsonObject,
  requestId = `req_${process.pid}_${Date.now()}_${(requests += 1)}`,
): PerformInput {
  return {
    operation,
    step: 'the-step',
    arguments: values,
    requestId,
    idempotencyKey: `el-${requestId}-the-step`,
    done: {},
  };
}

export function perform(connector: Connector, input: PerformInput): Promise<PerformResult> {
  return connector.perform(input, CONTEXT);
}

export async function find(connector: Connector, input: PerformInput): Promise<FindResult> {
  if (!connector.find) throw new Error('The connector cannot find anything.');
  return connector.find(input, CONTEXT);
}

/** The outcome of a perform that must be done. */
export function doneOf(result: PerformResult): { erpReference: string; result: JsonObject } {
  if (result.outcome !== 'done') throw new Error(`${result.outcome}: ${result.message}`);
  return { erpReference: result.erpReference ?? '', result: result.result };
}
