import type { EntryBody } from '../../audit/entry';
import type { Approval } from '../../domain/approval/approval';
import type { Control } from '../../domain/stops/stop';
import type { Person, Session, TokenRecord } from '../../domain/identity/identity';
import type { GovernedRequest, JsonObject } from '../../domain/request/request';

/** A document with optimistic concurrency: version 0 does not exist yet, each write adds 1. */
export interface Versioned<T> {
  version: number;
  value: T;
}
export interface VersionedWrite<T> {
  /** 0 inserts; any other number must be the stored version. */
  expectedVersion: number;
  next: T;
}

/**
 * waiting: it is known and holds nothing; held: decided; sent: its write has begun and nobody knows
 * the end; written: it is in the ERP.
 */
export const LIMIT_PHASES = ['waiting', 'held', 'sent', 'written'] as const;
export type LimitPhase = (typeof LIMIT_PHASES)[number];

/** A request under the same key of a limit. */
export interface LimitTwin {
  requestId: string;
  phase: LimitPhase;
}

/**
 * A share of a limit, held from the decision until a way out that writes nothing. Its place among
 * those of its key is that of its first commit.
 */
export interface Reservation {
  requestId: string;
  limitId: string;
  key: string;
  /** Integer in the limit's unit (minor units or a count). */
  amount: string;
  at: string;
  windowMs: number;
  /** Sum in the window, this one included, must not exceed it; null when a person approved more. */
  max: string | null;
  /** Refused when another request of the key is ahead: it came first, or its write has begun. */
  alone?: boolean;
  /** Default: held. */
  phase?: Exclude<LimitPhase, 'written'>;
}

/** A message that must reach n8n: written with the change that causes it, delivered with retries. */
export interface OutboxMessage {
  id: string;
  requestId: string;
  url: string;
  body: JsonObject;
  attempts: number;
  nextAttemptAt: string;
  /** Given up after this moment. */
  expiresAt: string;
}

export interface IdempotencyRecord {
  /** token id + route. */
  scope: string;
  key: string;
  /** SHA-256 of the canonical payload. */
  fingerprint: string;
  status: number;
  /** The first answer, replayed as it was. */
  body: string;
  expiresAt: string;
}

/** One file of a policy bundle; `path` is relative, for example `policies/shipped.yaml`. */
export interface SourceFile {
  path: string;
  text: string;
}

/** A policy bundle under the hash of its content. */
export interface BundleSummary {
  version: string;
  createdAt: string;
  /** Actor as the log names it. */
  createdBy: string;
}
export interface StoredBundle extends BundleSummary {
  files: SourceFile[];
}

/** That a stored bundle decides from now on. */
export interface NewActivation {
  version: string;
  at: string;
  /** Actor as the log names it. */
  by: string;
  reason: string;
}
export interface Activation extends NewActivation {
  /** Grows with each activation; the highest is the active one. */
  sequence: number;
}

/** Everything that one use case changes: plain data, applied whole or not at all. */
export interface ChangeSet {
  requests?: VersionedWrite<GovernedRequest>[];
  approvals?: VersionedWrite<Approval>[];
  audit?: EntryBody[];
  idempotency?: IdempotencyRecord;
  reservations?: Reservation[];
  /** Ids of requests whose reservations are given back. */
  releases?: string[];
  /** Requests whose write is known to have ended: their shares are `written` from this moment. */
  settles?: { requestId: string; at: string }[];
  outbox?: OutboxMessage[];
  /** Ids of delivered or abandoned messages. */
  outboxDone?: string[];
  /** Inserted or replaced by id; moves the revision on. */
  tokens?: TokenRecord[];
  /** Inserted or replaced by e-mail (compared in lower case); moves the revision on. */
  people?: Person[];
  sessions?: Session[];
  /** Hashes of sessions that were used, and when; one that has ended stays so. */
  sessionsUsed?: { idHash: string; at: string }[];
  /** Hashes of ended sessions. */
  sessionsEnded?: string[];
  /** Stored once; a version that is there already stays as it is. */
  bundles?: StoredBundle[];
  /** Moves the revision on. */
  activation?: NewActivation;
  /** Inserted or replaced by id; moves the revision on. */
  controls?: Control[];
  /** Replaced by connector. */
  connectorHealth?: { connectorId: string; state: JsonObject }[];
  /** The revision that was decided on: the commit is refused when it has moved on. */
  expectedRevision?: number;
}

/** A conflict is told, not thrown: the use case reads again and decides again. */
export type CommitResult =
  | { ok: true; entries: { sequence: number; leafHash: string }[] }
  | { ok: false; conflict: 'version' | 'idempotency' | 'limit' | 'revision' };
