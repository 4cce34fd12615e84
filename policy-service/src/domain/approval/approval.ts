import type { BoundFacts } from './bound-facts';
import type { FactRecord } from '../request/facts';
import type { ApprovalStage, Reason } from '../request/decision';
import type { JsonObject } from '../request/request';

export type ApprovalState =
  'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled' | 'superseded';

export interface Vote {
  person: { email: string; name: string };
  /** Role in which the person voted: the open stage's role. */
  role: string;
  vote: 'approve' | 'reject';
  /** Index into `stages`. */
  stage: number;
  comment?: string;
  /** What the approval asked its approvers to fill in, by name. */
  evidence?: Record<string, string>;
  at: string;
}

/**
 * Exactly what an approver is asked to confirm; recorded with each vote. It is fixed when the
 * approval is opened and never altered under its id: other facts make another approval, and a vote
 * names the approval that it is for. So the id and the digest together say what was shown.
 */
export interface Shown {
  action: string;
  actionTitle: string;
  actionVersion: number;
  risk: string;
  arguments: JsonObject;
  facts: Record<string, FactRecord>;
  /**
   * What of the facts the approval binds: the last check before the write compares them with the
   * ERP. Absent in approvals that were asked for before facts were bound.
   */
  bound?: BoundFacts;
  reasons: Reason[];
  requestText?: string;
  requestedBy: string;
  tokenOwner: string | null;
  source: string;
  confidence: number;
  /** Where each argument was read from in the request text. */
  evidence: Record<string, { text: string; start: number; end: number }>;
}

export interface Approval {
  id: string;
  requestId: string;
  state: ApprovalState;
  /** Digest of the decision that asked for this approval: a vote must name it. */
  digest: string;
  policyVersion: string;
  shown: Shown;
  stages: ApprovalStage[];
  /** `required`: an approving vote needs a comment. Absent: optional. */
  comment?: 'optional' | 'required';
  /** Names of what an approving vote must fill in. Absent: nothing. */
  evidence?: string[];
  votes: Vote[];
  expiresAt: string;
  createdAt: string;
  endedAt?: string;
}
