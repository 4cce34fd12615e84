import type { ApprovalStage, Effect } from './decision-types';

export interface ApprovalTerms {
  stages: ApprovalStage[];
  expiresInSeconds: number;
}

/** A guardrail rule as written in YAML (policy-service/policies), durations resolved. */
export interface Rule {
  id: string;
  /** Action ids, or `*` for all. */
  actions: string[];
  /** CEL condition. */
  when: string;
  effect: Exclude<Effect, 'recommend'>;
  message: string;
  approval?: ApprovalTerms;
  mode: 'enforce' | 'log_only';
}

/** A cumulative limit over a sliding window: of a sum, or of a count when `sum` is absent. */
export interface LimitRule {
  id: string;
  actions: string[];
  /** Paths whose values make the key, for example `arguments.vendor_id`. */
  key: string[];
  /** Path of the amount that is summed. */
  sum?: string;
  windowSeconds: number;
  /** Decimal string for a sum (major units), whole number for a count. */
  max: string;
  effect: 'block' | 'require_approval';
  message: string;
  approval?: ApprovalTerms;
}

export interface RuleSet {
  rules: Rule[];
  limits: LimitRule[];
  /** Who approves where the action's stage or a rule without terms of its own asks for a person. */
  defaultApproval: ApprovalTerms;
}
