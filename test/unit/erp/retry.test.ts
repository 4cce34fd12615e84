import { callWithRetry, type Repeatable } from '../../../policy-service/src/erp/http/retry';

const fast = { attempts: 4, initialDelayMs: 1, maxDelayMs: 5, totalMs: 5000 };

/** Calls that end as the list says, the last entry again and again. */
function scripted(...results: Repeatable[]) {
  const given: number[] = [];
  const call = async (timeLeft: number) => {
    given.push(timeLeft);
    return { ...results[Math.min(given.length, results.length) - 1]!, number: given.length };
  };
  return { call, given };
}

describe('callWithRetry', () => {
  it('ends at the first result that needs no repeat', async () => {
    const { call, given } = scripted({ again: true }, { again: true }, { again: false });
    expect(await callWithRetry(fast, call)).toEqual({ again: false, number: 3 });
    expect(given).toHaveLength(3);
  });

  it.each([1, 2, 10])('makes at most %i calls and gives the last result', async (attempts) => {
    const { call, given } = scripted({ again: true });
    expect(await callWithRetry({ ...fast, attempts }, call)).toMatchObject({ number: attempts });
    expect(given).toHaveLength(attempts);
  });

  it('tells each call less time than the one before had, and starts none after the end', async () => {
    const { call, given } = scripted({ again: true });
    const options = { attempts: 1000, initialDelayMs: 5, maxDelayMs: 10, totalMs: 80 };
    await callWithRetry(options, call);
    expect(given.length).toBeGreaterThan(1);
    expect(given.length).toBeLessThan(1000);
    expect(given).toEqual([...given].sort((a, b) => b - a));
    expect(Math.max(...given)).toBeLessThanOrEqual(80);
    expect(Math.min(...given)).toBeGreaterThan(0);
  });

  it('waits as long as it was asked to, but not above the longest wait', async () => {
    const { call, given } = scripted({ again: true, retryAfterMs: 3_600_000 }, { again: false });
    const options = { attempts: 2, initialDelayMs: 1, maxDelayMs: 60, totalMs: 5000 };
    await callWithRetry(options, call);
    expect(given).toHaveLength(2);
    expect(given[0]! - given[1]!).toBeGreaterThanOrEqual(50);
  });

  it('makes no further call when the signal is aborted', async () => {
    const controller = new AbortController();
    const { call, given } = scripted({ again: true });
    const result = await callWithRetry(
      fast,
      async (timeLeft) => {
        controller.abort();
        return call(timeLeft);
      },
      controller.signal,
    );
    expect(result).toMatchObject({ number: 1 });
    expect(given).toHaveLength(1);
  });
});
