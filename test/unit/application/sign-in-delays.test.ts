import { SignInDelays } from '../../../policy-service/src/domain/identity/sign-in-delays';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const ANA = 'ana@example.com';
const [HOME, ATTACKER, OTHER] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
let delays: SignInDelays;
beforeEach(() => {
  delays = new SignInDelays();
});

/** Tries from one address, each as soon as it is let through. @returns how many were refused */
function guess(times: number, { account = ANA, from = ATTACKER, seconds = 0 } = {}): number {
  let refused = 0;
  for (let n = 0; n < times; n += 1) {
    try {
      delays.admit(account, from, at(seconds));
    } catch {
      refused += 1;
    }
  }
  return refused;
}

/** Seconds that an address is told to wait; 0 when its try is let through, and then not made. */
function wait(from: string, seconds: number, account = ANA): number {
  try {
    delays.admit(account, from, at(seconds)).notMade();
    return 0;
  } catch (error) {
    const { message, extra } = error as { message: string; extra: { retryAfter: number } };
    expect(message).toContain(`Wait ${extra.retryAfter} s`);
    return extra.retryAfter;
  }
}

test('five failures cost nothing, each further one doubles the delay up to five minutes', () => {
  expect(guess(5)).toBe(0);
  expect(wait(ATTACKER, 0)).toBe(0);
  const waits: number[] = [];
  for (let n = 0, now = 0; n < 12; n += 1) {
    delays.admit(ANA, ATTACKER, at(now));
    waits.push(wait(ATTACKER, now));
    now += waits.at(-1) ?? 0;
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
});

test('of many guesses at once few are compared: each counts from its beginning', () => {
  expect(guess(100)).toBe(94);
});

test('a try that was right, or that was never made, takes its count back', () => {
  for (let n = 0; n < 50; n += 1) delays.admit(ANA, HOME, at(0)).succeeded();
  for (let n = 0; n < 50; n += 1) delays.admit(ANA, OTHER, at(0)).notMade();
  expect(wait(ATTACKER, 0)).toBe(0);
});

test('an address that signed in before is held back by its own failures alone', () => {
  delays.admit(ANA, HOME, at(0)).succeeded();
  guess(20);
  expect(wait(HOME, 0)).toBe(0);
  expect(wait(OTHER, 0)).toBeGreaterThan(0);
  expect(wait(OTHER, 0, 'ben@example.com')).toBe(0);
  expect(guess(20, { from: HOME })).toBe(14);
  expect(wait(HOME, 0)).toBeGreaterThan(0);
});

test('a success at the account lets other addresses try again, not the one that guessed', () => {
  guess(20);
  delays.admit(ANA, HOME, at(301)).succeeded();
  guess(20, { seconds: 301 });
  delays.admit(ANA, HOME, at(302)).succeeded();
  expect(wait(OTHER, 302)).toBe(0);
  expect(wait(ATTACKER, 302)).toBeGreaterThan(0);
});

test('whoever waited as told is let through, however many go on guessing', () => {
  for (let n = 0; n < 40; n += 1) guess(1, { from: `198.51.100.${n}`, seconds: n * 300 });
  const now = 40 * 300;
  guess(1, { seconds: now });
  const told = wait(HOME, now);
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual(300);
  for (let s = 0; s <= told; s += 1) guess(1, { from: ATTACKER, seconds: now + s });
  expect(wait(HOME, now + told)).toBe(0);
});

test('each address has one guess for its waiting', () => {
  guess(6, { from: '198.51.100.1' });
  for (let n = 0, now = 0; n < 12; n += 1) {
    now += 300;
    guess(1, { from: `198.51.100.${n + 2}`, seconds: now });
  }
  const now = 13 * 300;
  guess(1, { from: ATTACKER, seconds: now });
  const told = wait(OTHER, now);
  expect(told).toBe(300);
  expect(guess(10, { from: OTHER, seconds: now + told })).toBeGreaterThanOrEqual(9);
});

test('after half an hour without a try nothing is held against anybody', () => {
  guess(6);
  expect(guess(10, { seconds: 1801 })).toBe(4);
});

test('a clock that was set back a year holds nobody back for longer than five minutes', () => {
  for (let n = 0; n < 20; n += 1) guess(1, { seconds: 365 * 86_400 + n * 300 });
  const told = wait(ATTACKER, 0);
  expect(told).toBe(300);
  expect(wait(ATTACKER, told)).toBe(0);
  for (let n = 0; n < 20; n += 1) guess(1, { from: HOME, seconds: 365 * 86_400 + n * 300 });
  expect(wait(OTHER, 0)).toBeLessThanOrEqual(300);
  expect(wait(OTHER, 300)).toBe(0);
});

test('made-up accounts push out the oldest, so memory stays bounded', () => {
  guess(20);
  for (let n = 0; n < 10_001; n += 1) guess(1, { account: `nobody-${n}@example.com` });
  expect(wait(ATTACKER, 0)).toBe(0);
});
