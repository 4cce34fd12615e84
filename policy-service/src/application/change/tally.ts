import { sha256Hex } from '../../domain/canonical-json';
import type { EntryBody } from '../../audit/entry';

/** A call that is worth an entry but changes nothing: a refusal, an export, a question. */
export interface CallRecord {
  type:
    | 'call.refused'
    | 'request.command_refused'
    | 'person.sign_in_refused'
    | 'audit.export_asked'
    | 'policy.what_if_asked';
  actor: EntryBody['actor'];
  /** Network address of a caller that nothing better names. */
  address?: string;
  requestId?: string;
  traceId: string;
  /** What is repeated: few different values, and never a text that a caller chose. */
  data: Record<string, string>;
  /** Told of the first call alone, since the repeats may differ in it. */
  detail?: Record<string, string>;
  /** Tells kinds apart without being told. */
  apart?: string;
}

/** Calls of one kind by one caller. */
export interface Kind {
  record: CallRecord;
  /** Calls that no entry stands for yet. */
  untold: number;
  /** When the first of these was, in milliseconds since the epoch. */
  since: number;
}

/** As the tally keeps it. */
interface Counted extends Kind {
  /** When its minute began. */
  minute: number;
  group: Group;
  caller: string;
}

const MINUTE_MS = 60_000;

/**
 * Kinds that are told apart, of one caller and of all together; the others share one. Callers who
 * are known are never pushed out by strangers, who may come from as many addresses as they like.
 */
const MOST = {
  strangers: { ofOne: 20, ofAll: 100 },
  signIns: { ofOne: 20, ofAll: 100 },
  known: { ofOne: 20, ofAll: 2_000 },
  requests: { ofOne: 500, ofAll: 5_000 },
} as const;
type Group = keyof typeof MOST;

/** Counts calls by kind, in bounded memory whatever is called. */
export class Tally {
  private readonly kinds = new Map<string, Counted>();
  /** How many kinds there are, by group, and by group and caller. */
  private readonly sizes = new Map<string, number>();

  /** @returns the kind, and whether this call is the first of it */
  add(record: CallRecord, now: number): { kind: Kind; first: boolean } {
    const group = groupOf(record);
    const kept = this.keptAs(record, group);
    const key = keyOf(kept);
    const found = this.kinds.get(key);
    if (found) {
      if (found.untold === 0) found.since = now;
      found.untold += 1;
      found.record = { ...kept, detail: undefined };
      return { kind: found, first: false };
    }
    const caller = callerOf(kept);
    const kind = { record: kept, untold: 1, since: now, minute: now, group, caller };
    this.kinds.set(key, kind);
    this.resize(kind, 1);
    return { kind, first: true };
  }

  /** Takes back what was due and could not be told. */
  giveBack({ record, untold, since }: Kind, now: number): void {
    const { kind } = this.add(record, now);
    kind.untold += untold - 1;
    kind.since = since;
  }

  /** Kinds whose minute is over, with another one begun; those that nobody called in it are forgotten. */
  due(now: number, all: boolean): Kind[] {
    const due: Kind[] = [];
    for (const [key, kind] of this.kinds) {
      // A clock that was set back ends a minute too.
      if (!all && Math.abs(now - kind.minute) < MINUTE_MS) continue;
      if (kind.untold > 0) {
        due.push({ ...kind });
        Object.assign(kind, { untold: 0, minute: now });
      } else {
        this.kinds.delete(key);
        this.resize(kind, -1);
      }
    }
    return due;
  }

  private keptAs(record: CallRecord, group: Group): CallRecord {
    const { ofOne, ofAll } = MOST[group];
    const room = (kept: CallRecord): boolean =>
      this.kinds.has(keyOf(kept)) || this.sizeOf(group) < ofAll;
    const ofCaller = this.sizeOf(group, callerOf(record));
    if (room(record) && (this.kinds.has(keyOf(record)) || ofCaller < ofOne)) return record;
    const { type, actor, address, traceId, data } = record;
    const names = Object.keys(data).map((name) => [name, SEVERAL]);
    const shared = { type, actor, address, traceId, data: Object.fromEntries(names) };
    if (room(shared)) return shared;
    return { ...shared, actor: { kind: 'service', id: SEVERAL }, address: undefined };
  }

  private sizeOf(group: Group, caller = ''): number {
    return this.sizes.get(`${group} ${caller}`) ?? 0;
  }

  private resize({ group, caller }: { group: Group; caller: string }, by: 1 | -1): void {
    for (const name of [`${group} `, `${group} ${caller}`]) {
      const size = (this.sizes.get(name) ?? 0) + by;
      if (size > 0) this.sizes.set(name, size);
      else this.sizes.delete(name);
    }
  }
}

/** Stands for what is no longer told apart. */
const SEVERAL = 'several';

function groupOf({ type, actor }: CallRecord): Group {
  if (type === 'request.command_refused') return 'requests';
  if (type === 'person.sign_in_refused') return 'signIns';
  return actor.kind === 'service' ? 'strangers' : 'known';
}

function callerOf({ actor, address = '' }: CallRecord): string {
  return sha256Hex(JSON.stringify([actor.kind, actor.id, address]));
}

/** Of fixed length, so that nothing that is sent costs memory. */
function keyOf(record: CallRecord): string {
  const { type, requestId = '', data, apart = '' } = record;
  return sha256Hex(JSON.stringify([callerOf(record), type, requestId, data, apart]));
}
