import { AppError } from '../domain/errors';
import { livedBy, type Clock } from '../application/ports';

const WINDOW_MS = 10_000;

/** Who calls, as calls are counted: a token, a person (API and pages are one budget), or else an address. */
export const budgetOf = {
  token: (id: string): string => `token ${id}`,
  person: (email: string): string => `person ${email}`,
  address: (address: string): string => `address ${address}`,
};

/** A fixed window of ten seconds per caller, so that one client cannot take the service away from the others. */
export class RateLimit {
  private windowStart = 0;
  private readonly counts = new Map<string, number>();

  /** @param max calls per caller in ten seconds */
  constructor(
    private readonly max: number,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `rate_limited` with the seconds to wait */
  take(key: string): void {
    const now = livedBy(this.clock).getTime();
    // A clock that was set back begins a window too, or its callers would wait until it caught up.
    if (now - this.windowStart >= WINDOW_MS || now < this.windowStart) {
      this.windowStart = now;
      this.counts.clear();
    }
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count <= this.max) return;
    const seconds = Math.ceil((this.windowStart + WINDOW_MS - now) / 1000);
    throw new AppError(
      'rate_limited',
      `More than ${this.max} calls in 10 seconds. Try again in ${seconds} s.`,
      { retryAfter: seconds },
    );
  }
}
