import { limitKey } from '../../domain/decision/limit';
import type { GovernedRequest } from '../../domain/request/request';
import type { RequestState } from '../../domain/request/states';
import type { Deps } from '../change/deps';
import { livedBy } from '../ports';

/** Another request that asks for the same, as the duplicates of a decision compare them. */
export interface Twin {
  requestId: string;
  state: RequestState;
}

/** The twins of a request as they are now, those that may have been written first. */
export async function twinsOf(
  deps: Pick<Deps, 'store' | 'clock' | 'bundle'>,
  { id, intent, decision }: GovernedRequest,
): Promise<Twin[]> {
  const found = new Set<string>();
  const policy = intent?.action ? deps.bundle().policy(intent.action) : undefined;
  for (const { limitId, key, windowMs, twins } of decision?.limits ?? []) {
    // Decisions of earlier versions do not say which of their limits find twins.
    const now = policy?.limits.find(({ rule }) => rule.id === limitId)?.rule.kind;
    if (!twins && now !== 'duplicates') continue;
    const since = new Date(livedBy(deps.clock).getTime() - windowMs).toISOString();
    const all = await deps.store.limitTwins(limitId, limitKey(key), since);
    for (const { requestId } of all) if (requestId !== id) found.add(requestId);
  }
  const read = await Promise.all([...found].slice(0, SHOWN).map((one) => deps.store.request(one)));
  return read.flatMap((one) => (one ? [{ requestId: one.value.id, state: one.value.state }] : []));
}

/** More than these nobody reads. */
const SHOWN = 20;
