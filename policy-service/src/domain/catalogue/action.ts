import { durationSeconds } from '../duration';
import type { IdempotencyClass } from '../request/execution';
import type { JsonObject } from '../request/request';

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
  /**
   * Fields that an approval does not bind, because they change by themselves. Absent: nobody has
   * said yet, and every field binds.
   */
  volatile?: string[];
  /** How long an answer may be used again, for example `5s` (the default); 0 asks each time. */
  cacheFor?: string | 0;
}

/** How long the answer of a lookup serves validation and decisions, unless the entity says otherwise. */
const CACHE_FOR_MS = 5_000;

/** How old a record of the entity may be when a request is decided; 0: the ERP is always asked. */
export function cacheForMs({ cacheFor }: EntityReference): number {
  if (cacheFor === undefined) return CACHE_FOR_MS;
  return cacheFor === 0 ? 0 : durationSeconds(cacheFor) * 1000;
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

/**
 * How a write is taken back: one operation for the whole action, or one for each step. `stage` is
 * the floor of the undoing; without it a person approves.
 */
export type Compensation =
  | 'none'
  | 'irreversible'
  | { operation: string; stage?: Stage }
  | { steps: Record<string, string>; stage?: Stage };

/** Connector id of actions that somebody else carries out under a permit. */
export const EXTERNAL = 'external';

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
  /** Who does the write: the service through a connector, or somebody else under a permit. */
  executor: 'service' | 'external';
  /** `external` for actions of an external executor. */
  connector: string;
  /** Empty for actions of an external executor. */
  steps: ActionStep[];
  idempotency: IdempotencyClass;
  /** How the action is undone, or `irreversible`. Reads carry `none`. */
  compensation: Compensation;
  /** Id of the action that this one undoes; only on derived actions (undo.ts). */
  undoes?: string;
  /** Argument that holds an amount and the one that holds its currency. */
  money?: { amount: string; currency: string };
  /** JSON Schema (draft 2020-12) of the arguments. */
  schema: JsonObject;
  entities: EntityReference[];
  requesterRoles?: string[];
  /** Words and examples that drive the extractors. */
  extraction: JsonObject;
}
