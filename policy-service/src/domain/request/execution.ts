import type { KnownBy } from './known-by';
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

export type ExecutionStatus =
  | 'executing'
  | 'executed'
  | 'failed'
  | 'outcome_unknown'
  | 'compensating'
  | 'compensated'
  | 'compensation_failed';

/**
 * pending: nothing was sent; started: may have been sent, which is durable before the first byte
 * leaves; failed: the ERP refused it and holds nothing of it; unknown: sent, without a clear answer.
 */
export type StepStatus = 'pending' | 'started' | 'done' | 'failed' | 'unknown';

/** What a step that undoes another one refers to. */
export interface UndoneStep {
  /** Name of the step that is undone; undefined when the whole action is undone by one operation. */
  step?: string;
  erpReference?: string;
  result?: JsonObject;
  /** As in ExecutionStep. */
  numbers?: string[];
}

/** One operation of an execution. Its outcome is durable before the next step begins. */
export interface ExecutionStep {
  name: string;
  /** Operation of the connector, fixed when the execution began. */
  operation: string;
  status: StepStatus;
  /** When it was first about to be sent: the age of its key. */
  startedAt?: string;
  erpReference?: string;
  result?: JsonObject;
  /** `erp_reference` and names of the result whose texts the ERP gave as numbers. */
  numbers?: string[];
  /** Set where the write was found in the ERP instead of being told in an answer. */
  evidence?: string;
  /** Whose word its outcome is. Absent: the ERP's answer, or an earlier version (see known-by.ts). */
  knownBy?: KnownBy;
  /** Its outcome is not known although nothing of it was sent from here: it may be from before. */
  unsent?: true;
  undoes?: UndoneStep;
}

/** A one-time permit for somebody else to do the write (executor `external`). */
export interface Permit {
  id: string;
  /** SHA-256 of the secret, lower-case hex. */
  secretHash: string;
  expiresAt: string;
  /** What was reported, once. */
  report?: PermitReport;
}

export interface PermitReport {
  outcome: 'executed' | 'failed' | 'unknown';
  erpReference?: string;
  message?: string;
  at: string;
  /** It came after the permit had expired: evidence for a person, no outcome. */
  late: boolean;
}

/** The one write of a request. Its row is durable before the first byte leaves for the ERP. */
export interface Execution {
  status: ExecutionStatus;
  /** Downstream idempotency key: derived from the request id, equal for every attempt. */
  idempotencyKey: string;
  steps: ExecutionStep[];
  /** Steps that take back the done ones of an action that could not be completed, in their order. */
  undo?: ExecutionStep[];
  attempts: Attempt[];
  erpReference?: string;
  result?: JsonObject;
  message?: string;
  /** Process that owns the execution and until when (fencing: the request's version). */
  leaseOwner: string;
  leaseUntil: string;
  startedAt: string;
  finishedAt?: string;
  permit?: Permit;
  /** Set when it is settled, by this version and later ones. */
  knownBy?: KnownBy;
  /** Why it could not be completed; set where what had been done is taken back. */
  incomplete?: string;
  /** Whose word it is that a compensation undid it, or did not. */
  undoKnownBy?: KnownBy;
}

/** The steps that are being carried out now: the undoing ones as soon as there are any. */
export function currentSteps(execution: Execution): ExecutionStep[] {
  return execution.undo ?? execution.steps;
}

/** The first step that is not done. */
export function openStep(execution: Execution): ExecutionStep | undefined {
  return currentSteps(execution).find(({ status }) => status !== 'done');
}

/** The execution with one step of the current ones changed. */
export function withStep(
  execution: Execution,
  name: string,
  change: Partial<ExecutionStep>,
): Execution {
  const steps = currentSteps(execution).map((step) =>
    step.name === name ? { ...step, ...change } : step,
  );
  return execution.undo ? { ...execution, undo: steps } : { ...execution, steps };
}

/** What the done ones among some steps brought, as one result; the last reference counts. */
export function broughtBy(steps: ExecutionStep[]): { erpReference?: string; result?: JsonObject } {
  const done = steps.filter(({ status }) => status === 'done');
  const result: JsonObject = Object.assign({}, ...done.map((step) => step.result ?? {}));
  const erpReference = done.findLast((step) => step.erpReference !== undefined)?.erpReference;
  return {
    ...(erpReference === undefined ? {} : { erpReference }),
    ...(Object.keys(result).length > 0 ? { result } : {}),
  };
}
