import type { Decision } from './decision';
import type { Execution } from './execution';
import type { FactRecord } from './facts';
import type { Restored } from './restored';
import type { RequestState } from './states';

/** A JSON value as it travels between n8n, the service and an ERP. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type RequestKind = 'action' | 'compensation';

/**
 * Who a request is for. `requestedBy` is a claim made by the caller; it is `verified` only when
 * the token may assert people and the person exists. Roles come from the people table alone.
 */
export interface Subject {
  tokenId: string;
  /** E-mail of the person who owns the token, or null for a token without an owner. */
  tokenOwner: string | null;
  requestedBy: string;
  /** The account that the requester counted as when it was asked, where the name does not say it. */
  account?: string;
  verified: boolean;
  roles: string[];
}

/** The words of the request text that an argument was read from (UTF-16 offsets, end exclusive). */
export interface EvidenceSpan {
  text: string;
  start: number;
  end: number;
}

/** What the AI recommended: untrusted input until it is validated and decided. */
export interface Intent {
  /** Catalogue id, an id that the catalogue does not know, or null when no action was recognised. */
  action: string | null;
  arguments: JsonObject;
  /** 0 to 1. May tighten a decision, never loosen it. */
  confidence: number;
  /** Sentences on what was unclear or how the action was recognised. */
  reasons: string[];
  evidence?: Record<string, EvidenceSpan>;
  extractor: 'pattern' | 'claude' | 'submitted';
  model?: string;
}

/** One thing that is wrong with a payload. `pointer` is an RFC 6901 JSON pointer into the arguments. */
export interface ValidationIssue {
  pointer: string;
  code: string;
  message: string;
}

export interface Validation {
  valid: boolean;
  errors: ValidationIssue[];
  /** Records found for the action's entity references, by entity name. */
  entities: Record<string, FactRecord>;
  at: string;
}

/** One logical operation from proposal to outcome. All times are ISO 8601 UTC with milliseconds. */
export interface GovernedRequest {
  id: string;
  kind: RequestKind;
  state: RequestState;
  traceId: string;
  subject: Subject;
  source: string;
  requestText?: string;
  context: JsonObject;
  intent?: Intent;
  /** Version of the action, fixed when the request is validated. */
  actionVersion?: number;
  connectorId?: string;
  /** What the digest says of its arguments, fixed when the request is validated; absent: 1. */
  digestVersion?: 2;
  /** Arguments after normalisation; the digest, the decision and the execution bind these. */
  arguments?: JsonObject;
  validation?: Validation;
  decision?: Decision;
  approvalId?: string;
  execution?: Execution;
  /** True when a person has to look at it (incomplete request, unknown outcome). */
  needsPerson: boolean;
  /** After this moment the sweeper expires the request. Absent when the state has no deadline. */
  deadline?: string;
  /** When the deadline was set; absent in requests of earlier versions. */
  deadlineFrom?: string;
  /** Signed n8n URL that is called when the approval ends, sealed with a key outside the database. */
  resumeUrl?: string;
  /** Token that registered it. Absent: the one that proposed. */
  resumeTokenId?: string;
  /** Request that this one was edited from. */
  resubmittedFrom?: string;
  /** Request that this one undoes (kind `compensation`). */
  compensates?: string;
  /** Request of kind `compensation` that undoes this one, or tried to. */
  compensatedBy?: string;
  /** Role of the people who have to repair what could not be undone. */
  inCharge?: string;
  /** It came out of a backup. */
  restored?: Restored;
  /** Capability of the requester's status page; unguessable, read-only. Its secret is sealed. */
  statusToken: string;
  statusExpiresAt: string;
  createdAt: string;
  updatedAt: string;
}
