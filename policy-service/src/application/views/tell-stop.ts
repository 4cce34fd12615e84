import { stopSentence, type Control } from '../../domain/stops/stop';
import type { GovernedRequest } from '../../domain/request/request';
import type { RequestState } from '../../domain/request/states';
import type { RequestAnswer } from './answer';
import type { Deps } from '../change/deps';
import { fromBackup } from './message';
import { stopOf } from '../stops/active-stops';

/** States from which something may still be sent to the ERP. */
const OPEN: ReadonlySet<RequestState> = new Set([
  'received',
  'extracted',
  'validated',
  'awaiting_approval',
  'allowed',
  'approved',
  'executing',
  'outcome_unknown',
]);

/** The stop that a reader of this request has to know of: none once nothing more can be sent. */
export async function stopToTell(
  deps: Pick<Deps, 'store'>,
  request: GovernedRequest,
): Promise<Control | undefined> {
  const undoing = request.state === 'compensating' && request.execution?.undo !== undefined;
  return OPEN.has(request.state) || undoing ? stopOf(deps, request) : undefined;
}

/**
 * The answer for a request, with the stop that holds it back now. It is added to what is sent and
 * not to what is stored, so that a replayed answer tells of today's stop and not of a lifted one.
 */
export async function tellStop(
  deps: Pick<Deps, 'store'>,
  answer: RequestAnswer,
): Promise<RequestAnswer> {
  const { items } = await deps.store.controls({ active: true, limit: 1 });
  if (items.length === 0) return answer;
  const found = await deps.store.request(answer.id);
  // A replayed answer of an earlier state says nothing about what comes next.
  if (!found || found.value.state !== answer.state) return answer;
  const stop = await stopToTell(deps, found.value);
  if (!stop) return answer;
  return {
    ...answer,
    message: messageWhileStopped(found.value, String(answer['message']), stop),
    stopped: { reason: stop.reason, target: stop.target },
  };
}

/**
 * What the requester is told while execution is stopped.
 * @param usual what they are told otherwise
 */
export function messageWhileStopped(
  request: GovernedRequest,
  usual: string,
  stop: Pick<Control, 'reason'>,
): string {
  const sentence = stopSentence(stop);
  const clause = `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
  switch (request.state) {
    case 'allowed':
      return `Allowed, but ${clause} ${fromBackup(request)}`.trim();
    case 'approved':
      return `Approved, but ${clause} ${fromBackup(request)}`.trim();
    case 'executing':
    case 'compensating':
      // What is under way goes on to its end.
      return `${usual} Nothing more is begun for now: ${clause}`;
    case 'outcome_unknown':
      return `${usual} Nothing is sent again for now: ${clause}`;
    default:
      return `${usual} ${sentence}`;
  }
}
