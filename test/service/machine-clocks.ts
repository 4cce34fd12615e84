import type { ClockReading } from '../../policy-service/src/domain/service-time';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The clocks of one machine: a test lets time pass, and sets the date as it likes. */
export class MachineClocks {
  /** Milliseconds that really passed, by the test's word; the real time goes on beside it. */
  passed = 0;
  /** By how much the date is wrong. */
  wrongBy = 0;
  private readonly startedAt = Date.now();
  private readonly ticksAtStart = performance.now();

  /** @param real whether the real time goes on beside what a test lets pass */
  constructor(private readonly real = true) {}

  readonly read = (): ClockReading => {
    const ticks = this.passed + (this.real ? performance.now() - this.ticksAtStart : 0);
    return { boot: 'the machine of a test', ticks, wall: this.startedAt + ticks + this.wrongBy };
  };
}
