import type { Log } from '../application/change/deps';
import type { Clock, Connector, ConnectorTraits } from '../application/ports';
import { ConnectorDefinitionError } from './definition-error';
import type { HttpConnectorDefinition } from './http/definition';
import { createHttpConnector } from './http/http-connector';
import { DEFINITION_SCHEMA } from './http/definition-schema';
import { parseHttp } from './http/parse';
import { httpTraits } from './http/traits';
import { parseOdoo, SCHEMA as ODOO_SCHEMA, type OdooDefinition } from './odoo/definition';
import { createOdooConnector, odooTraits } from './odoo/odoo-connector';
import type { Secrets } from './secrets';
import type { Environment } from './setting';
import { parseTryton, SCHEMA as TRYTON_SCHEMA, type TrytonDefinition } from './tryton/definition';
import { createTrytonConnector, trytonTraits } from './tryton/tryton-connector';

/** A checked connector file of any type. */
export type ConnectorDefinition = HttpConnectorDefinition | OdooDefinition | TrytonDefinition;

export interface ConnectorOptions {
  /** Where `${NAME}` settings come from. */
  env: Environment;
  /** Those of the process, which get the connector's too. */
  secrets?: Secrets;
  clock: Clock;
  log: Pick<Log, 'warn'>;
}

/** One kind of ERP: how its file is read, what it can do, how it is called. */
interface ConnectorKind<T> {
  /** JSON Schema of its file. */
  schema: object;
  parse(value: unknown, file: string): T;
  traits(definition: T): ConnectorTraits;
  create(definition: T, options: ConnectorOptions): Connector;
}

/** Type of a connector file -> its kind. A new kind of ERP is one more line here. */
const KINDS: {
  [T in ConnectorDefinition['type']]: ConnectorKind<Extract<ConnectorDefinition, { type: T }>>;
} = {
  http: {
    schema: DEFINITION_SCHEMA,
    parse: parseHttp,
    traits: httpTraits,
    create: createHttpConnector,
  },
  odoo: {
    schema: ODOO_SCHEMA,
    parse: parseOdoo,
    traits: odooTraits,
    create: createOdooConnector,
  },
  tryton: {
    schema: TRYTON_SCHEMA,
    parse: parseTryton,
    traits: trytonTraits,
    create: createTrytonConnector,
  },
};

/**
 * Checks a connector file.
 * @param value the parsed YAML
 * @param file name of the file, for the sentences
 * @throws ConnectorDefinitionError naming every wrong place by file and JSON pointer
 */
export function parseConnector(value: unknown, file: string): ConnectorDefinition {
  const type = (value as { type?: unknown } | null)?.type;
  if (typeof type === 'string' && Object.hasOwn(KINDS, type)) {
    return kindOf({ type } as ConnectorDefinition).parse(value, file);
  }
  throw new ConnectorDefinitionError(file, [
    { pointer: '/type', message: `Write type: ${Object.keys(KINDS).join(', or type: ')}.` },
  ]);
}

/** The JSON Schema of each kind of connector file, for editors. */
export function connectorSchemas(): object[] {
  return Object.values(KINDS).map(({ schema }) => schema);
}

/** What a connector can do, without a setting and without a call. */
export function traitsOf(definition: ConnectorDefinition): ConnectorTraits {
  return kindOf(definition).traits(definition);
}

/**
 * A connector that calls an ERP as its definition says.
 * @throws Error with a sentence when a setting is missing from the environment or is not usable
 */
export function createConnector(
  definition: ConnectorDefinition,
  options: ConnectorOptions,
): Connector {
  return kindOf(definition).create(definition, options);
}

/** The type of the definition picks its kind, which the compiler cannot follow through the table. */
function kindOf(definition: ConnectorDefinition): ConnectorKind<ConnectorDefinition> {
  return KINDS[definition.type] as ConnectorKind<ConnectorDefinition>;
}
