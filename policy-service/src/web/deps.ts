import type { StoredEntry } from '../audit/entry';
import type { StopOrder } from '../application/stops/stop';
import type { Page, RequestFilter } from '../application/ports';
import type { Twin } from '../application/approvals/twins';
import type { Finding } from '../application/execution/resolve';
import type { Approval, ApprovalState } from '../domain/approval/approval';
import type { Control } from '../domain/stops/stop';
import type { AppError } from '../domain/errors';
import type { Person } from '../domain/identity/identity';
import type { GovernedRequest } from '../domain/request/request';
import type { PoliciesDeps } from './policies-deps';
import type { WhatIfDeps } from './what-if-deps';

/** The signed-in person and the token that every form of the session must carry. */
export interface Viewer {
  person: Person;
  csrfToken: string;
}

/** Whether a person may vote on an approval now; `why` is a sentence shown before any click. */
export type MayVote = { allowed: true; role: string } | { allowed: false; why: string };

/** Whether a person may stop and lift; `why` is a sentence shown instead of the forms. */
export type MayOperate = { allowed: true } | { allowed: false; why: string };

/** What the form offers to be stopped, beside everything and a requester. */
export interface StopChoices {
  actions: { id: string; title: string }[];
  connectors: string[];
  tokens: { id: string; name: string }[];
}

/** A part of a request's timeline. */
export interface TimelinePage {
  entries: StoredEntry[];
  /** Sequence that the part before it ends with; absent where there is none. */
  earlier?: number;
}

/** Everything the web pages need. Refusals are thrown as AppError and become HTML pages. */
export interface WebDeps {
  /** @throws AppError `invalid_credentials`, `rate_limited` */
  signIn(attempt: {
    email: string;
    password: string;
    /** Network address of the caller. */
    address: string;
  }): Promise<{ cookie: string; expiresAt: string }>;
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
  /** @throws AppError `approval_closed`, `digest_mismatch`, `already_voted`, `self_approval`, `not_an_approver`, `invalid_body` */
  vote(input: {
    person: Person;
    approvalId: string;
    vote: 'approve' | 'reject';
    digest: string;
    comment?: string;
    /** By name; only what was filled in. */
    evidence?: Record<string, string>;
  }): Promise<Approval>;
  mayVote(person: Person, approval: Approval): Promise<MayVote>;
  /** Newest first. */
  requests(filter: RequestFilter): Promise<Page<GovernedRequest>>;
  /** @throws AppError `not_found` */
  request(id: string): Promise<GovernedRequest>;
  /** The newest audit entries of one request up to a sequence, oldest first. */
  timeline(id: string, upTo?: number): Promise<TimelinePage>;
  /** Undefined for an unknown or expired token. */
  statusByToken(token: string): Promise<GovernedRequest | undefined>;
  /** Every stop that holds now. */
  activeStops(): Promise<Control[]>;
  /** The stop that holds a request back, as long as something may still be sent for it. */
  stopOf(request: GovernedRequest): Promise<Control | undefined>;
  /** Other requests that ask for the same, as they are now. */
  twinsOf(request: GovernedRequest): Promise<Twin[]>;
  /** Stops that hold and lifted ones, newest first. */
  controls(filter: { cursor?: string; limit: number }): Promise<Page<Control>>;
  stopChoices(): Promise<StopChoices>;
  mayOperate(person: Person): MayOperate;
  /** Why nothing but a person can find out about an execution; undefined when it can be looked into. */
  whyNotReconcile(request: GovernedRequest): string | undefined;
  /** Looks into an unknown outcome now. @throws AppError `insufficient_scope`, `illegal_transition` */
  reconcile(person: Person, requestId: string): Promise<void>;
  /** Records what a person found out. @throws AppError `insufficient_scope`, `illegal_transition` */
  resolve(person: Person, requestId: string, finding: Finding): Promise<void>;
  /** @throws AppError `insufficient_scope`, `invalid_parameter` */
  stop(person: Person, order: StopOrder): Promise<Control>;
  /** @throws AppError `insufficient_scope`, `invalid_parameter`, `not_found` */
  lift(person: Person, id: string, reason: string): Promise<Control>;
  /** How the clock of the machine disagrees with the time that passed; undefined when it does not. */
  clockProblem(): string | undefined;
  /** What is damaged in the log; undefined while nothing is. */
  logProblem(): Promise<string | undefined>;
  policies: PoliciesDeps;
  whatIf: WhatIfDeps;
  /** One true sentence for the requester. */
  message(request: GovernedRequest): string;
  /** @throws AppError `rate_limited` to whoever calls too often, at the API and here together */
  takeCall(caller: { person: Person | undefined; address: string }): void;
  /** Leaves an entry of a refused form or page; the route is its template. */
  refused(
    call: { person?: Person; address: string; route: string },
    error: AppError,
  ): Promise<void>;
  /** Told every error that is not an AppError; the page itself says nothing about it. */
  unexpected(error: unknown): void;
  publicUrl: string;
  now(): Date;
}
