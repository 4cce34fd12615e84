import { AppError } from '../domain/errors';

/**
 * Work that is done one after the other, with a bounded queue. Deriving keys from passwords takes
 * threads of the pool that also looks names up: many at once would hold up every call to an ERP.
 */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @param most that may wait or be under way */
  constructor(private readonly most: number) {}

  /** @throws AppError `rate_limited` when the queue is full; nothing was begun then */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= this.most) {
      throw new AppError('rate_limited', 'Too many sign-ins at once. Try again in a few seconds.');
    }
    this.waiting += 1;
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }
}
