import type { FactChange } from '../approval/bound-facts';
import type { FactRecord } from './facts';

/**
 * From loose to strict: allow, require_approval (a person may still let it through), recommend
 * (advice only, nothing is ever written), block. The strictest that applies wins.
 */
export type Effect = 'allow' | 'recommend' | 'require_approval' | 'block';

/** Why a decision is what it is. `ruleId` names a rule, a limit, or a built-in check. */
export interface Reason {
  ruleId: string;
  message: string;
  /** Bound facts that changed since the approval, old and new. */
  changes?: FactChange[];
}

/** `count` people holding `role` must approve before the next stage opens. */
export interface ApprovalStage {
  role: string;
  count: number;
}

/** What an approval must fulfil; the strictest of everything that matched. */
export interface Obligations {
  stages: ApprovalStage[];
  /** Seconds from the decision until the approval expires. */
  expiresInSeconds: number;
  /** `required`: every approving vote carries a comment. */
  comment: 'optional' | 'required';
  /** Names of what every approving vote must fill in, for example `contract_number`; sorted. */
  evidence: string[];
}

/** A fact as a decision used it. */
export interface DecidedFact extends FactRecord {
  /** Milliseconds between the ERP's answer and the decision; 0 when it came while deciding. */
  ageMs: number;
}

/** A rule or limit in mode log_only that would have had a say. */
export interface ShadowReason extends Reason {
  effect: Effect;
  /** The decision's effect had this one been enforced; absent when that is what it is anyway. */
  flips?: Effect;
}

/** One limit as it stood when the decision was taken. */
export interface LimitUse {
  limitId: string;
  /** Values that are counted together, for example vendor and currency. */
  key: string[];
  /** `amount`: decimal strings in the currency's major unit; `count`: whole numbers. */
  unit: 'amount' | 'count';
  /** This request's share. */
  amount: string;
  /** Already reserved in the window by other requests. */
  used: string;
  max: string;
  /** Length of the sliding window in milliseconds. */
  windowMs: number;
  exceeded: boolean;
  /** Requests that hold the same key, oldest first; only where the limit finds duplicates. */
  holders?: string[];
  /** This request took its place before, so later repeats do not count against it (duplicates). */
  holdsPlace?: boolean;
  /** Every request with the same key is a twin, of which only one is written (duplicates). */
  twins?: boolean;
  /** The condition that holds for what is counted; absent: everything is. */
  when?: string;
  /** `log_only`: the share is counted, and nothing is held to the maximum. */
  mode: 'enforce' | 'log_only';
}

export interface Decision {
  effect: Effect;
  reasons: Reason[];
  policyVersion: string;
  /** SHA-256 over RFC 8785 JSON of what was decided on (see digest.ts). */
  digest: string;
  /** Facts that the rules saw, with their age. */
  facts: Record<string, DecidedFact>;
  limits: LimitUse[];
  /** What is on trial and would have objected. */
  shadow: ShadowReason[];
  /** Present when the effect is require_approval. */
  obligations?: Obligations;
  at: string;
}
