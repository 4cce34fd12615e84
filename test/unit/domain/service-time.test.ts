import fc from 'fast-check';
import {
  ageOf,
  dateOf,
  doubtOf,
  isLater,
  isOver,
  settledDateOf,
  timeAt,
  withDate,
  type ServiceTime,
} from '../../../policy-service/src/domain/service-time';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 2, 9);

/** A machine whose date somebody sets; what passes is nobody's to set. */
class Machine {
  passed = 0;
  wrongBy = 0;
  boot = 'first';
  /** Of an earlier run of the machine. */
  private before = 0;

  reading() {
    return {
      boot: this.boot,
      ticks: this.passed - this.before,
      wall: START + this.passed + this.wrongBy,
    };
  }

  restart(offMs: number): void {
    this.passed += offMs;
    this.before = this.passed;
    this.boot = `after ${this.passed}`;
  }
}

/** The clock of a service, without a database. */
class Time {
  private time?: ServiceTime;
  constructor(readonly machine: Machine) {}
  get at(): ServiceTime {
    return (this.time = timeAt(this.time, this.machine.reading()));
  }
  get now(): Date {
    return new Date(dateOf(this.at));
  }
}

let machine: Machine;
let time: Time;
beforeEach(() => {
  machine = new Machine();
  time = new Time(machine);
  expect(dateOf(time.at)).toBe(START);
});

const pass = (ms: number): ServiceTime => {
  machine.passed += ms;
  return time.at;
};

test('a date that goes back is not followed, and what passes still counts', () => {
  machine.wrongBy = -3 * DAY;
  expect(dateOf(pass(HOUR))).toBeGreaterThan(START + HOUR - 2 * MINUTE);
  expect(doubtOf(time.at, machine.reading().wall)).toMatchObject({ kind: 'behind' });
  expect(time.at.lived).toBe(START + HOUR);
  machine.wrongBy = 0;
  expect(doubtOf(pass(1000), machine.reading().wall)).toBeUndefined();
});

test('a date that goes ahead is gone by at once, but ends nothing for good before it has stood', () => {
  machine.wrongBy = 30 * DAY;
  expect(dateOf(pass(1000))).toBe(START + 30 * DAY + 1000);
  expect(settledDateOf(time.at)).toBe(START + 1000);
  expect(time.at.lived).toBe(START + 1000);
  expect(doubtOf(time.at, machine.reading().wall)).toEqual({ kind: 'ahead', byMs: 30 * DAY });
  expect(settledDateOf(pass(2 * MINUTE))).toBe(dateOf(time.at));
});

test('a date that was ahead and is set right leaves nothing behind but what was begun meanwhile', () => {
  machine.wrongBy = 30 * DAY;
  const from = new Date(dateOf(pass(1000))).toISOString();
  machine.wrongBy = 0;
  pass(1000);
  expect(dateOf(time.at)).toBe(START + 2000);
  expect(isOver({ from, until: '9999-01-01T00:00:00.000Z' }, time.now)).toBe(true);
  expect(ageOf(from, time.now)).toBe(Infinity);
  expect(time.at.furthest).toBeGreaterThan(dateOf(time.at) + 29 * DAY);
  expect(doubtOf(time.at, machine.reading().wall)).toBeUndefined();
});

test('a date that is ahead and stays so is believed after a day, without a day less of memory', () => {
  machine.wrongBy = 3 * DAY;
  pass(HOUR);
  expect(pass(25 * HOUR).ahead).toBeUndefined();
  expect(doubtOf(time.at, machine.reading().wall)).toBeUndefined();
  expect(time.at.lived).toBe(START + 26 * HOUR);
});

test('a person says that the date is right after one that was ahead was believed', () => {
  machine.wrongBy = 30 * DAY;
  const from = new Date(dateOf(pass(HOUR))).toISOString();
  pass(25 * HOUR);
  machine.wrongBy = 0;
  expect(doubtOf(pass(HOUR), machine.reading().wall)).toMatchObject({ kind: 'behind' });
  const accepted = withDate(time.at, machine.reading().wall);
  expect(dateOf(accepted)).toBe(machine.reading().wall);
  expect(accepted.lived).toBe(START + 27 * HOUR);
  expect(isOver({ from, until: '9999-01-01T00:00:00.000Z' }, new Date(dateOf(accepted)))).toBe(
    true,
  );
});

test('while the machine is off only its date tells how long, up to a week of lived time', () => {
  machine.restart(2 * DAY);
  expect(time.at.lived).toBe(START + 2 * DAY);
  expect(dateOf(time.at)).toBe(START + 2 * DAY);
  machine.wrongBy = 90 * DAY;
  machine.restart(MINUTE);
  expect(time.at.lived).toBe(START + 9 * DAY);
  machine.wrongBy = -90 * DAY;
  machine.restart(MINUTE);
  expect(time.at.lived).toBe(START + 9 * DAY);
  expect(dateOf(time.at)).toBeGreaterThanOrEqual(START + 92 * DAY);
});

test('small steps of a clock that is kept right are followed, and doubted by nobody', () => {
  for (const step of [800, -1200, 30_000, -20_000]) {
    machine.wrongBy += step;
    pass(HOUR);
    expect(doubtOf(time.at, machine.reading().wall)).toBeUndefined();
    expect(Math.abs(dateOf(time.at) - machine.reading().wall)).toBeLessThan(MINUTE);
  }
});

/** What a clock may be off without widening anything: its own tolerance, and a slewed line. */
const slack = (ms: number): number => 2 * MINUTE + ms * 0.001;

test('whatever the date does, no term is longer than what passed, and no time is lived twice', () => {
  const jump = fc.oneof(
    fc.constantFrom(0, 3 * DAY, -3 * DAY, 30 * DAY, -30 * DAY),
    fc.integer({ min: -90 * DAY, max: 90 * DAY }),
  );
  const step = fc.record({
    passes: fc.oneof(fc.integer({ min: 1, max: HOUR }), fc.integer({ min: 1, max: 2 * DAY })),
    wrongBy: fc.option(jump, { nil: undefined, freq: 3 }),
  });
  const length = fc.constantFrom(15 * MINUTE, 12 * HOUR, 72 * HOUR, 30 * DAY);
  fc.assert(
    fc.property(fc.array(fc.tuple(step, length), { maxLength: 40 }), (steps) => {
      const clocks = new Machine();
      const one = new Time(clocks);
      let terms: { begun: number; length: number; from: string; until: string }[] = [];
      void one.at;
      for (const [{ passes, wrongBy = clocks.wrongBy }, ms] of steps) {
        clocks.passed += passes;
        clocks.wrongBy = wrongBy;
        const { now } = one;
        // What was given by a date that was taken back is ended for good as soon as it is seen.
        terms = terms.filter(({ from }) => !isLater(from, now));
        expect(one.at.lived).toBeCloseTo(START + clocks.passed, 3);
        for (const { begun, length: lasts, from, until } of terms) {
          if (clocks.passed - begun < lasts + slack(clocks.passed)) continue;
          expect(isOver({ from, until }, now)).toBe(true);
        }
        const from = now.toISOString();
        const until = new Date(now.getTime() + ms).toISOString();
        expect(isOver({ from, until }, one.now)).toBe(false);
        terms.push({ begun: clocks.passed, length: ms, from, until });
      }
    }),
    { numRuns: 2000 },
  );
});
