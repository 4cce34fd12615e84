import type { IDataObject } from 'n8n-workflow';
import type { RequestAnswer } from '../../shared/requests';

/** States that an approved request can be in. */
const AFTER_APPROVAL = new Set([
  'approved',
  'executing',
  'executed',
  'failed',
  'outcome_unknown',
  'compensating',
  'compensated',
  'compensation_failed',
]);

export function isPending(answer: RequestAnswer): boolean {
  return answer.state === 'awaiting_approval';
}

/**
 * The answer with its verdict. Approved means that people approved it, by the service's account:
 * what policy allows without a person is not approved, and neither is what was superseded since.
 */
export function withVerdict(answer: RequestAnswer): IDataObject & { approved: boolean } {
  const approved = AFTER_APPROVAL.has(answer.state) && answer.approval?.state === 'approved';
  return { ...answer, approved };
}
