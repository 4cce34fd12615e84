import type { EntryBody } from '../../audit/entry';
import type { Approval, ApprovalState } from '../../domain/approval/approval';
import type { GovernedRequest } from '../../domain/request/request';
import { mayHaveBeenWritten } from '../../domain/request/restored';
import {
  assertTransition,
  isTerminal,
  type Command,
  type RequestState,
} from '../../domain/request/states';
import { actorOf, type Caller } from './caller';
import type {
  ChangeSet,
  IdempotencyRecord,
  Moment,
  OutboxMessage,
  Reservation,
  Versioned,
} from '../ports';

/** Outbox messages are tried for two days: longer than n8n is ever down for an upgrade. */
const CALLBACK_DAYS = 2;

/**
 * A request under change: each move goes through the state table and leaves an audit entry, and
 * the whole is committed at once. Nothing outside changes before that; what was loaded is replaced,
 * never altered.
 */
export class Draft {
  request: GovernedRequest;
  approval?: Approval;
  private readonly audit: EntryBody[] = [];
  private readonly reservations: Reservation[] = [];
  private readonly outbox: OutboxMessage[] = [];
  private approvalVersion = 0;
  private readonly ended: { expectedVersion: number; next: Approval }[] = [];
  private released = false;
  private settled = false;
  private expectedRevision?: number;
  private readonly joined: Draft[] = [];
  readonly now: Date;
  readonly lived: Date;

  constructor(
    private readonly loaded: Versioned<GovernedRequest>,
    readonly caller: Caller,
    { now, lived }: Moment,
    approval?: Versioned<Approval>,
  ) {
    this.now = now;
    this.lived = lived;
    this.request = loaded.value;
    if (approval) {
      this.approval = approval.value;
      this.approvalVersion = approval.version;
    }
  }

  /** Moves the request and records it; `change` is merged into the request. */
  move(
    command: Command,
    to: RequestState,
    change: Partial<GovernedRequest>,
    entry: Pick<EntryBody, 'type' | 'moment' | 'data'>,
  ): void {
    const from = this.request.state;
    assertTransition(from, command, to);
    this.request = {
      ...this.request,
      ...change,
      ...('deadline' in change ? { deadlineFrom: change.deadline && this.now.toISOString() } : {}),
      state: to,
      updatedAt: this.now.toISOString(),
    };
    if (isTerminal(to)) {
      delete this.request.deadline;
      delete this.request.deadlineFrom;
      this.request = { ...this.request, needsPerson: change.needsPerson ?? false };
      if (!this.mayStand(to)) this.release();
    }
    if (to === 'executed' || to === 'compensation_failed') this.settled = true;
    this.record({ ...entry, data: { from, to, ...entry.data } });
  }

  /** What could not be undone, or may have been written after a backup, still counts. */
  private mayStand(ended: RequestState): boolean {
    return (
      ended === 'compensation_failed' || (ended !== 'failed' && mayHaveBeenWritten(this.request))
    );
  }

  /** Adds an entry without a change of state. */
  record(entry: Pick<EntryBody, 'type' | 'moment' | 'data'>): void {
    this.audit.push({
      ...entry,
      at: this.now.toISOString(),
      requestId: this.request.id,
      traceId: this.caller.traceId,
      actor: actorOf(this.caller),
    });
  }

  /** Opens an approval; one that is still open is superseded. */
  openApproval(approval: Approval): void {
    if (this.approval) {
      this.approval = {
        ...this.approval,
        state: 'superseded',
        endedAt: this.now.toISOString(),
      };
      this.ended.push({ expectedVersion: this.approvalVersion, next: this.approval });
    }
    this.approval = approval;
    this.approvalVersion = 0;
    this.request = { ...this.request, approvalId: approval.id };
  }

  endApproval(state: Exclude<ApprovalState, 'pending'>): void {
    const open = this.approval?.state === 'pending' || this.approval?.state === 'approved';
    if (this.approval && open) {
      this.approval = { ...this.approval, state, endedAt: this.now.toISOString() };
    }
  }

  reserve(reservations: Reservation[]): void {
    this.reservations.push(...reservations);
  }

  release(): void {
    this.released = true;
  }

  /**
   * Refuses the commit when a stop was set or a policy activated since; read the revision before
   * anything that is decided on it.
   */
  expectRevision(revision: number): void {
    this.expectedRevision = revision;
  }

  /** Wakes the waiting n8n execution, if one has registered. */
  wake(messageId: string): void {
    if (!this.request.resumeUrl) return;
    this.outbox.push({
      id: messageId,
      requestId: this.request.id,
      url: this.request.resumeUrl,
      body: { requestId: this.request.id, state: this.request.state },
      attempts: 0,
      nextAttemptAt: this.lived.toISOString(),
      expiresAt: new Date(this.lived.getTime() + CALLBACK_DAYS * 86_400_000).toISOString(),
    });
  }

  /** Commits the change of another request together with this one. */
  join(other: Draft): void {
    this.joined.push(other);
  }

  toChangeSet(idempotency?: IdempotencyRecord): ChangeSet {
    const others = this.joined.map((draft) => draft.toChangeSet());
    return {
      requests: [
        { expectedVersion: this.loaded.version, next: this.request },
        ...others.flatMap(({ requests = [] }) => requests),
      ],
      approvals: [
        ...this.ended,
        ...(this.approval ? [{ expectedVersion: this.approvalVersion, next: this.approval }] : []),
        ...others.flatMap(({ approvals = [] }) => approvals),
      ],
      audit: [...this.audit, ...others.flatMap(({ audit = [] }) => audit)],
      ...(idempotency ? { idempotency } : {}),
      reservations: [
        ...this.reservations,
        ...others.flatMap(({ reservations = [] }) => reservations),
      ],
      // executed is not terminal, so a release only follows a way out that leaves nothing written.
      releases: [
        ...(this.released ? [this.request.id] : []),
        ...others.flatMap(({ releases = [] }) => releases),
      ],
      settles: [
        ...(this.settled ? [{ requestId: this.request.id, at: this.lived.toISOString() }] : []),
        ...others.flatMap(({ settles = [] }) => settles),
      ],
      outbox: [...this.outbox, ...others.flatMap(({ outbox = [] }) => outbox)],
      ...(this.expectedRevision === undefined ? {} : { expectedRevision: this.expectedRevision }),
    };
  }
}
