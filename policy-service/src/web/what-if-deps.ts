import type { Period } from '../application/what-if/decided-requests';
import type { ReplayPage } from '../application/what-if/replay-page';
import type { ShadowPage } from '../application/what-if/shadow-page';
import type { Question } from '../application/what-if/question';
import type { Simulation } from '../application/what-if/simulate';
import type { PolicyOutline } from '../application/what-if/asked-policy';
import type { Person } from '../domain/identity/identity';

/** A stored policy that can be asked. */
export interface PolicyChoice {
  version: string;
  createdAt: string;
  createdBy: string;
  active: boolean;
}

interface PageFilter {
  cursor?: string;
  limit: number;
}

/** What the pages under /policies/what-if need; that it was asked is an entry, and nothing else of it changes anything. */
export interface WhatIfDeps {
  /** Stored policies, the active one first, then newest first. */
  policies(): Promise<PolicyChoice[]>;
  /**
   * @param version absent: the active one
   * @throws AppError `not_found`, `policy_unavailable`, `bundle_invalid`, `bundle_too_costly`,
   *   `rate_limited`
   */
  outline(person: Person, version?: string): Promise<PolicyOutline>;
  /** @throws AppError `invalid_parameter`, `facts_unavailable`; as outline */
  simulate(person: Person, question: Question, version: string): Promise<Simulation>;
  /** @throws AppError `invalid_parameter`, `concurrent_request`; as outline */
  replay(person: Person, version: string, period: Period, page: PageFilter): Promise<ReplayPage>;
  /** @throws AppError `invalid_parameter` */
  shadow(person: Person, period: Period, page: PageFilter): Promise<ShadowPage>;
}
