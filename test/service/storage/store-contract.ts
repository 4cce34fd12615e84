import type { Clock, Store } from '../../../policy-service/src/application/ports';
import { START } from './documents';
import { commitContract } from './contract/commit';
import { governanceContract } from './contract/governance';
import { identityContract } from './contract/identity';
import { limitContract } from './contract/limits';
import { listContract } from './contract/lists';
import { logContract } from './contract/log';

/** Opens a fresh, empty store whose idempotency rows end by this clock. */
export type StoreFactory = (clock: Clock) => Promise<Store>;

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  private time = START;
  now(): Date {
    return new Date(this.time);
  }
  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}

/** What a part of the contract works with: a fresh store for every test. */
export interface ContractContext {
  readonly store: Store;
  readonly clock: TestClock;
}

/** What every implementation of `Store` promises. Run it with a factory of the implementation. */
export function storeContract(name: string, open: StoreFactory): void {
  describe(`${name} as a Store`, () => {
    let store: Store;
    let clock: TestClock;
    beforeEach(async () => {
      clock = new TestClock();
      store = await open(clock);
    });
    afterEach(() => store.close());

    const context: ContractContext = {
      get store() {
        return store;
      },
      get clock() {
        return clock;
      },
    };
    describe('commit', () => commitContract(context));
    describe('limits', () => limitContract(context));
    describe('lists', () => listContract(context));
    describe('bundles, activations and stops', () => governanceContract(context));
    describe('tokens, people, sessions and the outbox', () => identityContract(context));
    describe('the log', () => logContract(context));
  });
}
