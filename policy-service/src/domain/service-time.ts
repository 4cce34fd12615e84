/** One look at the clocks of the machine. */
export interface ClockReading {
  /** One run of the machine; ticks of another run say nothing. */
  boot: string;
  /** Milliseconds of a clock that nobody can set. */
  ticks: number;
  /** Milliseconds since 1970 of the clock that shows the date, and that can be set. */
  wall: number;
}

/** The service's own time, in milliseconds; durable, and one for all processes of a database. */
export interface ServiceTime {
  boot: string;
  ticks: number;
  /** Grows by what passed, whatever the date is set to. Only a restart of the machine asks the date. */
  lived: number;
  /** The date that is believed: it never goes back. */
  line: number;
  /** The latest date that was ever gone by. */
  furthest: number;
  /** The date went ahead of what passed, and is not believed yet. */
  ahead?: {
    /** Where it went to first: what is dated from here on was begun meanwhile. */
    from: number;
    /** How far it has come; it does not go back either. */
    date: number;
    /** Lived time when it went ahead. */
    since: number;
  };
}

/** By how much the date may differ from what passed without a doubt. */
export const CLOCK_TOLERANCE_MS = 60_000;
/** A date that is ahead and stays so is believed after this. */
const BELIEVED_AFTER_MS = 24 * 3_600_000;
/** Nothing is ended for good by a date before it has stood for so long. */
const SETTLED_AFTER_MS = 60_000;
/** The most that the date alone can say of how long the machine was off, in lived time. */
const LONGEST_OFF_MS = 7 * 24 * 3_600_000;
/** While the date is behind, the line lets it come nearer by so much, as a slewed clock does. */
const SLEW = 0.0005;

/**
 * The time at a reading.
 * @param earliest of a service that kept none before: milliseconds
 */
export function timeAt(
  before: ServiceTime | undefined,
  { boot, ticks, wall }: ClockReading,
  earliest = 0,
): ServiceTime {
  if (!before) {
    const date = Math.max(wall, earliest);
    return { boot, ticks, lived: date, line: date, furthest: date };
  }
  const sameRun = before.boot === boot && ticks >= before.ticks;
  const passed = sameRun ? ticks - before.ticks : 0;
  const off = sameRun ? 0 : Math.max(0, wall - dateOf(before));
  const lived = before.lived + passed + Math.min(off, LONGEST_OFF_MS);
  let line = before.line + (wall < before.line + passed ? passed * (1 - SLEW) : passed);
  let ahead = before.ahead && { ...before.ahead, date: before.ahead.date + passed };

  // Set right: nothing that was dated meanwhile counts any more (see isOver).
  if (ahead && Math.max(wall, line) < ahead.from - CLOCK_TOLERANCE_MS) ahead = undefined;
  if (ahead) ahead.date = Math.max(ahead.date, wall);
  else if (wall - line <= CLOCK_TOLERANCE_MS || !sameRun) line = Math.max(line, wall);
  else ahead = { from: wall, date: wall, since: lived };
  if (
    ahead &&
    (line >= ahead.from - CLOCK_TOLERANCE_MS || lived - ahead.since >= BELIEVED_AFTER_MS)
  ) {
    line = Math.max(line, ahead.date);
    ahead = undefined;
  }
  const furthest = Math.max(before.furthest, line, ahead?.date ?? 0);
  return { boot, ticks, lived, line, furthest, ...(ahead ? { ahead } : {}) };
}

/**
 * The time once a person has said that the date of the machine is right. What was dated later is over
 * then (see isOver); what was lived through stays as it was.
 */
export function withDate(time: ServiceTime, wall: number): ServiceTime {
  const { boot, ticks, lived, furthest } = time;
  return { boot, ticks, lived, line: wall, furthest };
}

/** The date that everything is dated with and refused by. */
export function dateOf({ line, ahead }: Pick<ServiceTime, 'line' | 'ahead'>): number {
  return Math.max(line, ahead?.date ?? 0);
}

/** The date for what cannot be taken back: one that just went ahead does not count. */
export function settledDateOf(time: ServiceTime): number {
  const { ahead, lived, line } = time;
  return ahead && lived - ahead.since < SETTLED_AFTER_MS ? line : dateOf(time);
}

/** What somebody may do from one date until another; ISO 8601 both. */
export interface Term {
  from?: string;
  until: string;
}

/**
 * Whether a term is over. One that begins later than now was given while the date was ahead: nobody
 * knows its end any more, so it counts as over.
 */
export function isOver({ from, until }: Term, now: Date): boolean {
  return until <= now.toISOString() || (from !== undefined && isLater(from, now));
}

/** Whether something is dated later than now, by more than clocks differ. */
export function isLater(date: string, now: Date): boolean {
  return Date.parse(date) > latestNow(now).getTime();
}

/** What is dated later than this was dated by a clock that was ahead. */
export function latestNow(now: Date): Date {
  return new Date(now.getTime() + CLOCK_TOLERANCE_MS);
}

/** Milliseconds since a date; for ever when it is later than now, because nobody knows. */
export function ageOf(date: string, now: Date): number {
  return isLater(date, now) ? Infinity : now.getTime() - Date.parse(date);
}

export interface ClockDoubt {
  kind: 'ahead' | 'behind';
  /** By how many milliseconds the date of the machine differs from what passed or was shown. */
  byMs: number;
}

/** How the date of the machine disagrees with the service's own time; undefined when it does not. */
export function doubtOf(time: ServiceTime, wall: number): ClockDoubt | undefined {
  const { line, ahead } = time;
  const date = dateOf(time);
  if (date - wall > CLOCK_TOLERANCE_MS) return { kind: 'behind', byMs: date - wall };
  if (ahead) return { kind: 'ahead', byMs: ahead.date - line };
  return undefined;
}
