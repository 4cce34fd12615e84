import type { Attempt, IdempotencyClass } from '../../domain/request/execution';
import type { Remedy } from '../../domain/errors';
import type { FactRecord } from '../../domain/request/facts';
import type { JsonObject } from '../../domain/request/request';

/**
 * Thrown when an ERP gave no usable answer: nothing is known, nothing was changed. `silent`: it gave
 * none, failed, or asked for fewer calls, so that a later call may be answered. `mend`: the answer
 * will be the same until somebody mends the connector, the ERP or the values; the message says what.
 */
export class ConnectorUnavailable extends Error {
  constructor(
    message: string,
    readonly remedy: Remedy = 'silent',
  ) {
    super(message);
  }
}

/** A value that a connector can never send where its call needs it. */
export interface UnusableValue {
  /** Parameter of the lookup, or argument of the operation. */
  name: string;
  /** A sentence. */
  message: string;
}

/** A call of a connector by its name in the connector's file. */
export type CallName = { lookup: string } | { operation: string };

export type LookupResult = { found: true; fact: FactRecord } | { found: false };

export interface CallContext {
  traceId: string;
  /** Aborts the call. */
  signal?: AbortSignal;
}

/** What a step that is done brought. */
export interface StepOutcome {
  /** The number under which the ERP booked it. */
  erpReference?: string;
  result: JsonObject;
  /** `erp_reference` and names of the result whose texts the ERP gave as numbers. */
  numbers?: string[];
}

export interface PerformInput {
  operation: string;
  step: string;
  /** For an undo: the original's arguments and `erp_reference` of the step that is undone. */
  arguments: JsonObject;
  /** Arguments whose texts the ERP gave as numbers, and takes as such. */
  numbers?: string[];
  /** Also the external reference that the ERP keeps with what is written. */
  requestId: string;
  idempotencyKey: string;
  /** Name of each earlier step that is done -> what it brought. */
  done: Record<string, StepOutcome>;
  /** For an undo: what is undone. */
  undoes?: Undone;
}

/**
 * What an undo takes back. The ERP's number of it can be given to another document by now, so it is
 * known by the external reference that was written with it: the request's id and the step.
 */
export interface Undone extends StepOutcome {
  requestId: string;
  /** Absent when the action is undone as a whole. */
  step?: string;
}

/** What is known after an operation, with every call that was made for it. */
export type PerformResult =
  | ({ outcome: 'done'; attempts: Attempt[] } & StepOutcome)
  | { outcome: 'refused'; message: string; attempts: Attempt[] }
  | { outcome: 'unknown'; message: string; attempts: Attempt[] };

/**
 * What the ERP holds under a request's external reference. `partial`: something was written, but
 * not the whole (a draft that was never posted, more than one document).
 */
export type FindResult =
  | { found: 'none' }
  | ({ found: 'done' } & StepOutcome)
  | { found: 'partial'; erpReference?: string; message: string };

/** Whether a document is the one that was written; if not, what is there instead, as a sentence. */
export type Verified = { same: true } | { same: false; gone: boolean; message: string };

export interface OperationTraits {
  /** It changes nothing in the ERP, so it can always be repeated. */
  reads: boolean;
  idempotency: IdempotencyClass;
  /** `find` can look for what it wrote. */
  findable: boolean;
  /** The ERP itself refuses a second document with the same external reference. */
  uniqueReference: boolean;
  /** Performed again, it goes on from what `find` calls partial instead of writing anew. */
  resumes?: boolean;
  /** Class A: how long the ERP remembers a key, in milliseconds; absent means for ever. */
  keyWindowMs?: number;
  /** Operation of the same connector that undoes it. */
  reverse?: string;
  /** Nothing can be read of what it wrote, so an undo relies on its number alone. */
  unverifiable?: boolean;
}

