import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock, KeptTime, Store } from '../application/ports';
import {
  dateOf,
  doubtOf,
  settledDateOf,
  timeAt,
  withDate,
  type ClockDoubt,
  type ClockReading,
  type ServiceTime,
} from '../domain/service-time';

/**
 * The one clock of a service: it goes by the date of the machine, and by what really passed where
 * the two disagree. What it knows is kept in the database, so that a restart and a second process
 * go on from there.
 */
export class ServiceClock implements Clock, KeptTime {
  private time: ServiceTime | undefined;

  constructor(private readonly read: () => ClockReading = systemReading) {}

  now(): Date {
    return new Date(dateOf(this.advance()));
  }

  lived(): Date {
    return new Date(this.advance().lived);
  }

  settled(): Date {
    return new Date(settledDateOf(this.advance()));
  }

  furthest(): Date {
    return new Date(this.advance().furthest);
  }

  doubt(): ClockDoubt | undefined {
    return doubtOf(this.advance(), this.read().wall);
  }

  async keep(store: Pick<Store, 'keepTime'>): Promise<void> {
    this.time = await store.keepTime((stored, earliest) => timeAt(stored, this.read(), earliest));
  }

  /** Goes by the date of the machine from now on, because a person says that it is right. */
  async accept(store: Pick<Store, 'keepTime'>): Promise<void> {
    this.time = await store.keepTime((stored, earliest) => {
      const reading = this.read();
      return withDate(timeAt(stored, reading, earliest), reading.wall);
    });
  }

  private advance(): ServiceTime {
    this.time = timeAt(this.time, this.read());
    return this.time;
  }
}

const boot = bootId();

function systemReading(): ClockReading {
  return { boot, ticks: Number(process.hrtime.bigint()) / 1e6, wall: Date.now() };
}

/** Where the system does not tell, each process takes the machine for one that was just started. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}
