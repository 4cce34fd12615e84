import { AppError } from '../../domain/errors';
import type { Store } from '../ports';
import { replay, type ChangedRequest, type ReplayOptions, type ReplayReport } from './replay';

/** A replay that one call waits for ends here; the command line has no such end. */
export const MAX_DECISIONS = 100_000;

export interface ReplayPage extends ReplayReport {
  /** Requests that would be decided otherwise, oldest first: one page of them. */
  items: ChangedRequest[];
  /** For the next page; absent on the last one. */
  nextCursor?: string;
}

/** Replays keep a process busy, so each store has one at a time. */
const running = new WeakSet<Store>();

/**
 * A replay with one page of what would change. A later page replays the period again: what was
 * counted anew depends on everything before it.
 * @throws AppError `invalid_parameter`; `concurrent_request` while another replay runs
 */
export async function replayPage(
  store: Store,
  options: Omit<ReplayOptions, 'maxDecisions' | 'onChange' | 'onProgress'>,
  page: { cursor?: string; limit: number },
): Promise<ReplayPage> {
  const skip = Number(page.cursor ?? 0);
  if (!Number.isSafeInteger(skip) || skip < 0) {
    throw new AppError('invalid_parameter', 'The cursor is not one of this service. Leave it out.');
  }
  if (running.has(store)) {
    throw new AppError(
      'concurrent_request',
      'Another replay is running. Wait until it has ended and try again.',
    );
  }
  running.add(store);
  try {
    const items: ChangedRequest[] = [];
    let seen = 0;
    const report = await replay(store, {
      ...options,
      maxDecisions: MAX_DECISIONS,
      onChange(changed) {
        seen += 1;
        if (seen > skip && items.length < page.limit) items.push(changed);
      },
    });
    const next = skip + items.length;
    return { ...report, items, ...(next < seen ? { nextCursor: String(next) } : {}) };
  } finally {
    running.delete(store);
  }
}
