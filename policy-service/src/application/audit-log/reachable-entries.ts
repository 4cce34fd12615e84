import type { StoredEntry } from '../../audit/entry';
import type { LogVerification } from '../../audit/verify-log';
import { actionsOf, assertMayReach, mayReach, type Caller } from '../change/caller';
import type { Store } from '../ports';

type Requests = Pick<Store, 'request'>;

/**
 * The entries that a caller may read: one with a list of actions reads those of requests that it
 * may reach, and nothing else of the log.
 */
export async function reachableEntries(
  store: Requests,
  caller: Caller,
  entries: StoredEntry[],
): Promise<StoredEntry[]> {
  if (!actionsOf(caller)) return entries;
  const ids = new Set(entries.flatMap(({ entry }) => entry.requestId ?? []));
  const reachable = new Set<string>();
  for (const id of ids) {
    const found = await store.request(id);
    if (found && mayReach(caller, found.value)) reachable.add(id);
  }
  return entries.filter(({ entry }) => reachable.has(entry.requestId ?? ''));
}

/** @throws AppError `action_not_permitted` for the entries of a request that it may not reach */
export async function assertMayAskFor(
  store: Requests,
  caller: Caller,
  requestId: string | undefined,
): Promise<void> {
  if (requestId === undefined || !actionsOf(caller)) return;
  const found = await store.request(requestId);
  if (found) assertMayReach(caller, found.value);
}

/** What is wrong with the log, without what its entries are about for who may not read them all. */
export function withoutNames(caller: Caller, result: LogVerification): LogVerification {
  if (!actionsOf(caller)) return result;
  const problems = result.problems.map(({ code, sequence, message }) => ({
    code,
    ...(sequence === undefined ? {} : { sequence }),
    message,
  }));
  return { ...result, problems };
}
