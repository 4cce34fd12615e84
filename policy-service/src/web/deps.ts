import type { StoredEntry } from '../audit/entry';
import type { Page, RequestFilter } from '../application/ports';
import type { Approval, ApprovalState } from '../domain/approval';
import type { Person } from '../domain/identity';
import type { GovernedRequest } from '../domain/request';

/** The signed-in person and the token that every form of the session must carry. */
export interface Viewer {
  person: Person;
  csrfToken: string;
}

/** Whether a person may vote on an approval now; `why` is a sentence shown before any click. */
export type MayVote = { allowed: true; role: string } | { allowed: false; why: string };

/** Everything the web pages need. Refusals are thrown as AppError and become HTML pages. */
export interface WebDeps {
  /** @throws AppError `invalid_credentials`, `rate_limited` */
  signIn(email: string, password: string): Promise<{ cookie: string; expiresAt: string }>;
  signOut(cookie: string): Promise<void>;
  /** Undefined for an absent, unknown or ended session. */
  session(cookie: string | undefined): Promise<Viewer | undefined>;
  /** Pending first by expiry, then newest first. */
  approvals(filter: {
    state?: ApprovalState;
    cursor?: string;
    limit: number;
  }): Promise<Page<Approval>>;
  /** @throws AppError `not_found` */
  approval(id: string): Promise<Approval>;
  /** @throws AppError `approval_closed`, `digest_mismatch`, `already_voted`, `self_approval`, `not_an_approver` */
  vote(input: {
    person: Person;
    approvalId: string;
    vote: 'approve' | 'reject';
    digest: string;
    comment?: string;
  }): Promise<Approval>;
  mayVote(person: Person, approval: Approval): Promise<MayVote>;
  /** Newest first. */
  requests(filter: RequestFilter): Promise<Page<GovernedRequest>>;
  /** @throws AppError `not_found` */
  request(id: string): Promise<GovernedRequest>;
  /** Audit entries of one request, oldest first. */
  timeline(id: string): Promise<StoredEntry[]>;
  /** Undefined for an unknown or expired token. */
  statusByToken(token: string): Promise<GovernedRequest | undefined>;
  /** One true sentence for the requester. */
  message(request: GovernedRequest): string;
  /** Told every error that is not an AppError; the page itself says nothing about it. */
  unexpected(error: unknown): void;
  publicUrl: string;
  now(): Date;
}
