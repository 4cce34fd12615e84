import type { Database } from 'better-sqlite3';
import {
  StorageUnavailable,
  type Activation,
  type BundleSummary,
  type ChangeSet,
  livedBy,
  type Clock,
  type CommitResult,
  type IdempotencyRecord,
  type LimitTwin,
  type LogCheck,
  type LogReader,
  type OutboxMessage,
  type Page,
  type RequestFilter,
  type SourceFile,
  type Store,
  type Versioned,
} from '../../application/ports';
import type { LogProblem } from '../../audit/check-entry';
import type { Approval, ApprovalState } from '../../domain/approval/approval';
import type { Control } from '../../domain/stops/stop';
import type { Person, Session, TokenRecord } from '../../domain/identity/identity';
import type { GovernedRequest, JsonObject } from '../../domain/request/request';
import type { ServiceTime } from '../../domain/service-time';
import type { RequestState } from '../../domain/request/states';
import { openDatabase } from './connection';
import { translated } from './failure';
import { FilesInPlace } from './files-in-place';
import { GroupCommit } from './group-commit';
import { sealAll } from './seal-all';
import { tablesOf, type Tables } from './tables';
import { startWriteThread } from './write-thread';
import { sameThreadWriter, type Writer } from './writer';

export interface SqliteStoreOptions {
  /** Path of the database file; SQLite keeps `-wal` and `-shm` files beside it. */
  file: string;
  /** How long a write waits for another process before StorageUnavailable. Default 5,000. */
  busyTimeoutMs?: number;
  /** Its lived time decides whether an idempotency row still counts. Default: the system's date. */
  clock?: Clock;
  /**
   * Commits in a thread of its own: a server goes on reading and answering while the disk is
   * waited for. Not for a command that commits once. Default: false.
   */
  writeThread?: boolean;
}

