import type { ApprovalStage, Effect } from '../request/decision';

/** What an approval must fulfil, as one rule asks for it. */
export interface ApprovalTerms {
  stages: ApprovalStage[];
  expiresInSeconds: number;
  /** Absent: optional. */
  comment?: 'optional' | 'required';
  /** Names of what an approver must fill in. Absent: nothing. */
  evidence?: string[];
}

export type RuleMode = 'enforce' | 'log_only';

/** What everything that decides has in common (policy-service/policies), durations resolved. */
interface Common {
  /** Unique among rules, tiers, limits and duplicates. */
  id: string;
  /** Action ids, or `*` for all. */
  actions: string[];
  /** The sentence that requesters and approvers read. */
  message: string;
  mode: RuleMode;
  /** File and line that it is written in, for messages. */
  where?: string;
}

/** A guardrail rule: an effect where a condition holds. */
export interface Rule extends Common {
  /** CEL condition. */
  when: string;
  effect: Exclude<Effect, 'recommend'>;
  approval?: ApprovalTerms;
}

/** Amounts up to and including `upTo` (decimal string; absent: everything above). */
export interface Tier {
  upTo?: string;
  /** `none`: no approval is needed. */
  approval: 'none' | ApprovalTerms;
}

/** Who approves which amount. A currency that no entry names requires an approval. */
export interface TierRule extends Common {
  amounts: {
    currencies: string[];
    /** Ascending; the last one has no `upTo`. None asks for less than the one before it. */
    tiers: Tier[];
  }[];
  /** Terms for a currency that no entry names; absent: the bundle's default. */
  otherwise?: ApprovalTerms;
}

/** A cumulative limit over a sliding window. */
export interface LimitRule extends Common {
  /**
   * `sum` of amounts, `count` of requests, or `duplicates`: any other request with the same key is
   * one too many.
   */
  kind: 'sum' | 'count' | 'duplicates';
  /** CEL condition: a request for which it is false takes no place and is not judged. */
  when?: string;
  /** Paths whose values make the key, for example `arguments.vendor_id`. */
  key: string[];
  /** Path of the amount (kind `sum`). */
  sum?: string;
  windowSeconds: number;
  /** Decimal string for a sum (major units), whole number for a count. */
  max: string;
  effect: 'block' | 'require_approval';
  approval?: ApprovalTerms;
}

export interface RuleSet {
  rules: Rule[];
  tiers: TierRule[];
  /** Limits and duplicates. */
  limits: LimitRule[];
  /** Who approves where the action's stage or a rule without terms of its own asks for a person. */
  defaultApproval: ApprovalTerms;
}
