import type { Connector, ConnectorTraits } from '../../application/ports';
import {
  DocumentConnector,
  documentTraits,
  type DocumentAbilities,
  type DocumentOptions,
} from '../documents/connector';
import { JsonTransport } from '../documents/json-transport';
import { lookupsOf, readsOf } from '../documents/master-data';
import type { RpcClient } from '../documents/rpc';
import { readAddress } from '../address';
import { Redactor } from '../redact';
import { Secrets } from '../secrets';
import { resolveSetting, type Environment } from '../setting';
import { OdooContacts } from './contact';
import type { OdooDefinition } from './definition';
import { Json2Client } from './json2-client';
import { JsonRpcClient } from './jsonrpc-client';
import { OdooPayments } from './payment';
import { OdooRecords } from './records';
import { OdooStock } from './stock';

/** Members that hold personal data under a neutral name: a note holds what was there before. */
const PERSONAL = ['street', 'body'];

/** What the connector can do, without a setting and without a call. */
export function odooTraits(definition: OdooDefinition): ConnectorTraits {
  return documentTraits(definition, abilities(definition));
}

/**
 * A connector that calls an Odoo server.
 * @throws Error with a sentence when a setting is missing from the environment or is not usable
 */
export function createOdooConnector(
  definition: OdooDefinition,
  { env, clock, log, secrets = new Secrets() }: DocumentOptions,
): Connector {
  return new DocumentConnector({
    traits: odooTraits(definition),
    parts: {
      client: clientOf(definition, env, secrets),
      redactor: new Redactor([...PERSONAL, ...definition.redact], secrets),
      clock,
      log,
      times: definition.times,
    },
    ...abilities(definition),
  });
}

function clientOf(definition: OdooDefinition, env: Environment, secrets: Secrets): RpcClient {
  const { title, limits, login } = definition;
  const transport = new JsonTransport(
    readAddress(definition.url, env, `The address of ${title}`),
    limits.concurrency,
    secrets,
  );
  const database = resolveSetting(definition.database, env, `the database of ${title}`);
  const apiKey = resolveSetting(definition.apiKey, env, `the API key of ${title}`);
  secrets.add(apiKey);
  if (definition.protocol === 'json2') return new Json2Client(transport, database, apiKey);
  const name = resolveSetting(login ?? {}, env, `the login of ${title}`);
  return new JsonRpcClient(transport, { database, login: name, apiKey });
}

function abilities(definition: OdooDefinition): DocumentAbilities {
  const records = new OdooRecords();
  const stock = new OdooStock(records);
  const payments = new OdooPayments(records, definition.payment);
  const contacts = new OdooContacts(records);
  return {
    lookups: lookupsOf(records),
    operations: {
      ...readsOf(records),
      stock_adjust: stock.adjust,
      stock_adjust_reverse: stock.reverse,
      payment_create: payments.create,
      payment_reverse: payments.reverse,
      contact_update: contacts.update,
      contact_restore: contacts.restore,
    },
  };
}
