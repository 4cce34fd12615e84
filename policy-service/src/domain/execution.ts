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
  /** Who said that nothing was written, where it is not the ERP. */
  settledBy?: Teller;
}

export type Teller = 'person' | 'holder';

/** The steps that are being carried out now: the undoing ones as soon as there are any. */
export function currentSteps(execution: Execution): ExecutionStep[] {
  return execution.undo ?? execution.steps;
}

/**
 * By what it is known that nothing was written: the ERP said so, or was searched; a person looked;
 * the holder of the permit reported it. What people and holders say cannot be checked by us.
 */
export function failureKnownBy({ permit, settledBy, message }: Execution): 'erp' | Teller {
  if (settledBy !== undefined) return settledBy;
  if (permit?.report?.outcome === 'failed') return 'holder';
  // Executions that were settled before it was kept who settled them.
  return message?.endsWith(FOUND_NOT_HAPPENED) ? 'person' : 'erp';
}

/** Ends the sentence of a person who found that a write did not happen. */
export const FOUND_NOT_HAPPENED = ' found that it did not happen.';

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
