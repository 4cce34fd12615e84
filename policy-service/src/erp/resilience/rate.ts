import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorUnavailable } from '../../application/ports';

/** Longest wait for the rate limit, in milliseconds. */
const MAX_WAIT_MS = 2_000;

/** A token bucket of one second: short bursts pass, and the average is held. */
export class Rate {
  private tokens: number;
  private at = performance.now();

  constructor(private readonly perSecond: number) {
    this.tokens = perSecond;
  }

  /** Counts a call that is made in any case. */
  spend(): void {
    this.refill();
    this.tokens -= 1;
  }

  /** Waits until a call may begin. @throws ConnectorUnavailable when that would take too long */
  async take(id: string): Promise<void> {
    this.refill();
    const waitMs = ((1 - this.tokens) / this.perSecond) * 1000;
    if (waitMs > MAX_WAIT_MS) {
      throw new ConnectorUnavailable(
        `More calls to ${id} are waiting than its rate limit lets pass.`,
      );
    }
    this.tokens -= 1;
    if (waitMs > 0) await sleep(waitMs);
  }

  private refill(): void {
    const now = performance.now();
    this.tokens = Math.min(this.perSecond, this.tokens + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
  }
}
