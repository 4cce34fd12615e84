/**
 * A second, plain description of policies and requests, for the oracle. It is written down
 * independently of the service: nothing here or beside it may import from its domain.
 */
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

export type Formula =
  | { kind: 'amount'; is: Comparison; cents: number }
  | { kind: 'count'; is: Comparison; times: number; than: number }
  | { kind: 'confidence'; is: Comparison; than: number }
  | { kind: 'currency'; oneOf: string[] }
  | { kind: 'status'; is: string }
  /** Of the invoice, if one is named. */
  | { kind: 'invoice'; is: string }
  /** Asked with has() first. */
  | { kind: 'memo holds'; text: string }
  /** Asked without has(). */
  | { kind: 'note is'; text: string }
  | { kind: 'channel'; is: string; otherwise: boolean }
  | { kind: 'hours'; from: number; to: number }
  | { kind: 'weekdays'; oneOf: string[] }
  | { kind: 'role'; is: string }
  | { kind: 'verified' }
  | { kind: 'all' | 'any'; of: Formula[] }
  | { kind: 'not'; of: Formula };

export interface PlainTerms {
  stages: { role: string; count: number }[];
  seconds: number;
  comment: boolean;
  evidence: string[];
}

export interface PlainRule {
  id: string;
  when: Formula;
  effect: 'block' | 'require_approval' | 'allow';
  onTrial: boolean;
  terms?: PlainTerms;
}

/** Cents up to which each step reaches; the last one reaches everywhere. */
export interface PlainTiers {
  id: string;
  onTrial: boolean;
  currencies: Record<string, { upTo: number; terms: PlainTerms | 'none' }[]>;
  otherwise?: PlainTerms;
}

export interface PlainLimit {
  id: string;
  kind: 'sum' | 'count' | 'duplicates';
  /** Cents for a sum. */
  max: number;
  /** What is counted; absent: everything. */
  when?: Formula;
  /** Whether the key holds the memo, which may be missing. */
  byMemo: boolean;
  effect: 'block' | 'require_approval';
  onTrial: boolean;
  terms?: PlainTerms;
}

export interface PlainPolicy {
  stage: 'off' | 'recommend' | 'approve' | 'auto';
  requesterRoles?: string[];
  rules: PlainRule[];
  tiers: PlainTiers[];
  limits: PlainLimit[];
  defaults: PlainTerms;
}

export interface PlainRequest {
  cents: number;
  currency: string;
  count?: number;
  memo?: string;
  note?: string;
  invoiceRef?: string;
  confidence: number;
  /** Undefined: the ERP's answer lacks it. */
  vendorStatus?: string;
  invoiceStatus?: string;
  channel?: string;
  hour: number;
  weekday: string;
  roles: string[];
  verified: boolean;
  /** What others hold of every limit, in its unit. */
  used: number;
}

export interface PlainDecision {
  effect: 'allow' | 'require_approval' | 'recommend' | 'block';
  reasons: string[];
  shadow: { id: string; effect: string; flips?: string }[];
  obligations?: {
    stages: { role: string; count: number }[];
    seconds: number;
    comment: boolean;
    evidence: string[];
  };
}

export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
];
