import type { EntryBody, StoredEntry } from '../audit/entry';
import type { Action } from '../domain/action';
import type { Approval, ApprovalState } from '../domain/approval';
import type { Control } from '../domain/control';
import type { Attempt, IdempotencyClass } from '../domain/execution';
import type { FactRecord } from '../domain/facts';
import type { Person, Session, TokenRecord } from '../domain/identity';
import type { GovernedRequest, Intent, JsonObject } from '../domain/request';
import type { RequestState } from '../domain/states';

/** Time and randomness are arguments of every use case. */
export interface Clock {
  now(): Date;
}
export interface Random {
  /** A sortable unique id with a prefix, for example `req_01J...`. */
  id(prefix: string): string;
  /** At least 128 bits, URL-safe. */
  secret(): string;
}

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

/** A share of a limit, held from the decision until a way out that writes nothing. */
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
  outbox?: OutboxMessage[];
  /** Ids of delivered or abandoned messages. */
  outboxDone?: string[];
  /** Inserted or replaced by id. */
  tokens?: TokenRecord[];
  /** Inserted or replaced by e-mail (compared in lower case). */
  people?: Person[];
  sessions?: Session[];
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

export interface Page<T> {
  items: T[];
  /** Opaque; absent on the last page. */
  nextCursor?: string;
}

export interface RequestFilter {
  states?: RequestState[];
  action?: string;
  needsPerson?: boolean;
  requestedBy?: string;
  cursor?: string;
  /** 1 to 200. */
  limit: number;
}

/** Thrown by a store that cannot read or write; the caller's state is unchanged. */
export class StorageUnavailable extends Error {}

/** The durable memory of the service. Reads see every acknowledged commit. */
export interface Store {
  /** Resolves only after the change is durable. @throws StorageUnavailable */
  commit(changes: ChangeSet): Promise<CommitResult>;
  request(id: string): Promise<Versioned<GovernedRequest> | undefined>;
  requestByStatusToken(token: string): Promise<Versioned<GovernedRequest> | undefined>;
  /** Newest first. */
  requests(filter: RequestFilter): Promise<Page<GovernedRequest>>;
  /** Requests in one of the states whose deadline has passed, oldest deadline first. */
  requestsDue(
    now: string,
    limit: number,
    states: readonly RequestState[],
  ): Promise<Versioned<GovernedRequest>[]>;
  /** Requests in `executing` whose lease has ended. */
  executionsAbandoned(now: string, limit: number): Promise<Versioned<GovernedRequest>[]>;
  approval(id: string): Promise<Versioned<Approval> | undefined>;
  /** Pending first by expiry, then newest first. */
  approvals(filter: {
    state?: ApprovalState;
    cursor?: string;
    limit: number;
  }): Promise<Page<Approval>>;
  idempotency(scope: string, key: string): Promise<IdempotencyRecord | undefined>;
  /**
   * Sum of the reservations of a limit and key made after `since` (exclusive) by requests other
   * than `exceptRequestId`, as an integer string.
   */
  limitUsed(limitId: string, key: string, since: string, exceptRequestId: string): Promise<string>;
  /** Ids of the requests whose reservations `limitUsed` sums, oldest first. */
  limitHolders(
    limitId: string,
    key: string,
    since: string,
    exceptRequestId: string,
  ): Promise<string[]>;
  /** Requests created in [from, to) that hold a decision, oldest first. */
  requestsDecided(filter: {
    from: string;
    to: string;
    cursor?: string;
    limit: number;
  }): Promise<Page<GovernedRequest>>;
  /** Counts activations and stops; see ChangeSet.expectedRevision. */
  revision(): Promise<number>;
  /** Newest first. */
  bundles(): Promise<BundleSummary[]>;
  bundleFiles(version: string): Promise<SourceFile[] | undefined>;
  /** Newest first. */
  activations(filter: { limit: number; cursor?: string }): Promise<Page<Activation>>;
  /** Newest first; `active` leaves out the lifted ones. */
  controls(filter: { active?: boolean; limit: number; cursor?: string }): Promise<Page<Control>>;
  connectorHealth(connectorId: string): Promise<JsonObject | undefined>;
  outboxDue(now: string, limit: number): Promise<OutboxMessage[]>;
  /** Claims a message until `nextAttemptAt`, adding 1 to attempts; false when another process has it. */
  outboxClaim(id: string, attempts: number, nextAttemptAt: string): Promise<boolean>;
  tokenByPrefix(prefix: string): Promise<TokenRecord[]>;
  tokens(): Promise<TokenRecord[]>;
  person(email: string): Promise<Person | undefined>;
  people(): Promise<Person[]>;
  session(idHash: string): Promise<Session | undefined>;
  /** Removes rows whose time is over: idempotency, sessions, reservations out of every window. */
  purge(now: string): Promise<void>;
  readonly log: LogReader;
  /** Cheap check for /readyz. @throws StorageUnavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface LogHead {
  size: number;
  /** Hex RFC 6962 root hash of the first `size` entries. */
  rootHash: string;
}

