import { sha256Hex } from '../canonical-json';
import { AppError } from '../errors';

/** Failures in a row before a delay begins. */
const FREE = 5;
const LONGEST_MS = 5 * 60_000;
/** After so long without a try nothing is held against anybody: one try each is as slow by then. */
const FORGOTTEN_MS = 30 * 60_000;
/** Of each kind of memory; the oldest is forgotten. */
const MOST = 20_000;

/** Tries that failed or are under way. */
interface Tries {
  count: number;
  /** When the last one began, in milliseconds since the epoch. */
  at: number;
}

/** A try that was let through; it counts as failed until it is told otherwise. */
export interface AdmittedTry {
  /** The password was right. */
  succeeded(): void;
  /** Nothing was compared. */
  notMade(): void;
}

/**
 * Guessing at one account is slowed down whatever addresses it comes from: after some failures each
 * further one doubles a delay. A try counts from its beginning, so many at once are slowed alike.
 *
 * Nobody is locked out by the guesses of others: an address from which somebody has signed in is
 * held back by its own failures alone, and any other one that was told to wait is let through when
 * its wait is over, however many guesses were made meanwhile. Names that no account has are treated
 * alike. Kept in memory, per process.
 */
export class SignInDelays {
  private readonly tries = new Map<string, Tries>();
  private readonly known = new Map<string, true>();
  /** Until when an address was told to wait, in milliseconds since the epoch. */
  private readonly promised = new Map<string, number>();

  /** @throws AppError `rate_limited` with the seconds to wait */
  admit(account: string, address: string, at: Date): AdmittedTry {
    const now = at.getTime();
    const all = keyOf(account);
    const pair = keyOf(account, address);
    const waits = [this.waitOf(pair, now), this.known.has(pair) ? 0 : this.turnOf(pair, all, now)];
    const waitMs = Math.max(...waits);
    if (waitMs > 0) throw heldBack(waitMs);
    this.promised.delete(pair);
    for (const key of [all, pair]) this.count(key, 1, now);
    return {
      succeeded: () => {
        for (const key of [all, pair]) this.tries.delete(key);
        remember(this.known, pair, true);
      },
      notMade: () => {
        for (const key of [all, pair]) this.count(key, -1, now);
      },
    };
  }

  private count(key: string, by: number, now: number): void {
    const before = this.tries.get(key);
    const count = (before && now - before.at < FORGOTTEN_MS ? before.count : 0) + by;
    if (count > 0) remember(this.tries, key, { count, at: now });
    else this.tries.delete(key);
  }

  private waitOf(key: string, now: number): number {
    const { count = 0, at = now } = this.tries.get(key) ?? {};
    if (count < FREE + 1) return 0;
    // A clock that was set back prolongs nothing.
    const passed = Math.max(0, now - at);
    if (now < at) remember(this.tries, key, { count, at: now });
    return Math.max(0, Math.min(1000 * 2 ** (count - FREE - 1), LONGEST_MS) - passed);
  }

  /** How long an address that nobody signed in from waits for its turn at an account. */
  private turnOf(pair: string, account: string, now: number): number {
    const wait = this.waitOf(account, now);
    if (wait === 0) return 0;
    const until = Math.min(this.promised.get(pair) ?? now + wait, now + LONGEST_MS);
    remember(this.promised, pair, until);
    return Math.min(wait, until - now);
  }
}

function heldBack(waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000);
  return new AppError(
    'rate_limited',
    `Too many failed sign-ins to this account. Wait ${seconds} s and try again.`,
    { retryAfter: seconds },
  );
}

/** Of fixed length, so that made-up names cost no memory. */
function keyOf(...parts: string[]): string {
  return sha256Hex(JSON.stringify(parts));
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
