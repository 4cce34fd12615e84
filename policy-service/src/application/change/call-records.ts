import type { EntryBody } from '../../audit/entry';
import type { AppError, ErrorCode } from '../../domain/errors';
import { actorOf, type Caller } from './caller';
import type { Deps } from './deps';
import { Tally, type CallRecord, type Kind } from './tally';

/** Who calls and what for, as far as the door knows it. */
export interface Call {
  /** Absent where nobody could be identified. */
  caller?: Caller;
  /** Network address. */
  address?: string;
  traceId: string;
  /** Method and template of the route, never the path that was sent. */
  route: string;
  /** Id of the token that was sent, if it is one that is revoked or expired. */
  formerToken?: string;
}

/** No refusals but failures of our own, which nothing can be entered about. */
const FAILURES: ReadonlySet<ErrorCode> = new Set(['internal', 'storage_unavailable', 'log_broken']);

/** Entries in one commit. */
const BATCH = 500;

/**
 * Leaves an entry for the first call of a kind by a caller, and while it goes on one a minute with
 * the count of the repeats: nothing is lost silently, and nobody can flood the log. What cannot be
 * entered is told in the service's own log, and tried again. Kept by each process for itself; one
 * that is killed loses the counts since the last entry.
 */
export class CallRecords {
  private readonly tally = new Tally();
  /** Refusals that have their entry already. */
  private readonly entered = new WeakSet<AppError>();

  constructor(private readonly deps: Pick<Deps, 'store' | 'clock' | 'log'>) {}

  /** A refused call; one that was entered where more was known of it is not entered again. */
  async refused(call: Call, error: AppError): Promise<void> {
    if (FAILURES.has(error.code)) return;
    const { formerToken } = call;
    const data = {
      route: call.route,
      code: error.code,
      ...(formerToken === undefined ? {} : { formerToken }),
    };
    await this.note({ type: 'call.refused', ...whoOf(call), data }, error);
  }

  /** That much was asked for at once: an export, or what rules would do. */
  async asked(type: 'audit.export_asked' | 'policy.what_if_asked', call: Call): Promise<void> {
    await this.note({ type, ...whoOf(call), data: { route: call.route } });
  }

  /**
   * Resolves when the first of its kind is durable or could not be stored; never throws.
   * @param refusal entered by this record
   */
  async note(record: CallRecord, refusal?: AppError): Promise<void> {
    if (refusal) {
      if (this.entered.has(refusal)) return;
      this.entered.add(refusal);
    }
    const now = this.deps.clock.now();
    const { kind, first } = this.tally.add(record, now.getTime());
    if (!first) return;
    // Taken at once, so that no flush that comes in between tells it too.
    kind.untold -= 1;
    if (!(await this.write([entryOf(kind.record, 1, now)]))) kind.untold += 1;
  }

  /** Enters the counts of minutes that are over. @param all of the running ones too, at the end */
  async flush(all = false): Promise<void> {
    const now = this.deps.clock.now();
    const due = this.tally.due(now.getTime(), all);
    for (let from = 0; from < due.length; from += BATCH) {
      const kinds = due.slice(from, from + BATCH);
      if (await this.write(kinds.map((kind) => countOf(kind, now)))) continue;
      for (const kind of kinds) this.tally.giveBack(kind, now.getTime());
    }
  }

  private async write(audit: EntryBody[]): Promise<boolean> {
    try {
      await this.deps.store.commit({ audit });
      return true;
    } catch (error) {
      const calls = audit.slice(0, 20).map(({ type, actor, data }) => ({ type, actor, data }));
      const told = { err: String(error), kinds: audit.length, calls };
      this.deps.log.error(told, 'calls could not be entered in the log');
      return false;
    }
  }
}

/** A service is no caller: whoever sent no valid token is known by their address alone. */
function whoOf({
  caller,
  address,
  traceId,
}: Call): Pick<CallRecord, 'actor' | 'address' | 'traceId'> {
  return caller === undefined || caller.kind === 'service'
    ? { actor: { kind: 'service', id: 'anonymous' }, address, traceId }
    : { actor: actorOf(caller), traceId };
}

function countOf({ record, untold, since }: Kind, now: Date): EntryBody {
  const entry = entryOf(record, untold, now);
  return { ...entry, data: { ...entry.data, since: new Date(since).toISOString() } };
}

function entryOf(record: CallRecord, count: number, now: Date): EntryBody {
  const { type, actor, address, requestId, traceId, data, detail } = record;
  return {
    type,
    at: now.toISOString(),
    ...(requestId === undefined ? {} : { requestId }),
    traceId,
    actor,
    data: { ...data, ...detail, ...(address === undefined ? {} : { address }), count },
  };
}
