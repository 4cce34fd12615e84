import http from 'node:http';
import {
  ConnectorUnavailable,
  type CallContext,
  type Clock,
  type Connector,
  type LookupResult,
  type PerformInput,
  type PerformResult,
} from '../../application/ports';
import type { Log } from '../../application/deps';
import type { JsonObject } from '../../domain/request';
import { authHeader } from './auth';
import { buildCall } from './build-call';
import type { HttpConnectorDefinition } from './definition';
import { lookUp } from './look-up';
import type { ConnectorParts } from './parts';
import { performOperation } from './perform';
import { Redactor } from './redact';
import { resolveSetting, type Environment } from './setting';
import { renderPath } from './template';
import { HttpTransport } from './transport';

export interface HttpConnectorOptions {
  /** Where `${NAME}` settings come from. */
  env: Environment;
  clock?: Clock;
  log?: Pick<Log, 'warn'>;
}

const PING_TIMEOUT_MS = 2_000;

/**
 * A connector that calls an ERP as its definition says.
 * @throws Error with a sentence when a setting is missing from the environment or is not usable
 */
export function createHttpConnector(
  definition: HttpConnectorDefinition,
  options: HttpConnectorOptions,
): Connector {
  const auth = authHeader(definition.auth, options.env);
  for (const [name, value] of Object.entries(auth)) http.validateHeaderValue(name, value);
  const parts: ConnectorParts = {
    definition,
    transport: new HttpTransport(baseUrl(definition, options.env)),
    redactor: new Redactor([...definition.redact, ...Object.keys(auth)]),
    auth,
    clock: options.clock ?? { now: () => new Date() },
    log: options.log ?? { warn: () => undefined },
  };
  return new HttpConnector(parts);
}

class HttpConnector implements Connector {
  readonly id: string;

  constructor(private readonly parts: ConnectorParts) {
    this.id = parts.definition.id;
  }

  async lookup(name: string, parameters: JsonObject, context: CallContext): Promise<LookupResult> {
    const lookup = own(this.parts.definition.lookups, name);
    if (!lookup) throw new ConnectorUnavailable(`The connector ${this.id} has no lookup ${name}.`);
    return lookUp(this.parts, lookup, parameters, context);
  }

  async perform(input: PerformInput, context: CallContext): Promise<PerformResult> {
    const operation = own(this.parts.definition.operations, input.operation);
    if (!operation) {
      const message = `The connector ${this.id} has no operation ${input.operation}, so nothing was sent.`;
      return { outcome: 'refused', message, attempts: [] };
    }
    try {
      return await performOperation(this.parts, operation, input, context);
    } catch (error) {
      // A defect of ours says nothing about the ERP: only "unknown" is honest.
      const message = `The call ended in an internal error: ${String(error)}`;
      this.parts.log.warn({ connector: this.id, requestId: input.requestId }, message);
      return { outcome: 'unknown', message, attempts: [] };
    }
  }

  async ping(): Promise<boolean> {
    const { definition, transport, auth } = this.parts;
    const target = renderPath(definition.ping.path, {});
    const exchange = await transport.exchange(buildCall({ method: 'GET', target, auth }), {
      timeoutMs: PING_TIMEOUT_MS,
      reuseConnection: true,
    });
    return exchange.kind === 'answer' && exchange.status >= 200 && exchange.status < 300;
  }
}

function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function baseUrl(definition: HttpConnectorDefinition, env: Environment): URL {
  const text = resolveSetting(definition.baseUrl, env, `the address of ${definition.title}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    const source = definition.baseUrl.variable ?? 'baseUrl';
    throw new Error(
      `The address of ${definition.title} (${source}) must be an http or https URL without credentials, query or fragment.`,
    );
  }
  return url;
}
