import { validateHeaderValue } from 'node:http';
import {
  ConnectorUnavailable,
  type CallContext,
  type CallName,
  type Clock,
  type Connector,
  type ConnectorTraits,
  type FindResult,
  type LookupResult,
  type PerformInput,
  type PerformResult,
  type UnusableValue,
  type Verified,
} from '../../application/ports';
import type { Log } from '../../application/change/deps';
import type { JsonObject } from '../../domain/request/request';
import { isLoopback, readAddress } from '../address';
import { Redactor } from '../redact';
import { Secrets } from '../secrets';
import { resolveSetting, type Environment } from '../setting';
import { fixedCredentials, type Authenticator } from './auth';
import type { HttpConnectorDefinition } from './definition';
import { findDocument } from './find';
import { lookUp } from './look-up';
import { ClientCredentials } from './oauth2';
import type { ConnectorParts } from './parts';
import { performOperation } from './perform';
import { send } from './send';
import { renderPath } from './template';
import { readTls, type TlsOptions } from './tls';
import { httpTraits } from './traits';
import { HttpTransport } from './transport';
import { unusableValues } from './unusable';
import { verifyDocument } from './verify';

export interface HttpConnectorOptions {
  /** Where `${NAME}` settings come from. */
  env: Environment;
  /** Those of the process, which get this connector's too. */
  secrets?: Secrets;
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
  const { env, clock = { now: () => new Date() }, log = { warn: () => undefined } } = options;
  const { secrets = new Secrets() } = options;
  const { title, allowedHosts } = definition;
  const base = readAddress(definition.baseUrl, env, `The address of ${title}`, allowedHosts);
  const tls = readTls(definition.tls, env);
  if (typeof tls.passphrase === 'string') secrets.add(tls.passphrase);
  if (base.protocol === 'http:' && Object.keys(tls).length > 0) {
    throw new Error(`The address of ${title} is http, so tls has no effect. Use an https address.`);
  }
  const auth = authenticator(definition, tls, env, clock, secrets);
  return new HttpConnector({
    definition,
    transport: new HttpTransport(base, definition.limits.concurrency, tls),
    redactor: new Redactor(
      [
        ...definition.redact,
        ...auth.headerNames,
        ...Object.keys(definition.headers).filter((name) => definition.headers[name]?.variable),
      ],
      secrets,
    ),
    auth,
    headers: ownHeaders(definition, env, secrets),
    clock,
    log,
  });
}

class HttpConnector implements Connector {
  readonly id: string;
  readonly traits: ConnectorTraits;
  readonly find?: Connector['find'];

  constructor(private readonly parts: ConnectorParts) {
    this.id = parts.definition.id;
    this.traits = httpTraits(parts.definition);
    const findable = Object.values(this.traits.operations).some((one) => one.findable);
    if (findable) this.find = (input, context) => this.search(input, context);
  }

  unusable(call: CallName, values: JsonObject): UnusableValue[] {
    const { lookups, operations } = this.parts.definition;
    const template = 'lookup' in call ? own(lookups, call.lookup) : own(operations, call.operation);
    return template ? unusableValues(template, values) : [];
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

  async verify(written: PerformInput, context: CallContext): Promise<Verified | undefined> {
    const operation = own(this.parts.definition.operations, written.operation);
    return operation && verifyDocument(this.parts, operation, written, context);
  }

  async ping(): Promise<boolean> {
    const target = renderPath(this.parts.definition.ping.path, {});
    const rendered = { method: 'GET', target, headers: {} };
    const { exchange } = await send(this.parts, rendered, undefined, {
      timeoutMs: PING_TIMEOUT_MS,
      reuseConnection: true,
    });
    return exchange.kind === 'answer' && exchange.status >= 200 && exchange.status < 300;
  }

  private async search(input: PerformInput, context: CallContext): Promise<FindResult> {
    const find = own(this.parts.definition.operations, input.operation)?.find;
    if (!find) {
      throw new ConnectorUnavailable(
        `The connector ${this.id} cannot look for what ${input.operation} wrote.`,
      );
    }
    return findDocument(this.parts, find, input, context);
  }
}

function authenticator(
  { auth, title, allowedHosts, limits }: HttpConnectorDefinition,
  tls: TlsOptions,
  env: Environment,
  clock: Clock,
  secrets: Secrets,
): Authenticator {
  if (auth.type !== 'oauth2') return fixedCredentials(auth, env, secrets);
  const endpoint = readAddress(auth.tokenUrl, env, `The token address of ${title}`, allowedHosts);
  if (endpoint.protocol !== 'https:' && !isLoopback(endpoint)) {
    throw new Error(`The token address of ${title} must be https: a secret is sent to it.`);
  }
  const transport = new HttpTransport(new URL(endpoint.origin), limits.concurrency, {
    ...tls,
    servername: undefined,
  });
  return new ClientCredentials(auth, endpoint, transport, clock, env, secrets);
}

/** @throws Error naming the variable that is missing, or the header that cannot be sent */
function ownHeaders(
  { headers, title }: HttpConnectorDefinition,
  env: Environment,
  secrets: Secrets,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, setting]) => {
      const value = resolveSetting(setting, env, `the header ${name} for ${title}`);
      validateHeaderValue(name, value);
      if (setting.variable !== undefined) secrets.add(value);
      return [name.toLowerCase(), value];
    }),
  );
}

function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
