import type { ConnectorLimits } from '../../application/ports';
import {
  BASE_PROPERTIES,
  BASE_REQUIRED,
  NAME_IN_ERP,
  readDefinition,
  SETTING,
  type BaseFile,
} from '../documents/base-schema';
import type { WalkTimes } from '../documents/walk';
import type { Setting } from '../setting';

/** `json2` is Odoo 19 and later; `jsonrpc` is what older ones offer. */
export const PROTOCOLS = ['json2', 'jsonrpc'] as const;
export type OdooProtocol = (typeof PROTOCOLS)[number];

/** A checked connector file of type `odoo`. Ids of records are looked up by their codes at run time. */
export interface OdooDefinition {
  id: string;
  title: string;
  type: 'odoo';
  url: Setting;
  database: Setting;
  protocol: OdooProtocol;
  /** Needed by `jsonrpc` only: a key of `/json/2` says whose it is. */
  login?: Setting;
  apiKey: Setting;
  times: WalkTimes;
  limits: ConnectorLimits;
  redact: string[];
  payment: {
    /** Short code of the bank or cash journal. */
    journal: string;
  };
}

interface OdooFile extends BaseFile {
  protocol: OdooProtocol;
  login?: string;
  apiKey: string;
  payment: OdooDefinition['payment'];
}

/** JSON Schema of the file, with its defaults. */
export const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: [...BASE_REQUIRED, 'apiKey', 'payment'],
  properties: {
    ...BASE_PROPERTIES,
    type: { const: 'odoo' },
    protocol: { enum: PROTOCOLS, default: 'json2' },
    login: SETTING,
    apiKey: SETTING,
    payment: {
      type: 'object',
      additionalProperties: false,
      required: ['journal'],
      properties: { journal: NAME_IN_ERP },
    },
  },
  if: { required: ['protocol'], properties: { protocol: { const: 'jsonrpc' } } },
  then: { required: ['login'] },
};

/** @throws ConnectorDefinitionError naming every wrong place by file and JSON pointer */
export function parseOdoo(value: unknown, file: string): OdooDefinition {
  return readDefinition<OdooFile, OdooDefinition>(value, file, SCHEMA, (read, reader) => ({
    id: read.id,
    title: read.title,
    type: 'odoo',
    url: reader.setting('/url', read.url),
    database: reader.setting('/database', read.database),
    protocol: read.protocol,
    ...(read.login === undefined ? {} : { login: reader.setting('/login', read.login) }),
    apiKey: reader.secret('/apiKey', read.apiKey),
    times: { timeoutMs: read.timeoutMs, totalMs: read.totalMs, settleMs: read.settleMs },
    limits: read.limits,
    redact: read.redact,
    payment: read.payment,
  }));
}
