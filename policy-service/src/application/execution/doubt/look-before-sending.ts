import type { Action } from '../../../domain/catalogue/action';
import type { GovernedRequest } from '../../../domain/request/request';
import { ageOf } from '../../../domain/service-time';
import { connectorUnavailable } from '../connector-unavailable';
import type { Deps } from '../../change/deps';
import { bareExecution } from '../open-execution';
import type { StepResult } from '../record-step';
import { momentBy, type Connector } from '../../ports';
import { isWithin } from './approach';
import { foundAsOutcome, lookOnce } from './look';

/**
 * A request may have been written before: by a service whose data was restored from a backup since,
 * which a restored request says of itself.
 * Where no key protects it, because the ERP honours none or has forgotten it by now, the ERP is
 * searched first, if it can be and the operation does not do so itself.
 * @returns the outcome of the first step where it is not to be sent; undefined when it is
 * @throws AppError `connector_unavailable` when the ERP cannot be searched; state unchanged
 */
export async function lookBeforeSending(
  deps: Deps,
  connector: Connector,
  request: GovernedRequest,
  action: Action,
): Promise<StepResult | undefined> {
  const [first] = action.steps;
  const operation = first && connector.traits.operations[first.operation];
  if (!first || !operation?.findable || operation.resumes) return undefined;
  const moment = momentBy(deps.clock);
  const age = ageOf(request.createdAt, moment.now);
  const remembered = operation.idempotency === 'A' && isWithin(operation.keyWindowMs, age);
  if (remembered && !request.restored) return undefined;
  const execution = {
    ...bareExecution({ request, ...moment }),
    steps: [{ ...first, status: 'pending' as const }],
  };
  const looked = await lookOnce(connector, { ...request, execution });
  switch (looked.found) {
    case 'none':
      return undefined;
    case 'done':
      return foundAsOutcome(looked);
    case 'partial': {
      const message = `A part of it is in the ERP already: ${looked.message}`;
      return { outcome: 'unknown', message, attempts: [], unsent: true };
    }
    case 'unavailable':
      throw connectorUnavailable(
        connector.id,
        `${looked.message} It is not sent without a search.`,
        looked.remedy,
      );
  }
}
