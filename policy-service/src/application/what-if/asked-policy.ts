import type { Action, EntityReference } from '../../domain/catalogue/action';
import type { FactRecord } from '../../domain/request/facts';
import type { Verdict } from '../../domain/decision/hypothetical';
import type { LimitHeld } from '../../domain/decision/limit-held';
import type { GovernedRequest } from '../../domain/request/request';
import type { LimitRule } from '../../domain/decision/rule';
import type { DecidedRequest } from './decided-requests';
import type { AskedLimit } from './held-for';
import type { Money } from './money-involved';
import type { Replayed } from './replay-one';

/** What people choose from: the actions of a policy, and the limits of each. */
export interface PolicyOutline {
  version: string;
  actions: Action[];
  /** By action id; actions that have no rules are missing. */
  limits: Map<string, LimitRule[]>;
}

/** A request as far as the policy alone can judge it: decided, or what it needs to be. */
export type CheckedQuestion =
  | { verdict: Verdict }
  | {
      verdict?: undefined;
      action: Action;
      /** Its arguments in their one form. */
      request: GovernedRequest;
      referenced: EntityReference[];
      shares: AskedLimit[];
    };

/** A request with everything that a policy needs to decide on it. */
export interface WholeQuestion {
  request: GovernedRequest;
  records: Record<string, FactRecord>;
  /** What others hold, by limit id; absent: nothing. */
  held: Map<string, LimitHeld>;
  now: Date;
  timeZone: string;
}

/** What a stored decision would be, and the money that it is about. */
export interface ReplayedDecision {
  outcome: Replayed;
  money?: Money;
}

/** Decides anew on the next requests, which must come in the order in which they were made. */
export type ReplayStep = (
  requests: DecidedRequest[],
  timeZone: string,
) => Promise<{ decisions: ReplayedDecision[]; recountedLimits: string[] }>;

/**
 * A policy that is asked what it would do. Where its rules run is its own business: those of a
 * stranger run beside the service, see SentBundles.
 */
export interface AskedPolicy {
  readonly version: string;
  outline(): Promise<PolicyOutline>;
  check(request: GovernedRequest, now: Date): Promise<CheckedQuestion>;
  judge(question: WholeQuestion): Promise<Verdict>;
  /** Lends the steps of one replay, which share what they count. */
  replay<T>(work: (step: ReplayStep) => Promise<T>): Promise<T>;
}
