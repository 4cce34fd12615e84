import type { ApprovalState } from '../domain/approval/approval';
import type { Effect } from '../domain/request/decision';
import type { RequestState } from '../domain/request/states';

/** How a state looks: always with its word, the colour only helps. */
export type Tone = 'waiting' | 'good' | 'bad' | 'attention' | 'quiet';
interface Label {
  text: string;
  tone: Tone;
}

export const REQUEST_LABELS: Record<RequestState, Label> = {
  received: { text: 'Received', tone: 'quiet' },
  extracted: { text: 'Proposed', tone: 'quiet' },
  extraction_failed: { text: 'Not understood', tone: 'bad' },
  validated: { text: 'Validated', tone: 'quiet' },
  invalid: { text: 'Invalid', tone: 'attention' },
  allowed: { text: 'Allowed', tone: 'good' },
  awaiting_approval: { text: 'Waiting for approval', tone: 'waiting' },
  approved: { text: 'Approved', tone: 'good' },
  rejected: { text: 'Rejected', tone: 'bad' },
  recommended: { text: 'Recommended only', tone: 'quiet' },
  blocked: { text: 'Blocked', tone: 'bad' },
  superseded: { text: 'Superseded', tone: 'quiet' },
  expired: { text: 'Expired', tone: 'quiet' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
  executing: { text: 'Being carried out', tone: 'waiting' },
  executed: { text: 'Executed', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
  outcome_unknown: { text: 'Outcome unknown', tone: 'attention' },
  compensating: { text: 'Being undone', tone: 'waiting' },
  compensated: { text: 'Undone', tone: 'quiet' },
  compensation_failed: { text: 'Undoing failed', tone: 'bad' },
};

/** States whose deadline says when the service looks into it again. */
export const LOOKED_INTO: ReadonlySet<RequestState> = new Set(['outcome_unknown', 'compensating']);

export const APPROVAL_LABELS: Record<ApprovalState, Label> = {
  pending: { text: 'Waiting', tone: 'waiting' },
  approved: { text: 'Approved', tone: 'good' },
  rejected: { text: 'Rejected', tone: 'bad' },
  expired: { text: 'Expired', tone: 'quiet' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
  superseded: { text: 'Superseded', tone: 'quiet' },
};

export const EFFECT_LABELS: Record<Effect, Label> = {
  allow: { text: 'Allowed by the rules', tone: 'good' },
  recommend: { text: 'Recommended only', tone: 'quiet' },
  require_approval: { text: 'Needs approval', tone: 'waiting' },
  block: { text: 'Blocked by the rules', tone: 'bad' },
};

/** The three moments of a request, whatever came of them. */
export const MOMENT_LABELS = {
  recommendation: 'What was recommended',
  confirmation: 'What people decided',
  write_back: 'What was done',
} as const;

/** Effects in few words, and a request that does not get as far as a decision. */
export const OUTCOME_LABELS: Record<Effect | 'invalid', Label> = {
  allow: { text: 'Allowed', tone: 'good' },
  recommend: { text: 'Recommended only', tone: 'quiet' },
  require_approval: { text: 'Needs approval', tone: 'waiting' },
  block: { text: 'Blocked', tone: 'bad' },
  invalid: { text: 'Invalid', tone: 'attention' },
};
