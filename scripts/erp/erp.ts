import type { Progress } from '../stack/progress';

export const ERP_NAMES = ['tryton', 'odoo'] as const;
export type ErpName = (typeof ERP_NAMES)[number];

/** What `npm run erp -- up` prints, as one line of JSON. */
export interface RunningErp {
  erp: ErpName;
  /** Base address, without the database. */
  url: string;
  database: string;
  login: string;
  password: string;
  /** Odoo only: key of the same login for `/json/2`. */
  apiKey?: string;
  /** A login without any rights. */
  reader: { login: string; password: string; apiKey?: string };
  /** Internal ids of the seeded records by their business keys. */
  ids: Record<string, unknown>;
  dir: string;
  pid: number;
  logFile: string;
}

export interface UpOptions {
  /** Everything of one instance is kept here. */
  dir: string;
  /** Loopback port of the ERP. */
  port: number;
  progress: Progress;
}

/** This machine cannot run the ERP; the sentence says why and what would help. */
export class CannotRunError extends Error {}
