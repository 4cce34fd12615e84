import { isLater, type ClockDoubt } from '../../domain/service-time';
import type { Store } from './store';

/** Time and randomness are arguments of every use case. */
export interface Clock extends Partial<KeptTime> {
  /** The date: what is begun is dated with it, and what is over is refused by it. */
  now(): Date;
}

/** What a clock knows beside the date that it shows; one without this is one that nobody sets. */
export interface KeptTime {
  /**
   * The time that the service has lived through, as a date of its own: it neither jumps nor goes
   * back. What must not be forgotten too early, or taken over too early, is counted in it.
   */
  lived(): Date;
  /** The date for what cannot be taken back: behind `now` while that has just gone ahead. */
  settled(): Date;
  /** The latest date that it ever showed: later than now after a clock that was ahead was set right. */
  furthest(): Date;
  /** How the date of the machine disagrees with it. */
  doubt(): ClockDoubt | undefined;
  /** Goes on from what is stored, and stores how far it has come. */
  keep(store: Pick<Store, 'keepTime'>): Promise<void>;
}

export interface Random {
  /** A sortable unique id with a prefix, for example `req_01J...`. */
  id(prefix: string): string;
  /** At least 128 bits, URL-safe. */
  secret(): string;
}

/** One moment in both times of a clock. */
export interface Moment {
  now: Date;
  lived: Date;
}

export function livedBy(clock: Clock): Date {
  return clock.lived?.() ?? clock.now();
}

export function momentBy(clock: Clock): Moment {
  return { now: clock.now(), lived: livedBy(clock) };
}

/** Whether the clock showed later dates than now: then something may be dated so. */
export function wasAhead(clock: Clock): boolean {
  const furthest = clock.furthest?.();
  return furthest !== undefined && isLater(furthest.toISOString(), clock.now());
}
