import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Store } from '../../../policy-service/src/application/ports';
import { isLater, isOver } from '../../../policy-service/src/domain/service-time';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { ServiceClock } from '../../../policy-service/src/system/service-clock';
import { DAY, HOUR, MachineClocks, MINUTE } from '../machine-clocks';
import { anAnswer, anEvent, aReservation } from './documents';
import { tempDirs } from './temp-dir';

/** One of two processes on a database. */
interface Process {
  clock: ServiceClock;
  store: Store;
}

const tempDir = tempDirs();

const MAX = 3;
const WINDOW = DAY;
const KEPT = 30 * DAY;

const jump = fc.oneof(
  fc.constantFrom(0, 3 * DAY, -3 * DAY, 31 * DAY, -31 * DAY),
  fc.integer({ min: -120 * DAY, max: 120 * DAY }),
);
const what = fc.constantFrom(
  'order',
  'order',
  'order',
  'key',
  'term',
  'lease',
  'purge',
  'keep',
  'restart',
);
const step = fc.record({
  process: fc.constantFrom(0, 1),
  passes: fc.oneof(fc.integer({ min: 1, max: HOUR }), fc.integer({ min: 1, max: 20 * HOUR })),
  wrongBy: fc.option(jump, { nil: undefined, freq: 2 }),
  what,
});

/** Processes store how far their clock came every few seconds; a killed one loses only that. */
const SLACK = 3 * MINUTE;

test('two processes, restarts and jumping clocks: nothing is wider than by the time that passed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const dir = tempDir();
      const machine = new MachineClocks(false);
      const open = async (): Promise<Process> => {
        const clock = new ServiceClock(machine.read);
        const store = await openSqliteStore({ file: join(dir, 'store.db'), clock });
        await clock.keep(store);
        return { clock, store };
      };
      const processes: [Process, Process] = [await open(), await open()];
      const taken: number[] = [];
      const keys: { name: string; at: number }[] = [];
      const leases: { until: string; at: number; lasts: number }[] = [];
      let terms: { from: string; until: string; at: number; lasts: number }[] = [];
      try {
        for (const [
          n,
          { process: index, passes, wrongBy = machine.wrongBy, what },
        ] of steps.entries()) {
          machine.passed += passes;
          machine.wrongBy = wrongBy;
          // Each process has looked at the clock, as its background work does all the time.
          for (const { clock, store } of processes) await clock.keep(store);
          const { clock, store } = processes[index as 0 | 1];
          const at = machine.passed;
          const lived = clock.lived();
          const lasts = [MINUTE * 15, 12 * HOUR, 72 * HOUR][n % 3] as number;
          switch (what) {
            case 'order': {
              const { ok } = await store.commit({
                audit: [anEvent(n, { at: clock.now().toISOString() })],
                reservations: [
                  aReservation({
                    ...{ requestId: `req_${n}`, amount: '1', max: String(MAX) },
                    ...{ windowMs: WINDOW, at: lived.toISOString() },
                  }),
                ],
              });
              const inWindow = taken.filter((one) => one > at - WINDOW).length;
              expect(ok).toBe(inWindow < MAX);
              if (ok) taken.push(at);
              break;
            }
            case 'key': {
              const name = `key-${n}`;
              const expiresAt = new Date(lived.getTime() + KEPT).toISOString();
              await store.commit({ idempotency: anAnswer({ key: name, expiresAt }) });
              keys.push({ name, at });
              break;
            }
            case 'term': {
              const now = clock.now().getTime();
              const [from, until] = [now, now + lasts].map((ms) => new Date(ms).toISOString());
              terms.push({ from: from as string, until: until as string, at, lasts });
              break;
            }
            case 'lease':
              leases.push({ until: new Date(lived.getTime() + lasts).toISOString(), at, lasts });
              break;
            case 'purge':
              await store.purge(lived.toISOString(), clock.now().toISOString());
              break;
            case 'keep':
              break;
            case 'restart': {
              await store.close();
              processes[index as 0 | 1] = await open();
            }
          }
          for (const { clock: here, store: read } of processes) {
            const now = here.now();
            for (const key of keys) {
              if (at - key.at >= KEPT) continue;
              expect(await read.idempotency(anAnswer().scope, key.name)).toBeDefined();
            }
            for (const { until, at: begun, lasts: ms } of leases) {
              expect(until <= here.lived().toISOString()).toBe(at - begun >= ms);
            }
            terms = terms.filter(({ from }) => !isLater(from, now));
            for (const { from, until, at: begun, lasts: ms } of terms) {
              if (at - begun >= ms + SLACK + at * 0.001) {
                expect(isOver({ from, until }, now)).toBe(true);
              }
            }
          }
        }
      } finally {
        for (const { store } of processes) await store.close();
        rmSync(dir, { recursive: true, force: true });
      }
    }),
    { numRuns: 40 },
  );
});
