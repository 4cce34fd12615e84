import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Connector, PerformInput } from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { TRACE_ID } from '../http-connector/harness';

const BUNDLES = path.join(__dirname, '../../../examples/bundles');
export const CONTEXT = { traceId: TRACE_ID };
export const SECRET = 'a-secret-that-nobody-may-see';

/** The connector of an example bundle with short pauses and ample time for an answer, and everything that it logged. */
export function connectorTo(
  name: 'tryton' | 'odoo',
  url: string,
  overrides: JsonObject = {},
): { connector: Connector; logged: unknown[] } {
  const file = path.join(BUNDLES, name, 'connectors', `${name}.yaml`);
  const definition = {
    ...(parse(fs.readFileSync(file, 'utf8')) as JsonObject),
    ...{ timeoutMs: 30_000, totalMs: 60_000, settleMs: 20 },
    ...overrides,
  };
  const logged: unknown[] = [];
  const connector = createConnector(parseConnector(definition, file), {
    env: {
      TRYTON_URL: url,
      TRYTON_PASSWORD: SECRET,
      ODOO_URL: url,
      ODOO_LOGIN: 'connector',
      ODOO_API_KEY: SECRET,
    },
    clock: { now: () => new Date() },
    log: { warn: (...entry) => void logged.push(entry) },
  });
  return { connector, logged };
}

export function inputOf(operation: string, values: JsonObject): PerformInput {
  const requestId = 'req_1';
  const key = `el-${requestId}-step`;
  return { operation, step: 'step', arguments: values, requestId, idempotencyKey: key, done: {} };
}
