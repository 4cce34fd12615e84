import type { Approval } from '../domain/approval';
import type { GovernedRequest } from '../domain/request';

/** One true sentence for the requester on where a request stands. */
export function messageFor(request: GovernedRequest, approval?: Approval): string {
  const reasons = (request.decision?.reasons ?? []).map((reason) => reason.message).join(' ');
  switch (request.state) {
    case 'received':
      return 'The request was received.';
    case 'extracted':
      return 'The request was read; it has not been checked yet.';
    case 'extraction_failed':
      return 'The request could not be read. Nothing was done.';
    case 'validated':
      return 'The request is complete; it has not been decided yet.';
    case 'invalid':
      return `Nothing was done: ${sentence((request.validation?.errors ?? []).map((e) => e.message).join(' '))}`;
    case 'blocked':
      return `Refused, nothing was done: ${sentence(reasons || 'a rule forbids it')}`;
    case 'recommended':
      return `Recommended only, nothing was written: ${sentence(reasons)}`;
    case 'allowed':
      return 'Allowed; it has not been executed yet.';
    case 'awaiting_approval':
      return `Waiting for approval by ${rolesOf(approval)}. Nothing has been done yet. ${reasons}`.trim();
    case 'approved':
      return 'Approved; it has not been executed yet.';
    case 'rejected':
      return 'Rejected by an approver. Nothing was done.';
    case 'expired':
      return 'It expired before it was executed. Nothing was done.';
    case 'superseded':
      return 'The approval no longer fits what would be executed. Nothing was done; send the request again.';
    case 'cancelled':
      return 'Cancelled. Nothing was done.';
    case 'executing':
      return 'It is being executed right now.';
    case 'executed':
      return request.execution?.erpReference
        ? `Executed: ${request.execution.erpReference}.`
        : 'Executed.';
    case 'failed':
      return `Not executed, the system of record holds nothing of it: ${sentence(request.execution?.message ?? 'it refused')}`;
    case 'outcome_unknown':
      return 'Sent, but the answer never came, so it is not known whether it was written. It is being looked into and is not sent again blindly.';
    case 'compensating':
      return 'It is being undone.';
    case 'compensated':
      return 'It was executed and then undone.';
    case 'compensation_failed':
      return 'It was executed and could not be undone. A person is in charge.';
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function rolesOf(approval: Approval | undefined): string {
  if (!approval) return 'a person';
  return approval.stages
    .map(({ role, count }) => (count > 1 ? `${count} people holding ${role}` : role))
    .join(', then ');
}
