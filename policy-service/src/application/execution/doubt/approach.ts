import type { Action } from '../../../domain/catalogue/action';
import { openStep, type Execution, type IdempotencyClass } from '../../../domain/request/execution';
import { ageOf } from '../../../domain/service-time';
import type { ConnectorTraits } from '../../ports';

/**
 * What may safely be done about a step whose outcome nobody knows. resend: the same call with the
 * same key; look: search the ERP for it first; person: neither, only somebody who asks the ERP.
 */
export type Approach = 'resend' | 'look' | 'person';

/**
 * By the step's idempotency class: A sends the same key again as long as the ERP remembers it,
 * then searches; B searches; C goes to a person.
 * @param action undefined when the catalogue no longer has it as it was begun: what was sent then
 *   is not what a newer catalogue would send
 */
export function approachTo(
  action: Action | undefined,
  traits: ConnectorTraits | undefined,
  execution: Execution,
  now: Date,
): Approach {
  const step = openStep(execution);
  const operation = step && traits?.operations[step.operation];
  if (!step || !operation || !action) return 'person';
  if (operation.reads) return 'resend';
  const look: Approach = operation.findable ? 'look' : 'person';
  switch (worse(action.idempotency, operation.idempotency)) {
    case 'A': {
      const age = ageOf(step.startedAt ?? execution.startedAt, now);
      return isWithin(operation.keyWindowMs, age) ? 'resend' : look;
    }
    case 'B':
      return look;
    case 'C':
      return 'person';
  }
}

/** Whether an ERP still knows a key; one that never forgets does so at any age. */
export function isWithin(keyWindowMs: number | undefined, age: number): boolean {
  return keyWindowMs === undefined || age < keyWindowMs;
}

function worse(a: IdempotencyClass, b: IdempotencyClass): IdempotencyClass {
  return a > b ? a : b;
}
