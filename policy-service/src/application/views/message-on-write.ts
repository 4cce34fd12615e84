import { currentSteps, openStep, type Execution } from '../../domain/request/execution';
import { knownBy, sentOf, type KnownBy } from '../../domain/request/known-by';
import type { GovernedRequest } from '../../domain/request/request';
import { mayHaveBeenWritten } from '../../domain/request/restored';
import { sentence } from '../../domain/sentence';

/** States in which a write was begun. */
export type WriteState = Extract<
  GovernedRequest['state'],
  | 'executing'
  | 'executed'
  | 'failed'
  | 'outcome_unknown'
  | 'compensating'
  | 'compensated'
  | 'compensation_failed'
>;

/** What is true of the write of a request, and whose word it is. */
export function messageOnWrite(request: GovernedRequest, state: WriteState): string {
  const { execution } = request;
  switch (state) {
    case 'executing':
      if (execution?.permit) return 'A permit to write it was given; no outcome is reported yet.';
      return `${undoes(request) ? 'Undoing it' : 'Its execution'} has begun; no outcome is recorded yet.`;
    case 'executed':
      return `${done(request)}${colon(execution?.erpReference)}.${sinceBackup(request)}`;
    case 'failed':
      return `${notDone(request)}: ${sentence(execution?.message ?? 'it was refused')}`;
    case 'outcome_unknown':
      return `${inDoubt(request)} ${nextOf(request)}`;
    case 'compensating':
      if (!execution?.undo) return `${wasDone(execution)} Undoing it has begun.`;
      return request.needsPerson
        ? `${incomplete(execution)} It is not known whether what had been done was taken back. ${nextOf(request)}`
        : `${incomplete(execution)} What had been done is being taken back.`;
    case 'compensated':
      return execution?.undo
        ? `${incomplete(execution)} What had been done was taken back${as(knownBy(execution))}.`
        : `${wasDone(execution)} It was undone${as(execution?.undoKnownBy)}.`;
    case 'compensation_failed':
      return `${notTakenBack(execution)} ${inCharge(request)}`;
  }
}

function undoes({ kind }: GovernedRequest): boolean {
  return kind === 'compensation';
}

/** Behind "executed", "undone" and "not undone": whose word it is, where it is not the ERP's. */
function as(word: KnownBy | undefined): string {
  switch (word) {
    case 'person':
      return ', as far as the person who looked into it could see';
    case 'report':
      return ', as the holder of its permit reports';
    case 'look':
      return ', as a search of the ERP showed';
    default:
      return '';
  }
}

function done(request: GovernedRequest): string {
  const word = request.execution && knownBy(request.execution);
  if (word === 'report') return `Reported as ${undoes(request) ? 'undone' : 'executed'}`;
  return `${undoes(request) ? 'Undone' : 'Executed'}${as(word)}`;
}

function wasDone(execution: Execution | undefined): string {
  const reference = execution?.erpReference;
  const number = reference === undefined ? '' : ` (${reference})`;
  return `It was executed${number}${as(execution && knownBy({ ...execution, status: 'executed' }))}.`;
}

/** What was executed before a backup may have been undone after it. */
function sinceBackup({ kind, restored, execution }: GovernedRequest): string {
  const before = restored && (execution?.finishedAt ?? '') <= restored.at;
  return before && kind === 'action'
    ? ' It came out of a backup; whether it was undone in the time after that is not known here.'
    : '';
}

/** "Holds nothing of it" is only said where it is proved. */
function notDone(request: GovernedRequest): string {
  const { execution, restored } = request;
  const not = undoes(request) ? 'Not undone' : 'Not executed';
  const word = execution && knownBy(execution);
  if (mayHaveBeenWritten(request) && word === 'never_sent') {
    return `${not} now, but it came out of a backup and may have been written in the time after that`;
  }
  if (word === 'report') return `Reported as ${not.toLowerCase()} by the holder of its permit`;
  if (word === 'person') return `${not}${as(word)}`;
  if (restored?.confirmed) return `${not} now, and an operator found nothing of it from before`;
  if (undoes(request)) return not;
  return word === 'never_sent'
    ? `${not}, nothing was written`
    : `${not}, the system of record holds nothing of it`;
}

/** Why nobody knows what was written. */
function inDoubt(request: GovernedRequest): string {
  const { execution } = request;
  if (!execution) return 'It is not known whether it was written.';
  if (execution.permit) {
    return 'A permit was given, but no clear outcome was reported in time, so it is not known whether it was written.';
  }
  const steps = currentSteps(execution);
  const all = steps.length > 1 ? 'all of it' : 'it';
  switch (sentOf(execution)) {
    case 'no': {
      const what = steps.length > 1 ? `Its step ${openStep(execution)?.name ?? ''}` : 'It';
      const before = mayHaveBeenWritten(request) ? ' It may be written since the backup.' : '';
      return `${what} was not sent: ${sentence(execution.message ?? 'no outcome is recorded')}${before}`;
    }
    case 'maybe':
      return `It may have been sent, and no clear answer is recorded, so it is not known whether ${all} was written.`;
    case 'yes':
      return `Sent, but no clear answer came, so it is not known whether ${all} was written.`;
  }
}

/** What happens next about an outcome that nobody knows. */
function nextOf({ deadline, execution }: GovernedRequest): string {
  if (deadline === undefined) {
    return 'The service does nothing more about it by itself: an operator has to find out.';
  }
  return deadline === execution?.leaseUntil
    ? 'The service looks into it, and does not send it again blindly.'
    : `The service looks into it again at ${deadline.slice(0, 16).replace('T', ' ')} UTC, and does not send it again blindly.`;
}

function incomplete({ incomplete: why, message }: Execution): string {
  return `It could not be completed: ${sentence(why ?? message ?? 'a step was refused')}`;
}

function notTakenBack(execution: Execution | undefined): string {
  if (execution?.status !== 'compensation_failed') {
    return `${wasDone(execution)} It was not undone${as(execution?.undoKnownBy)}.`;
  }
  const reference = execution.erpReference;
  const part = `Only a part of it was done${reference === undefined ? '' : ` (${reference})`}`;
  const why = sentence(execution.message ?? 'it was refused');
  const unknown = execution.undo?.some(({ status }) => status === 'unknown');
  if (unknown) return `${part}, and it is not known whether that was taken back: ${why}`;
  return `${part}, and that was not taken back${as(knownBy(execution))}: ${why}`;
}

function inCharge({ needsPerson, inCharge: role }: GovernedRequest): string {
  if (!needsPerson) return 'A person has looked after it.';
  return role === undefined
    ? 'An operator has to look after it.'
    : `People with the role ${role} are in charge.`;
}

function colon(text: string | undefined): string {
  return text === undefined ? '' : `: ${text}`;
}
