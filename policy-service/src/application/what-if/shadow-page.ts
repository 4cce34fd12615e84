import type { Bundle } from '../../domain/decision/bundle';
import { AppError } from '../../domain/errors';
import type { Store } from '../ports';
import { ALL, type Period, type Visible } from './decided-requests';
import { shadowReport, type ShadowFlip, type ShadowReport } from './shadow-report';

export interface ShadowPage extends ShadowReport {
  /** Decisions that a rule on trial would have changed, oldest first: one page of them. */
  items: ShadowFlip[];
  /** For the next page; absent on the last one. */
  nextCursor?: string;
}

/** A shadow report with one page of the decisions. @throws AppError `invalid_parameter` */
export async function shadowPage(
  store: Store,
  bundle: Bundle,
  period: Period,
  page: { cursor?: string; limit: number },
  visible: Visible = ALL,
): Promise<ShadowPage> {
  const skip = Number(page.cursor ?? 0);
  if (!Number.isSafeInteger(skip) || skip < 0) {
    throw new AppError('invalid_parameter', 'The cursor is not one of this service. Leave it out.');
  }
  const items: ShadowFlip[] = [];
  let seen = 0;
  const onFlip = (flip: ShadowFlip): void => {
    seen += 1;
    if (seen > skip && items.length < page.limit) items.push(flip);
  };
  const report = await shadowReport(store, bundle, period, { onFlip, visible });
  const next = skip + items.length;
  return { ...report, items, ...(next < seen ? { nextCursor: String(next) } : {}) };
}
