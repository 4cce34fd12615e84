import { openStep, withStep, type Execution } from '../../domain/request/execution';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import type { Connector } from '../ports';
import { leaseFrom } from './lease';

/** Two searches come before a step of a restored request. */
const SEARCHED_FIRST = 3;

/** Marks the open step as about to be sent, under a lease of its own length. */
export function startNext(
  deps: Deps,
  draft: Draft,
  execution: Execution,
  connector: Connector | undefined,
): Execution {
  const next = openStep(execution);
  if (!next) throw new Error('there is no step to begin');
  return {
    ...withStep(execution, next.name, { status: 'started', startedAt: draft.now.toISOString() }),
    leaseOwner: deps.settings.instanceId,
    leaseUntil: leaseFrom(
      deps,
      connector,
      draft.lived,
      draft.request.restored ? SEARCHED_FIRST : 1,
    ),
  };
}

/** Outside `executing` the deadline brings an execution back to recovery when its process dies. */
export function keepDue(draft: Draft): void {
  if (draft.request.state === 'executing') return;
  draft.request = { ...draft.request, deadline: draft.request.execution?.leaseUntil };
}
