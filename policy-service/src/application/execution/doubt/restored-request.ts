import type { Action } from '../../../domain/catalogue/action';
import type { ExecutionStep } from '../../../domain/request/execution';
import type { GovernedRequest } from '../../../domain/request/request';
import { mayHaveBeenWritten } from '../../../domain/request/restored';
import { ageOf } from '../../../domain/service-time';
import type { Deps } from '../../change/deps';
import type { StepResult } from '../record-step';
import type { Connector, OperationTraits } from '../../ports';
import { isWithin } from './approach';
import { foundAsOutcome, look } from './look';

/** Why a restored request waits for a person. */
export const UNCONFIRMED =
  'It came out of a backup, so it may have been written already, and the service cannot rule that out by itself. An operator has to find out and say so (page Attention, or POST /v1/requests/{id}/resolution).';

type Precaution = 'send' | 'look' | 'person';

/**
 * What has to come before a step is sent. What can be searched is searched, also when a person
 * found nothing; a key that the ERP still remembers is as good as a search; for the rest a person
 * confirms that nothing was written.
 */
function precaution(
  request: GovernedRequest,
  operation: OperationTraits | undefined,
  now: Date,
): Precaution {
  const { restored } = request;
  if (!restored || operation?.reads) return 'send';
  if (restored.confirmed && (restored.undoes || !operation?.findable)) return 'send';
  if (restored.undoes) return 'person';
  if (operation?.findable) return 'look';
  const age = ageOf(request.createdAt, now);
  const remembered = operation?.idempotency === 'A' && isWithin(operation.keyWindowMs, age);
  return remembered ? 'send' : 'person';
}

/** Whether a request came out of a backup and must not be sent before a person confirmed it. */
export function waitsForConfirmation(
  deps: Pick<Deps, 'connector' | 'clock'>,
  request: GovernedRequest,
  action: Action,
): boolean {
  if (!mayHaveBeenWritten(request)) return false;
  if (action.executor === 'external') return true;
  const { operations } = deps.connector(action.connector).traits;
  const now = deps.clock.now();
  if (request.restored?.undoes) return true;
  return action.steps.some(({ operation: name }) => {
    const operation = operations[name];
    const declaredC = action.idempotency === 'C' && operation?.reads !== true;
    return declaredC || precaution(request, operation, now) === 'person';
  });
}

/**
 * The last look before a step of a restored request is sent, whichever step it is and however the
 * execution came to it.
 * @returns what the step came to without being sent; undefined when it may be sent
 */
export async function beforeSendingRestored(
  deps: Pick<Deps, 'clock'>,
  connector: Connector,
  held: GovernedRequest,
  step: ExecutionStep,
): Promise<StepResult | undefined> {
  const operation = connector.traits.operations[step.operation];
  const unknown = (message: string): StepResult => ({
    ...{ outcome: 'unknown', message },
    ...{ attempts: [], unsent: true },
  });
  switch (precaution(held, operation, deps.clock.now())) {
    case 'send':
      return undefined;
    case 'person':
      return unknown(UNCONFIRMED);
    case 'look': {
      const looked = await look(connector, held);
      const goesOn =
        looked.found === 'none' || (looked.found === 'partial' && operation?.resumes === true);
      if (goesOn) return undefined;
      const found = foundAsOutcome(looked);
      return found ?? unknown('message' in looked ? looked.message : UNCONFIRMED);
    }
  }
}
