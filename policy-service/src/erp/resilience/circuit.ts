import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { ConnectorUnavailable } from '../../application/ports';

/** Failures in a row that open a circuit. */
const FAILURES = 5;
/** An open circuit lets one call through after this, in milliseconds; it decides how to go on. */
const TRY_AGAIN_MS = 5_000;

export type CircuitName = 'closed' | 'open' | 'half_open';

const NAMES: Record<CircuitState, CircuitName> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

/** Calls of one kind to one ERP: after failures in a row nothing new is begun for a while. */
export class Circuit {
  private readonly policy: CircuitBreakerPolicy;
  private openedAt = 0;

  /**
   * @param saved what `toJSON` gave before a restart
   * @param failed whether a result means that the ERP does not work
   * @param changed told after each opening and closing
   */
  constructor(saved: unknown, failed: (result: unknown) => boolean, changed: () => void) {
    const { policy, openedAt = 0 } = (saved ?? {}) as { policy?: unknown; openedAt?: number };
    this.openedAt = openedAt;
    this.policy = circuitBreaker(handleWhen(isSilence).orWhenResult(failed), {
      halfOpenAfter: TRY_AGAIN_MS,
      breaker: new ConsecutiveBreaker(FAILURES),
      ...(policy === undefined ? {} : { initialState: policy }),
    });
    this.policy.onStateChange((state) => {
      if (state === CircuitState.Open) this.openedAt = Date.now();
      changed();
    });
  }

  get state(): CircuitName {
    return NAMES[this.policy.state];
  }

  /** Whether something new may begin. @throws ConnectorUnavailable */
  assertAdmits(id: string): void {
    const since = Date.now() - this.openedAt;
    // Before it was opened: the clock was set back, and says nothing.
    const waiting = this.state === 'open' && since >= 0 && since < TRY_AGAIN_MS;
    if (waiting || this.state === 'half_open') throw circuitOpen(id);
  }

  /** A call that may be held back. @throws ConnectorUnavailable also without calling */
  async guarded<T>(id: string, call: () => Promise<T>): Promise<T> {
    let called = false;
    const counted = (): Promise<T> => {
      called = true;
      return call();
    };
    try {
      return await this.policy.execute(counted);
    } catch (error) {
      throw called ? error : circuitOpen(id);
    }
  }

  /** A call that was admitted: it is always made, and its result counts where it can. */
  async counted<T>(call: () => Promise<T>): Promise<T> {
    let called = false;
    const counted = (): Promise<T> => {
      called = true;
      return call();
    };
    try {
      return await this.policy.execute(counted);
    } catch (error) {
      if (called) throw error;
      return call();
    }
  }

  toJSON(): object {
    return { policy: this.policy.toJSON(), openedAt: this.openedAt };
  }
}

/** An answer that asks for mending is an answer: whoever sends odd values must not stop the others. */
function isSilence(error: unknown): boolean {
  return error instanceof ConnectorUnavailable && error.remedy === 'silent';
}

function circuitOpen(id: string): ConnectorUnavailable {
  return new ConnectorUnavailable(
    `${id} did not answer several times in a row, so it is left alone for ${TRY_AGAIN_MS / 1000} seconds.`,
  );
}
