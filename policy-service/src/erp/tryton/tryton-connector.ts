import type { Connector, ConnectorTraits } from '../../application/ports';
import {
  DocumentConnector,
  documentTraits,
  type DocumentAbilities,
  type DocumentOptions,
} from '../documents/connector';
import { JsonTransport } from '../documents/json-transport';
import { lookupsOf, readsOf } from '../documents/master-data';
import { readAddress } from '../address';
import { Redactor } from '../redact';
import { Secrets } from '../secrets';
import { resolveSetting } from '../setting';
import { TrytonClient } from './client';
import { TrytonContacts } from './contact';
import type { TrytonDefinition } from './definition';
import { TrytonPayments } from './payment';
import { TrytonRecords } from './records';
import { TrytonStock } from './stock';

/** Members that hold personal data under a neutral name. */
const PERSONAL = ['value'];

/** What the connector can do, without a setting and without a call. */
export function trytonTraits(definition: TrytonDefinition): ConnectorTraits {
  return documentTraits(definition, abilities(definition));
}

/**
 * A connector that calls a Tryton server (6.0 and later) by JSON-RPC.
 * @throws Error with a sentence when a setting is missing from the environment or is not usable
 */
export function createTrytonConnector(
  definition: TrytonDefinition,
  { env, clock, log, secrets = new Secrets() }: DocumentOptions,
): Connector {
  const url = readAddress(definition.url, env, `The address of ${definition.title}`);
  const setting = (name: 'database' | 'login' | 'password', what: string): string =>
    resolveSetting(definition[name], env, `${what} of ${definition.title}`);
  const credentials = {
    database: setting('database', 'the database'),
    login: setting('login', 'the login'),
    password: setting('password', 'the password'),
  };
  secrets.add(credentials.password);
  const transport = new JsonTransport(url, definition.limits.concurrency, secrets);
  return new DocumentConnector({
    traits: trytonTraits(definition),
    parts: {
      client: new TrytonClient(transport, credentials, clock),
      redactor: new Redactor([...PERSONAL, ...definition.redact], secrets),
      clock,
      log,
      times: definition.times,
    },
    ...abilities(definition),
  });
}

function abilities(definition: TrytonDefinition): DocumentAbilities {
  const records = new TrytonRecords();
  const stock = new TrytonStock(records);
  const payments = new TrytonPayments(records, definition.payment);
  const contacts = new TrytonContacts(records);
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
