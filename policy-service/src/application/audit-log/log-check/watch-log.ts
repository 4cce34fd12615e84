import type { LogProblem } from '../../../audit/check-entry';
import { CompactRange } from '../../../audit/compact-range';
import { compareWithHead, type LogClaim } from '../../../audit/verify-log';
import { advanceOnce, mark, type LogCheckDeps } from './check-log';

/** How often the positions are stored: each time is one small write. */
const SAVE_MS = 60_000;

/**
 * Verifies the log beside the service, in parts of bounded cost: first what is new, then from the
 * beginning, again and again, so that damage to old entries is found too.
 */
export class LogWatch {
  private verified?: CompactRange;
  private round = CompactRange.empty();
  /** What the round must come to: the log as it was when the round began. */
  private target?: LogClaim;
  private savedAt = 0;
  private told = false;

  constructor(private readonly deps: LogCheckDeps) {}

  /** Looks at one part of what is new and one of what is old. */
  async look(): Promise<void> {
    const { log } = this.deps.store;
    const { head } = await log.state();
    const problem =
      (await log.damage()) ??
      (head && ((await this.lookAtNew(head)) ?? (await this.lookAgain(head))));
    if (!problem) return this.saveNowAndThen();
    // Only the next start takes a mark back: it looks at the whole.
    if (this.told) return;
    this.told = true;
    await mark(this.deps, problem);
  }

  private async lookAtNew(head: LogClaim): Promise<LogProblem | undefined> {
    const { log } = this.deps.store;
    if (!this.verified) {
      const { verified, round } = await log.check();
      this.verified = verified ?? CompactRange.empty();
      if (round && round.size <= this.verified.size) this.round = round;
    }
    if (this.verified.size > head.size) {
      const message = `There were ${this.verified.size} entries that this service had found intact, but only ${head.size} are left.`;
      return { code: 'truncated', message };
    }
    if (this.verified.size < head.size) {
      const problem = await advanceOnce(log, this.verified, head.size);
      if (problem || this.verified.size < head.size) return problem;
    }
    return compareWithHead(this.verified, head)[0];
  }

  private async lookAgain(head: LogClaim): Promise<LogProblem | undefined> {
    this.target ??= head;
    if (this.round.size < this.target.size) {
      const problem = await advanceOnce(this.deps.store.log, this.round, this.target.size);
      if (problem || this.round.size < this.target.size) return problem;
    }
    const problem = compareWithHead(this.round, this.target)[0];
    this.round = CompactRange.empty();
    this.target = undefined;
    return problem;
  }

  private async saveNowAndThen(): Promise<void> {
    const now = this.deps.clock.now().getTime();
    if (Math.abs(now - this.savedAt) < SAVE_MS) return;
    this.savedAt = now;
    await this.deps.store.saveLogCheck({ verified: this.verified, round: this.round });
  }
}
