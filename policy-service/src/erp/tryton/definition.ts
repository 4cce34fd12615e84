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

/** How far a payment is led: approved by us and sent by a person, handed to the bank, or paid. */
export const PAYMENT_GOALS = ['approved', 'processing', 'succeeded'] as const;
export type PaymentGoal = (typeof PAYMENT_GOALS)[number];

/** A checked connector file of type `tryton`. Ids of records are looked up by their codes at run time. */
export interface TrytonDefinition {
  id: string;
  title: string;
  type: 'tryton';
  url: Setting;
  database: Setting;
  login: Setting;
  password: Setting;
  times: WalkTimes;
  limits: ConnectorLimits;
  redact: string[];
  payment: {
    /** Name of the payment journal; several of one name are told apart by the currency. */
    journal: string;
    until: PaymentGoal;
  };
}

interface TrytonFile extends BaseFile {
  login: string;
  password: string;
  payment: TrytonDefinition['payment'];
}

/** JSON Schema of the file, with its defaults. */
export const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: [...BASE_REQUIRED, 'login', 'password', 'payment'],
  properties: {
    ...BASE_PROPERTIES,
    type: { const: 'tryton' },
    login: SETTING,
    password: SETTING,
    payment: {
      type: 'object',
      additionalProperties: false,
      required: ['journal'],
      properties: {
        journal: NAME_IN_ERP,
        until: { enum: PAYMENT_GOALS, default: 'succeeded' },
      },
    },
  },
};

/** @throws ConnectorDefinitionError naming every wrong place by file and JSON pointer */
export function parseTryton(value: unknown, file: string): TrytonDefinition {
  return readDefinition<TrytonFile, TrytonDefinition>(value, file, SCHEMA, (read, reader) => ({
    id: read.id,
    title: read.title,
    type: 'tryton',
    url: reader.setting('/url', read.url),
    database: reader.setting('/database', read.database),
    login: reader.setting('/login', read.login),
    password: reader.secret('/password', read.password),
    times: { timeoutMs: read.timeoutMs, totalMs: read.totalMs, settleMs: read.settleMs },
    limits: read.limits,
    redact: read.redact,
    payment: read.payment,
  }));
}
