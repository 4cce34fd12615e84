import type { Approval } from '../../domain/approval/approval';
import type { GovernedRequest } from '../../domain/request/request';
import { mayHaveBeenWritten } from '../../domain/request/restored';
import { sentence } from '../../domain/sentence';
import { messageOnWrite } from './message-on-write';

/** One true sentence, or a few, for the requester on where a request stands. */
export function messageFor(request: GovernedRequest, approval?: Approval): string {
  const { kind, decision, validation } = request;
  const reasons = textOf(decision?.reasons);
  switch (request.state) {
    case 'received':
      return join('The request was received.', fromBackup(request));
    case 'extracted':
      return join('The request was read; it has not been checked yet.', fromBackup(request));
    case 'validated':
      return join('The request is complete; it has not been decided yet.', fromBackup(request));
    case 'allowed':
      return join('Allowed.', notYet(request));
    case 'approved':
      return join('Approved.', notYet(request));
    case 'awaiting_approval':
      return join(`Waiting for approval by ${waitedFor(approval)}.`, notYet(request), reasons);
    case 'extraction_failed':
      return join('The request could not be read.', nothingDone(request));
    case 'invalid':
      return join(because('Invalid', textOf(validation?.errors)), nothingDone(request));
    case 'blocked':
      return join(because('Refused', reasons), nothingDone(request));
    case 'recommended':
      return join(because('Recommended only', reasons), nothingDone(request));
    case 'rejected':
      return join('Rejected by an approver.', nothingDone(request));
    case 'expired':
      return join('The time for it is over.', nothingDone(request));
    case 'cancelled':
      return join('Cancelled.', nothingDone(request));
    case 'superseded': {
      const again = kind === 'compensation' ? 'Ask for the undoing' : 'Send the request';
      return join(
        'The approval no longer counts, because the request, the rules, the records or the people behind it have changed.',
        nothingDone(request),
        mayHaveBeenWritten(request) ? '' : `${again} again if it is still wanted.`,
      );
    }
    default:
      return messageOnWrite(request, request.state);
  }
}

/** What is true of the write of a request that ended before an execution of ours. */
export function nothingDone(request: GovernedRequest): string {
  return fromBackup(request) || 'Nothing was done.';
}

/** The same of one that may still be executed. */
function notYet(request: GovernedRequest): string {
  return fromBackup(request) || 'Nothing has been done yet.';
}

/** What came out of a backup may have gone further than this service knows; empty for others. */
export function fromBackup({ restored }: GovernedRequest): string {
  if (restored === undefined) return '';
  return restored.confirmed
    ? 'It came out of a backup, and an operator found nothing of it written.'
    : 'It came out of a backup, so it may have been written in the time after that; it is not known here.';
}

function because(what: string, reasons: string): string {
  return reasons === '' ? `${what}.` : `${what}: ${sentence(reasons)}`;
}

function join(...sentences: string[]): string {
  return sentences.filter((one) => one !== '').join(' ');
}

function textOf(reasons: readonly { message: string }[] = []): string {
  return reasons.map(({ message }) => message).join(' ');
}

/** The stages that are still open, in their order. */
function waitedFor(approval: Approval | undefined): string {
  const open = (approval?.stages ?? []).filter(({ count }, stage) => {
    const given = approval?.votes.filter((one) => one.stage === stage && one.vote === 'approve');
    return (given?.length ?? 0) < count;
  });
  const roles = open.map(({ role, count }) =>
    count > 1 ? `${count} people holding ${role}` : role,
  );
  return roles.join(', then ') || 'a person';
}
