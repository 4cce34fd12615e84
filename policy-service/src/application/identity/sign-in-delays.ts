import { sha256Hex } from '../../domain/canonical-json';
import { AppError } from '../../domain/errors';

/** Failures in a row before a delay begins. */
const FREE = 5;
const LONGEST_MS = 5 * 60_000;
/** Accounts, and pairs of account and address, that are remembered; the oldest are forgotten. */
const MOST = 10_000;

interface Failures {
  count: number;
  /** Milliseconds since the epoch. */
  until: number;
}

/**
 * Guessing at one account is slowed down whatever addresses it comes from: after some failures each
 * further one doubles a delay. An address from which somebody has signed in to the account is not
 * held back by it, so that nobody is locked out by the guesses of others. Names that no account has
 * are treated alike. Kept in memory, per process.
 */
export class SignInDelays {
  private readonly failures = new Map<string, Failures>();
  private readonly known = new Map<string, true>();

  /** @throws AppError `rate_limited` with the seconds to wait in its sentence */
  assertMayTry(account: string, address: string, now: Date): void {
    const failed = this.failures.get(keyOf(account));
    const waitMs = (failed?.until ?? 0) - now.getTime();
    if (waitMs <= 0 || this.known.has(keyOf(account, address))) return;
    // A clock that was set back prolongs nothing beyond the longest delay.
    const seconds = Math.ceil(Math.min(waitMs, LONGEST_MS) / 1000);
    throw new AppError(
      'rate_limited',
      `Too many failed sign-ins to this account. Wait ${seconds} s and try again.`,
    );
  }

  failed(account: string, now: Date): void {
    const key = keyOf(account);
    const count = (this.failures.get(key)?.count ?? 0) + 1;
    const delayMs = count <= FREE ? 0 : Math.min(1000 * 2 ** (count - FREE - 1), LONGEST_MS);
    remember(this.failures, key, { count, until: now.getTime() + delayMs });
  }

  succeeded(account: string, address: string): void {
    this.failures.delete(keyOf(account));
    remember(this.known, keyOf(account, address), true);
  }
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
