import type { JsonObject } from './request';

/** A honours an idempotency key; B can be found by an external reference; C neither. */
export type IdempotencyClass = 'A' | 'B' | 'C';

/** caller: our request was wrong; refused: the ERP said no; transient: nothing was written; unknown: nobody can say. */
export type AttemptOutcome = 'done' | 'caller_error' | 'refused' | 'transient' | 'unknown';

/** One call to an ERP. Secrets and personal fields are redacted before it is stored. */
export interface Attempt {
  step: string;
  number: number;
  startedAt: string;
  durationMs: number;
  outcome: AttemptOutcome;
  request: JsonObject;
  response?: JsonObject;
  message?: string;
}

export type ExecutionStatus = 'executing' | 'executed' | 'failed' | 'outcome_unknown';

/** The one write of a request. Its row is durable before the first byte leaves for the ERP. */
export interface Execution {
  status: ExecutionStatus;
  /** Downstream idempotency key: derived from the request id, equal for every attempt. */
  idempotencyKey: string;
  steps: { name: string; status: 'pending' | 'done' | 'failed' | 'unknown' }[];
  attempts: Attempt[];
  erpReference?: string;
  result?: JsonObject;
  message?: string;
  /** Process that owns the execution and until when (fencing: the request's version). */
  leaseOwner: string;
  leaseUntil: string;
  startedAt: string;
  /** A process ended in the middle of it, so a call may have been received that nobody recorded. */
  interrupted?: boolean;
  finishedAt?: string;
}