/** A value that a template of a connector's file stands for. */
export interface TemplateValue {
  /** An argument, `@request_id`, `erp_reference`, or `<earlier step>.<member>`. */
  name: string;
  optional: boolean;
  /** JSON pointer into the file. */
  at: string;
}

export interface OperationTemplates {
  /** By the call itself. */
  takes: TemplateValue[];
  /** By the search for what it wrote. */
  searches: TemplateValue[];
  /** By the reading of what it wrote before that is undone. */
  verifies: TemplateValue[];
  /** What later steps may take. */
  brings: string[];
}

/** What the templates of a connector's file take and bring. */
export interface ConnectorTemplates {
  /** `brings`: fields. `unmatched`: parameters that are only filters, and not held to the answer. */
  lookups: Record<string, { takes: TemplateValue[]; brings: string[]; unmatched: string[] }>;
  operations: Record<string, OperationTemplates>;
}

/** What a connector can do, as data: read from its definition, without calling anything. */
export interface ConnectorTraits {
  id: string;
  title: string;
  lookups: string[];
  operations: Record<string, OperationTraits>;
  /** Absent where operations are code. */
  templates?: ConnectorTemplates;
  /** No `perform` and no `find` goes on after this many milliseconds, its repeats included. */
  longestCallMs: number;
  limits: ConnectorLimits;
}

/** What the ERP may be asked at most by one process. */
export interface ConnectorLimits {
  /** Executions at the same time, and as many lookups. */
  concurrency: number;
  /** Calls that begin within one second. */
  perSecond: number;
}

/** How one ERP is called. */
export interface Connector {
  readonly id: string;
  readonly traits: ConnectorTraits;
  /** Why it cannot call anything until somebody mends it, a sentence; absent otherwise. */
  readonly fault?: string;
  /**
   * Values that can never be sent in this call, told without calling anything, so that a request
   * is invalid instead of failing later. Absent: every value that passes the schema can be sent.
   */
  unusable?(call: CallName, values: JsonObject): UnusableValue[];
  /** Reads a record for rules and entity references. @throws ConnectorUnavailable */
  lookup(lookup: string, parameters: JsonObject, context: CallContext): Promise<LookupResult>;
  /**
   * Performs one operation. Never throws for what an ERP does: a call that may have been
   * received and has no readable answer is `unknown`, never `refused`.
   */
  perform(input: PerformInput, context: CallContext): Promise<PerformResult>;
  /**
   * Looks for what the operation wrote by its external reference, the request id. Reads only.
   * Absent when no operation is findable; only findable operations may be asked for.
   * @throws ConnectorUnavailable when the ERP gave no readable answer
   */
  find?(input: PerformInput, context: CallContext): Promise<FindResult>;
  /**
   * Whether the document under a number still is what the operation wrote, asked before it is
   * undone: a number may be used again, or have been taken for another one. Reads only. Absent, or
   * `undefined`: nothing can be read, or the operation that undoes looks by itself.
   * @param written as it was performed, with the number as the argument `erp_reference`
   * @throws ConnectorUnavailable when the ERP gave no readable answer
   */
  verify?(written: PerformInput, context: CallContext): Promise<Verified | undefined>;
  /** Whether the ERP answers at all, for /readyz. */
  ping(): Promise<boolean>;
  /**
   * Reserves a place for an execution before its intent is written. What is admitted is never held
   * back later: an unsent call can so never be taken for an unknown one.
   * @throws ConnectorUnavailable when the connector takes nothing up right now
   */
  admit?(): Promise<Slot>;
}

/** How a connector fares in this process. */
export interface ConnectorHealth {
  id: string;
  /** Circuits: `open` begins nothing new, `half_open` tries one call. */
  reads: 'closed' | 'open' | 'half_open';
  writes: 'closed' | 'open' | 'half_open';
  /** Executions under way, and how many there may be. */
  executions: number;
  limit: number;
}

/** A place among the executions that a connector carries out at the same time. */
export interface Slot {
  release(): void;
}