export interface LogFilter {
  requestId?: string;
  type?: string;
  actor?: string;
  /** First sequence to return. */
  from?: number;
  order?: 'asc' | 'desc';
  /** 1 to 1000. */
  limit: number;
}

export interface LogReader {
  head(): Promise<LogHead>;
  entries(filter: LogFilter): Promise<StoredEntry[]>;
  /** Leaf hashes [from, to), for proofs and verification. */
  leafHashes(from: number, to: number): Promise<string[]>;
}

export interface ExtractionInput {
  text: string;
  actions: Action[];
}
/** Turns text into an intent. @throws ExtractionFailed when no answer can be had */
export interface Extractor {
  readonly name: 'pattern' | 'claude';
  extract(input: ExtractionInput): Promise<Intent>;
}
export class ExtractionFailed extends Error {}

/** Thrown when an ERP cannot be asked right now: nothing is known, nothing was changed. */
export class ConnectorUnavailable extends Error {}

export type LookupResult = { found: true; fact: FactRecord } | { found: false };

export interface CallContext {
  traceId: string;
  /** Aborts the call. */
  signal?: AbortSignal;
}

/** What a step that is done brought. */
export interface StepOutcome {
  /** The number under which the ERP booked it. */
  erpReference?: string;
  result: JsonObject;
}

export interface PerformInput {
  operation: string;
  step: string;
  /** For an undo: the original's arguments and `erp_reference` of the step that is undone. */
  arguments: JsonObject;
  /** Also the external reference that the ERP keeps with what is written. */
  requestId: string;
  idempotencyKey: string;
  /** Name of each earlier step that is done -> what it brought. */
  done: Record<string, StepOutcome>;
}

/** What is known after an operation, with every call that was made for it. */
export type PerformResult =
  | { outcome: 'done'; erpReference?: string; result: JsonObject; attempts: Attempt[] }
  | { outcome: 'refused'; message: string; attempts: Attempt[] }
  | { outcome: 'unknown'; message: string; attempts: Attempt[] };

/**
 * What the ERP holds under a request's external reference. `partial`: something was written, but
 * not the whole (a draft that was never posted, more than one document).
 */
export type FindResult =
  | { found: 'none' }
  | { found: 'done'; erpReference?: string; result: JsonObject }
  | { found: 'partial'; erpReference?: string; message: string };

export interface OperationTraits {
  /** It changes nothing in the ERP, so it can always be repeated. */
  reads: boolean;
  idempotency: IdempotencyClass;
  /** `find` can look for what it wrote. */
  findable: boolean;
  /** The ERP itself refuses a second document with the same external reference. */
  uniqueReference: boolean;
  /** Performed again, it goes on from what `find` calls partial instead of writing anew. */
  resumes?: boolean;
  /** Class A: how long the ERP remembers a key, in milliseconds; absent means for ever. */
  keyWindowMs?: number;
  /** Operation of the same connector that undoes it. */
  reverse?: string;
}

/** What a connector can do, as data: read from its definition, without calling anything. */
export interface ConnectorTraits {
  id: string;
  title: string;
  lookups: string[];
  operations: Record<string, OperationTraits>;
  /** No `perform` and no `find` goes on after this many milliseconds, its repeats included. */
  longestCallMs: number;
  limits: ConnectorLimits;
}

/** What the ERP may be asked at most by one process. */
export interface ConnectorLimits {
  /** Executions at the same time, and as many lookups. */
  concurrency: number;
  /** Calls that begin within one second. */
  perSecond: number;
}

/** How one ERP is called. */
export interface Connector {
  readonly id: string;
  readonly traits: ConnectorTraits;
  /** Reads a record for rules and entity references. @throws ConnectorUnavailable */
  lookup(lookup: string, parameters: JsonObject, context: CallContext): Promise<LookupResult>;
  /**
   * Performs one operation. Never throws for what an ERP does: a call that may have been
   * received and has no readable answer is `unknown`, never `refused`.
   */
  perform(input: PerformInput, context: CallContext): Promise<PerformResult>;
  /**
   * Looks for what the operation wrote by its external reference, the request id. Reads only.
   * Absent when no operation is findable; only findable operations may be asked for.
   * @throws ConnectorUnavailable when the ERP gave no readable answer
   */
  find?(input: PerformInput, context: CallContext): Promise<FindResult>;
  /** Whether the ERP answers at all, for /readyz. */
  ping(): Promise<boolean>;
  /**
   * Reserves a place for an execution before its intent is written. What is admitted is never held
   * back later: an unsent call can so never be taken for an unknown one.
   * @throws ConnectorUnavailable when the connector takes nothing up right now
   */
  admit?(): Promise<Slot>;
}

/** How a connector fares in this process. */
export interface ConnectorHealth {
  id: string;
  /** Circuits: `open` begins nothing new, `half_open` tries one call. */
  reads: 'closed' | 'open' | 'half_open';
  writes: 'closed' | 'open' | 'half_open';
  /** Executions under way, and how many there may be. */
  executions: number;
  limit: number;
}

/** A place among the executions that a connector carries out at the same time. */
export interface Slot {
  release(): void;
}
