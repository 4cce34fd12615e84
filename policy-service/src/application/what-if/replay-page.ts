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

/** A replay that took so long ends with what it has read. */
const MAX_MS = 30_000;

/** Replays take long, so each caller has one at a time. */
const running = new WeakMap<Store, Set<string>>();

/**
 * A replay with one page of what would change. A later page replays the period again: what was
 * counted anew depends on everything before it.
 * @param by whose replay it is
 * @throws AppError `invalid_parameter`; `concurrent_request` while another one of the caller runs
 */
export async function replayPage(
  store: Store,
  by: string,
  options: Omit<ReplayOptions, 'maxDecisions' | 'outOfTime' | 'onChange' | 'onProgress'>,
  page: { cursor?: string; limit: number },
): Promise<ReplayPage> {
  const skip = Number(page.cursor ?? 0);
  if (!Number.isSafeInteger(skip) || skip < 0) {
    throw new AppError('invalid_parameter', 'The cursor is not one of this service. Leave it out.');
  }
  const callers = running.get(store) ?? new Set();
  running.set(store, callers);
  if (callers.has(by)) {
    throw new AppError(
      'concurrent_request',
      'Another replay of yours is running. Wait until it has ended and try again.',
    );
  }
  callers.add(by);
  try {
    const items: ChangedRequest[] = [];
    let seen = 0;
    const until = performance.now() + MAX_MS;
    const report = await replay(store, {
      ...options,
      maxDecisions: MAX_DECISIONS,
      outOfTime: () => performance.now() > until,
      onChange(changed) {
        seen += 1;
        if (seen > skip && items.length < page.limit) items.push(changed);
      },
    });
    const next = skip + items.length;
    return { ...report, items, ...(next < seen ? { nextCursor: String(next) } : {}) };
  } finally {
    callers.delete(by);
  }
}
