import type { LogEntry } from '../audit/entry';
import { MOMENT_LABELS } from './labels';

type Heading = string | ((data: Record<string, unknown>) => string);

/** What an entry of one of the three moments says, by its type. */
const HEADINGS = new Map<string, Heading>([
  [
    'request.extracted',
    // A text in which nothing was recognised, or that was not read, recommends nothing.
    ({ intent }) =>
      typeof member(intent, 'action') === 'string'
        ? 'What was recommended'
        : 'No action was recommended',
  ],
  [
    'approval.voted',
    ({ vote }) =>
      member(vote, 'vote') === 'approve' ? 'Approved by a person' : 'Rejected by a person',
  ],
  [
    'request.resolved',
    ({ happened }) =>
      happened === true ? 'A person says that it happened' : 'A person says that it did not happen',
  ],
  ['request.step_done', (data) => `A step was done${bySource(data)}`],
  ['request.executed', (data) => `It was done${bySource(data)}`],
  ['request.failed', (data) => `It was not done${bySource(data)}`],
  ['request.outcome_unknown', 'It is not known whether it was done'],
  ['request.undo_unknown', 'It is not known whether it was undone'],
  ['request.compensating', 'A step was not done after others were'],
  ['request.compensated', (data) => `It was undone${bySource(data)}`],
  ['request.compensation_failed', 'It was not undone, or not all of it'],
]);

/** The heading over an entry that belongs to a moment: true of this entry, not of its kind. */
export function headingOf({ type, data, moment }: LogEntry): string {
  const heading = HEADINGS.get(type);
  if (heading !== undefined) return typeof heading === 'string' ? heading : heading(data);
  return moment === undefined ? '' : MOMENT_LABELS[moment];
}

/** Whose word it is, where it is not the service's own. */
function bySource({ knownBy, reported, evidence }: Record<string, unknown>): string {
  // Entries of earlier versions do not name it.
  const by = knownBy ?? (reported ? 'report' : evidence ? 'person' : undefined);
  if (by === 'person') return ', as a person says';
  return by === 'report' ? ', as the holder of the permit reports' : '';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
