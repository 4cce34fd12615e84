import type { GovernedRequest } from '../../domain/request/request';
import type { Deps } from '../change/deps';
import type { Connector } from '../ports';

/** Waits between calls, and what they may take longer than their connector says. */
const MARGIN_MS = 3_000;

/**
 * Until when, in lived time, a process owns an execution that it goes on with now: longer than its
 * calls can take.
 * @param calls made one after the other under this lease
 */
export function leaseFrom(
  deps: Deps,
  connector: Connector | undefined,
  lived: Date,
  calls = 1,
): string {
  const longest = (connector?.traits.longestCallMs ?? 0) * calls + MARGIN_MS;
  return new Date(lived.getTime() + Math.max(deps.settings.leaseMs, longest)).toISOString();
}

/** Somebody else may have taken over: they own every further call. */
export function leaseIsOver({ execution }: GovernedRequest, lived: Date): boolean {
  return !execution || execution.leaseUntil <= lived.toISOString();
}

/** Whether the stored request is still under the very lease that `held` was read with. */
export function stillOurs(stored: GovernedRequest, held: GovernedRequest): boolean {
  return (
    stored.state === held.state &&
    stored.execution?.leaseOwner === held.execution?.leaseOwner &&
    stored.execution?.leaseUntil === held.execution?.leaseUntil
  );
}
