import type { IdempotencyClass } from './execution';
import type { JsonObject } from './request';

export type ActionClass = 'read' | 'workflow' | 'write';
export type Risk = 'low' | 'medium' | 'high';
/** The floor of a decision; rules only tighten it. */
export type Stage = 'off' | 'recommend' | 'approve' | 'auto';

/** An argument that names a record of the ERP: looked up at validation, offered to rules as a fact. */
export interface EntityReference {
  /** Name of the fact, for example `vendor`. */
  name: string;
  /** Lookup of the action's connector. */
  lookup: string;
  /** Lookup parameter -> argument name. */
  with: Record<string, string>;
  /** JSON pointer to the argument that is wrong when the record does not exist. */
  pointer: string;
  /** Fields of the record and their types, as rules may use them. */
  fields: Record<string, 'string' | 'integer' | 'boolean' | 'number'>;
}

/** Whether the arguments name a record of this reference: all of its parameters are given. */
export function isReferenced(entity: EntityReference, values: JsonObject): boolean {
  return Object.values(entity.with).every((argument) => values[argument] !== undefined);
}

export interface ActionStep {
  name: string;
  /** Operation of the connector. */
  operation: string;
}

/** One entry of the catalogue (YAML in policy-service/catalogue, one file an action). */
export interface Action {
  id: string;
  version: number;
  title: string;
  description: string;
  /** Role of the people in charge. */
  owner: string;
  class: ActionClass;
  risk: Risk;
  stage: Stage;
  connector: string;
  steps: ActionStep[];
  idempotency: IdempotencyClass;
  /** How the action is undone, or `irreversible`. Reads carry `none`. */
  compensation: 'none' | 'irreversible' | { operation: string };
  /** Argument that holds an amount and the one that holds its currency. */
  money?: { amount: string; currency: string };
  /** JSON Schema (draft 2020-12) of the arguments. */
  schema: JsonObject;
  entities: EntityReference[];
  requesterRoles?: string[];
  /** Words and examples that drive the extractors. */
  extraction: JsonObject;
}
