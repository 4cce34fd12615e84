import type { Approval } from '../domain/approval';
import { failureKnownBy, type Execution } from '../domain/execution';
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
    default:
      return messageOnWrite(request, request.state);
  }
}

/** What is true of the write itself. */
function messageOnWrite(request: GovernedRequest, state: WriteState): string {
  const { execution, kind } = request;
  const reason = execution?.message;
  const reference = execution?.erpReference;
  const undoing = kind === 'compensation';
  switch (state) {
    case 'executing':
      if (execution?.permit) return 'A permit to write it was given; no outcome is reported yet.';
      return undoing ? 'It is being undone right now.' : 'It is being executed right now.';
    case 'executed': {
      const done = undoing ? 'Undone' : execution?.permit ? 'Reported as executed' : 'Executed';
      return reference === undefined ? `${done}.` : `${done}: ${reference}.`;
    }
    case 'failed':
      return `${undoing ? 'Not undone' : notExecuted(execution)}: ${sentence(reason ?? 'it was refused')}`;
    case 'outcome_unknown':
      return `${execution?.permit ? 'A permit was given' : 'Sent'}, but no clear answer came, so it is not known whether it was written. ${nextOf(request)}`;
    case 'compensating':
      return execution?.undo
        ? `It could not be completed: ${sentence(reason ?? 'a step was refused')} What had been done is being taken back. ${request.needsPerson ? nextOf(request) : ''}`.trim()
        : `It was executed${inBrackets(reference)} and is being undone.`;
    case 'compensated':
      return execution?.undo
        ? `It could not be completed, and what had been done was taken back: ${sentence(reason ?? 'a step was refused')}`
        : `It was executed${inBrackets(reference)} and then undone.`;
    case 'compensation_failed': {
      const what =
        execution?.status === 'compensation_failed'
          ? `Only a part of it was done${inBrackets(reference)}, and that could not be taken back: ${sentence(reason ?? 'it was refused')}`
          : `It was executed${inBrackets(reference)} and could not be undone.`;
      return `${what} ${request.needsPerson ? inChargeSentence(request) : 'A person has settled it.'}`;
    }
  }
}

type WriteState = Extract<
  GovernedRequest['state'],
  | 'executing'
  | 'executed'
  | 'failed'
  | 'outcome_unknown'
  | 'compensating'
  | 'compensated'
  | 'compensation_failed'
>;

/** What is said of a failed write depends on who says it. */
function notExecuted(execution: Execution | undefined): string {
  switch (execution && failureKnownBy(execution)) {
    case 'person':
      return 'Not executed, as far as the person who looked into it could see';
    case 'holder':
      return 'Reported as not executed by the holder of its permit';
    default:
      return 'Not executed, the system of record holds nothing of it';
  }
}

/** What happens next about an outcome that nobody knows. */
function nextOf({ deadline }: GovernedRequest): string {
  return deadline === undefined
    ? 'It is not sent again; a person is finding out.'
    : `It is looked into again at ${deadline.slice(0, 16).replace('T', ' ')} UTC, and is not sent again blindly.`;
}

function inChargeSentence({ inCharge }: GovernedRequest): string {
  return inCharge === undefined
    ? 'A person is in charge.'
    : `People with the role ${inCharge} are in charge.`;
}

function inBrackets(reference: string | undefined): string {
  return reference === undefined ? '' : ` (${reference})`;
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
