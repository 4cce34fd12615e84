import type { LoggedBytes, LogProblem } from '../../audit/check-entry';
import type { CompactRange } from '../../audit/compact-range';
import type { StoredEntry } from '../../audit/entry';
import type { LogClaim } from '../../audit/verify-log';
import type { Approval, ApprovalState } from '../../domain/approval/approval';
import type { Control } from '../../domain/stops/stop';
import type { Person, Session, TokenRecord } from '../../domain/identity/identity';
import type { GovernedRequest, JsonObject } from '../../domain/request/request';
import type { ServiceTime } from '../../domain/service-time';
import type { RequestState } from '../../domain/request/states';
import type {
  Activation,
  BundleSummary,
  ChangeSet,
  CommitResult,
  IdempotencyRecord,
  LimitTwin,
  OutboxMessage,
  SourceFile,
  Versioned,
} from './change-set';

export interface Page<T> {
  items: T[];
  /** Opaque; absent on the last page. */
  nextCursor?: string;
}

export interface RequestFilter {
  states?: RequestState[];
  action?: string;
  /** Of these actions alone. */
  actions?: string[];
  needsPerson?: boolean;
  requestedBy?: string;
  cursor?: string;
  /** 1 to 200. */
  limit: number;
}

/** Thrown by a store that cannot read or write; the caller's state is unchanged. */
export class StorageUnavailable extends Error {}

/** Thrown where the log is damaged, so that what depends on it can neither be told nor written. */
export class LogBroken extends StorageUnavailable {
  constructor(readonly problem: LogProblem) {
    super(problem.message);
  }
}

/** The durable memory of the service. Reads see every acknowledged commit. */
export interface Store {
  /**
   * Resolves only after the change is durable. While the log is damaged only sessions are written.
   * @throws StorageUnavailable, LogBroken
   */
  commit(changes: ChangeSet): Promise<CommitResult>;
  request(id: string): Promise<Versioned<GovernedRequest> | undefined>;
  /** By a token from before tokens named their request. */
  requestByStatusToken(token: string): Promise<Versioned<GovernedRequest> | undefined>;
  /** Newest first. */
  requests(filter: RequestFilter): Promise<Page<GovernedRequest>>;
  /** Requests in one of the states whose deadline has passed, oldest deadline first. */
  requestsDue(
    now: string,
    limit: number,
    states: readonly RequestState[],
  ): Promise<Versioned<GovernedRequest>[]>;
  /** Requests in one of the states whose deadline was set later than `latest`. */
  requestsMisdated(
    latest: string,
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
  /** Ids of the requests whose reservations `limitUsed` sums, first place first. */
  limitHolders(
    limitId: string,
    key: string,
    since: string,
    exceptRequestId: string,
  ): Promise<string[]>;
  /** Every request under a key in the window: written and sent ones first, waiting ones last. */
  limitTwins(limitId: string, key: string, since: string): Promise<LimitTwin[]>;
  /** Requests created in [from, to) that hold a decision, oldest first. */
  requestsDecided(filter: {
    from: string;
    to: string;
    cursor?: string;
    limit: number;
  }): Promise<Page<GovernedRequest>>;
  /** Counts activations, stops, and changes of people and tokens; see ChangeSet.expectedRevision. */
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
  /**
   * Claims a message until `nextAttemptAt`, adding 1 to attempts; false when another process has
   * it, and while the log is damaged.
   */
  outboxClaim(id: string, attempts: number, nextAttemptAt: string): Promise<boolean>;
  tokenByPrefix(prefix: string): Promise<TokenRecord[]>;
  tokens(): Promise<TokenRecord[]>;
  person(email: string): Promise<Person | undefined>;
  people(): Promise<Person[]>;
  session(idHash: string): Promise<Session | undefined>;
  /**
   * Keeps the service's own time, in one step with what other processes know of it.
   * @param next from what is stored and, for a service that kept none before, the newest time of its log
   */
  keepTime(
    next: (stored: ServiceTime | undefined, earliest: number) => ServiceTime,
  ): Promise<ServiceTime>;
  /**
   * Removes rows whose time is over: idempotency, sessions, reservations out of every window.
   * @param lived time that was lived through
   * @param latest sessions that began later were begun while the date was ahead, and go too
   */
  purge(lived: string, latest?: string): Promise<void>;
  saveLogCheck(check: LogCheck): Promise<void>;
  /** Says what was found in the log, so that no process writes any more; undefined takes it back. */
  markLog(damage: LogProblem | undefined): Promise<void>;
  readonly log: LogReader;
  /** Cheap check for /readyz. @throws StorageUnavailable */
  ping(): Promise<void>;
  /** What `sealAll` kept; undefined while there may be secret texts that nobody sealed. */
  sealCheck(): Promise<string | undefined>;
  /** Seals the secret texts that are not sealed yet, then keeps `check`. */
  sealAll(seal: (text: string) => string, check: string): Promise<void>;
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
  /** A page ends with the entry that passes so many bytes; 1 MB when absent. */
  maxBytes?: number;
}

/** Never empty while there is more: an entry that is larger than a page is one by itself. */
export interface LogPage {
  items: StoredEntry[];
  /** `from` of the next page; absent on the last one. */
  nextFrom?: number;
}

/** How far the log was verified; what is absent was not begun. */
export interface LogCheck {
  /** Everything from entry 0 up to here was found intact once. */
  verified?: CompactRange;
  /** Where the round is that looks at old entries again. */
  round?: CompactRange;
}

/** What the log says of itself, read at one moment. */
export interface LogState {
  /** Absent when there is none that can be read. */
  head?: LogClaim;
  /** What its outside shows, without a look into the entries. */
  problems: LogProblem[];
}

export interface LogReader {
  /** @throws LogBroken when there is none that can be read */
  head(): Promise<LogHead>;
  state(): Promise<LogState>;
  /** Why nothing may be written: what was found in it, or what its outside shows. */
  damage(): Promise<LogProblem | undefined>;
  check(): Promise<LogCheck>;
  entries(filter: LogFilter): Promise<LogPage>;
  /** Entries from a sequence on as they are stored, unread: a part of bounded size, empty at the end. */
  bytes(from: number): Promise<LoggedBytes[]>;
  /** Leaf hashes [from, to), for proofs and verification. */
  leafHashes(from: number, to: number): Promise<string[]>;
}
