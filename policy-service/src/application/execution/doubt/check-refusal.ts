import type { ExecutionStep } from '../../../domain/request/execution';
import type { GovernedRequest } from '../../../domain/request/request';
import type { StepResult } from '../record-step';
import type { Connector } from '../../ports';
import { foundAsOutcome, lookOnce } from './look';

/**
 * A refusal may only say that the ERP holds the document already: from an earlier call without an
 * answer, or from before the service's data was restored from a backup. So it is searched before a
 * refusal is believed, where the step is in doubt or the ERP refuses a reference that it has.
 * @returns the refusal, what was found instead, or `unknown` where the search does not clear it up
 */
export async function checkRefusal(
  connector: Connector,
  held: GovernedRequest,
  step: ExecutionStep,
  outcome: StepResult,
): Promise<StepResult> {
  const { findable, uniqueReference } = connector.traits.operations[step.operation] ?? {};
  const inDoubt = step.status === 'unknown';
  if (!findable || !(inDoubt || uniqueReference) || !isRefusal(outcome)) return outcome;
  const looked = await lookOnce(connector, held);
  const { attempts, message } = outcome;
  switch (looked.found) {
    case 'none':
      return outcome;
    case 'done':
      return { ...(foundAsOutcome(looked) ?? outcome), attempts };
    default:
      return { outcome: 'unknown', message: `${message} ${looked.message}`, attempts };
  }
}

/** The ERP answered, and said no; a call that it did not take up says nothing about a document. */
function isRefusal(outcome: StepResult): outcome is StepResult & { outcome: 'refused' } {
  const last = outcome.attempts.at(-1)?.outcome;
  return outcome.outcome === 'refused' && (last === 'refused' || last === 'caller_error');
}
