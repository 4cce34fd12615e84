import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import { ConnectorUnavailable, type Slot } from '../../application/ports';

/** For each place so many may wait for it. */
const WAITING = 50;
/** Longest wait for a place, in milliseconds. */
const MAX_WAIT_MS = 10_000;

/** A bounded number of places (bulkhead): one slow ERP cannot take up the whole service. */
export class Places {
  private readonly policy: BulkheadPolicy;
  private taken = 0;

  constructor(count: number) {
    this.policy = bulkhead(count, count * WAITING);
  }

  get inUse(): number {
    return this.taken;
  }

  /** A place, as soon as there is one. @throws ConnectorUnavailable when it takes too long */
  take(id: string): Promise<Slot> {
    return new Promise<Slot>((resolve, reject) => {
      let gaveUp = false;
      const full = (): void => {
        gaveUp = true;
        reject(new ConnectorUnavailable(`${id} is busy with as many calls as it may get at once.`));
      };
      const timer = setTimeout(full, MAX_WAIT_MS);
      this.policy
        .execute(() => {
          clearTimeout(timer);
          return gaveUp ? undefined : this.hold(resolve);
        })
        .catch(() => {
          clearTimeout(timer);
          full();
        });
    });
  }

  private hold(give: (slot: Slot) => void): Promise<void> {
    this.taken += 1;
    return new Promise<void>((resolve) => {
      let held = true;
      give({
        release: () => {
          if (held) this.taken -= 1;
          held = false;
          resolve();
        },
      });
    });
  }
}