/**
 * Opens the durable store of the service. Several processes may have the same file open.
 * @throws StorageUnavailable when the file cannot be used, or a newer version wrote it
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { file, busyTimeoutMs = 5_000, clock = { now: () => new Date() } } = options;
  const db = await openDatabase(file, busyTimeoutMs);
  const tables = tablesOf(db);
  // Before the thread opens them: what it writes to is then what this connection reads.
  const files = new FilesInPlace(file);
  const writer = options.writeThread
    ? await startWriteThread({ file, busyTimeoutMs }).catch((error: unknown) => {
        db.close();
        throw error;
      })
    : sameThreadWriter(db, tables);
  return new SqliteStore(db, tables, writer, files, clock);
}

class SqliteStore implements Store {
  readonly log: LogReader;
  private readonly commits: GroupCommit;
  private closing?: Promise<void>;

  constructor(
    private readonly db: Database,
    private readonly tables: Tables,
    private readonly writer: Writer,
    private readonly files: FilesInPlace,
    private readonly clock: Clock,
  ) {
    this.log = tables.log;
    this.commits = new GroupCommit(writer, files, tables.log, () => livedBy(clock));
  }

  async commit(changes: ChangeSet): Promise<CommitResult> {
    if (this.closing) throw new StorageUnavailable('The store is closed.');
    return this.use(() => this.commits.add(changes));
  }

  async request(id: string): Promise<Versioned<GovernedRequest> | undefined> {
    return this.use(() => this.tables.requests.get(id));
  }

  async requestByStatusToken(token: string): Promise<Versioned<GovernedRequest> | undefined> {
    return this.use(() => this.tables.requests.getByStatusToken(token));
  }

  async requests(filter: RequestFilter): Promise<Page<GovernedRequest>> {
    return this.use(() => this.tables.requests.list(filter));
  }

  async requestsDue(
    now: string,
    limit: number,
    states: readonly RequestState[],
  ): Promise<Versioned<GovernedRequest>[]> {
    return this.use(() => this.tables.requests.listDue(now, limit, states));
  }

  async requestsMisdated(
    latest: string,
    limit: number,
    states: readonly RequestState[],
  ): Promise<Versioned<GovernedRequest>[]> {
    return this.use(() => this.tables.requests.listMisdated(latest, limit, states));
  }

  async executionsAbandoned(now: string, limit: number): Promise<Versioned<GovernedRequest>[]> {
    return this.use(() => this.tables.requests.listAbandoned(now, limit));
  }

  async approval(id: string): Promise<Versioned<Approval> | undefined> {
    return this.use(() => this.tables.approvals.get(id));
  }

  async approvals(filter: {
    state?: ApprovalState;
    cursor?: string;
    limit: number;
  }): Promise<Page<Approval>> {
    return this.use(() => this.tables.approvals.list(filter));
  }

  async idempotency(scope: string, key: string): Promise<IdempotencyRecord | undefined> {
    const now = livedBy(this.clock).toISOString();
    return this.use(() => this.tables.idempotency.get(scope, key, now));
  }

  async limitUsed(
    limitId: string,
    key: string,
    since: string,
    exceptRequestId: string,
  ): Promise<string> {
    return this.use(() =>
      this.tables.reservations.used(limitId, key, since, exceptRequestId).toString(),
    );
  }

  async limitHolders(
    limitId: string,
    key: string,
    since: string,
    exceptRequestId: string,
  ): Promise<string[]> {
    return this.use(() => this.tables.reservations.holders(limitId, key, since, exceptRequestId));
  }

  async limitTwins(limitId: string, key: string, since: string): Promise<LimitTwin[]> {
    return this.use(() => this.tables.reservations.twins(limitId, key, since));
  }

  async requestsDecided(filter: {
    from: string;
    to: string;
    cursor?: string;
    limit: number;
  }): Promise<Page<GovernedRequest>> {
    return this.use(() => this.tables.requests.listDecided(filter));
  }

  async revision(): Promise<number> {
    return this.use(() => this.tables.revision.get());
  }

  async bundles(): Promise<BundleSummary[]> {
    return this.use(() => this.tables.bundles.list());
  }

  async bundleFiles(version: string): Promise<SourceFile[] | undefined> {
    return this.use(() => this.tables.bundles.files(version));
  }

  async activations(filter: { limit: number; cursor?: string }): Promise<Page<Activation>> {
    return this.use(() => this.tables.bundles.activations(filter));
  }

  async controls(filter: {
    active?: boolean;
    limit: number;
    cursor?: string;
  }): Promise<Page<Control>> {
    return this.use(() => this.tables.controls.list(filter));
  }

  async connectorHealth(connectorId: string): Promise<JsonObject | undefined> {
    return this.use(() => this.tables.connectorHealth.get(connectorId));
  }

  async outboxDue(now: string, limit: number): Promise<OutboxMessage[]> {
    return this.use(() => this.tables.outbox.due(now, limit));
  }

  async outboxClaim(id: string, attempts: number, nextAttemptAt: string): Promise<boolean> {
    this.files.assert();
    // What was told before the damage is known goes out when the log can tell that it did.
    if (await this.log.damage()) return false;
    return this.use(() => this.tables.outbox.claim(id, attempts, nextAttemptAt));
  }

  async tokenByPrefix(prefix: string): Promise<TokenRecord[]> {
    return this.use(() => this.tables.tokens.listByPrefix(prefix));
  }

  async tokens(): Promise<TokenRecord[]> {
    return this.use(() => this.tables.tokens.list());
  }

  async person(email: string): Promise<Person | undefined> {
    return this.use(() => this.tables.people.get(email));
  }

  async people(): Promise<Person[]> {
    return this.use(() => this.tables.people.list());
  }

  async session(idHash: string): Promise<Session | undefined> {
    return this.use(() => this.tables.sessions.get(idHash));
  }

  async keepTime(
    next: (stored: ServiceTime | undefined, earliest: number) => ServiceTime,
  ): Promise<ServiceTime> {
    const { serviceTime, log } = this.tables;
    const keep = this.db.transaction(() => {
      const time = next(serviceTime.read(), Date.parse(log.newestAt() ?? '') || 0);
      serviceTime.write(time);
      return time;
    });
    this.files.assert();
    return this.use(() => keep.immediate());
  }

  async purge(lived: string, latest?: string): Promise<void> {
    const purgeAll = this.db.transaction(() => {
      this.tables.idempotency.purge(lived);
      this.tables.sessions.purge(lived, latest);
      this.tables.reservations.purge(lived);
    });
    this.files.assert();
    if (await this.log.damage()) return;
    this.use(() => purgeAll.immediate());
  }

  async saveLogCheck(check: LogCheck): Promise<void> {
    this.files.assert();
    this.use(() => this.tables.logCheck.write(check));
  }

  async markLog(damage: LogProblem | undefined): Promise<void> {
    this.files.assert();
    this.use(() => this.tables.logCheck.mark(damage));
  }

  async sealCheck(): Promise<string | undefined> {
    return this.use(() => this.tables.sealCheck.get());
  }

  async sealAll(seal: (text: string) => string, check: string): Promise<void> {
    this.files.assert();
    this.use(() => sealAll(this.db, seal, check));
  }

  async ping(): Promise<void> {
    this.files.assert();
    await this.log.head();
  }

  /** Commits what is still queued, then closes the file. Closing twice is harmless. */
  async close(): Promise<void> {
    this.closing ??= this.closeInOrder();
    await this.closing;
  }

  private async closeInOrder(): Promise<void> {
    await this.commits.drained();
    // Before the connection: until the thread has ended, it holds the file open.
    await this.writer.close();
    this.db.close();
  }

  private use<T>(work: () => T): T {
    return translated(this.db, work);
  }
}
