import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { timedCalls } from '../../bench/execute/timed-calls';

describe('the calls of the benchmark of executions', () => {
  it('makes each call once, and as many at once as were asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 40 }),
        async (calls, connections) => {
          const items = Array.from({ length: calls }, (_, index) => index);
          const made: number[] = [];
          let underWay = 0;
          let most = 0;
          const result = await timedCalls(items, connections, async (item) => {
            made.push(item);
            underWay += 1;
            most = Math.max(most, underWay);
            await turn();
            underWay -= 1;
          });
          expect(made).toEqual(items);
          expect(most).toBe(Math.min(calls, connections));
          expect(result.answers).toBe(calls);
          expect(result.p50).toBeLessThanOrEqual(result.p99);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('begins no further call once one has failed', async () => {
    let made = 0;
    const failing = timedCalls(Array(100).fill(undefined), 4, async () => {
      made += 1;
      const number = made;
      await turn();
      if (number === 2) throw new Error('the ERP is gone');
    });
    await expect(failing).rejects.toThrow('the ERP is gone');
    for (let turns = 0; turns < 20; turns += 1) await turn();
    // Those that were under way then end, and at most their lanes' next ones were begun before it.
    expect(made).toBeLessThan(10);
  });
});
