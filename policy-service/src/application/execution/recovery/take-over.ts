import { openStep, withStep } from '../../../domain/request/execution';
import type { GovernedRequest } from '../../../domain/request/request';
import type { Deps } from '../../change/deps';
import type { Draft } from '../../change/draft';
import { leaseFrom } from '../lease';
import { leftInDoubt } from '../outcomes';
import { keepDue } from '../begin-step';
import { permitExpired } from '../permits/permit-expired';
import type { Connector } from '../../ports';
import type { Approach } from '../doubt/approach';

/** Searches before a write that was not found may be sent again. */
const SEARCHES = 2;

/**
 * Takes the lease of an unfinished execution whose owner is gone, or ends it with a person where
 * nothing can safely be done; an execution that somebody else works on is left to them.
 * @param seen the request as recovery found it
 * @returns whether it is ours to go on with
 */
export async function takeOver(
  deps: Deps,
  draft: Draft,
  seen: GovernedRequest,
  approach: Approach,
  connector: Connector | undefined,
): Promise<boolean> {
  const { execution, state } = draft.request;
  const changed = execution?.leaseUntil !== seen.execution?.leaseUntil || state !== seen.state;
  const busy = execution !== undefined && execution.leaseUntil > draft.lived.toISOString();
  if (!execution || changed || busy) return false;
  if (execution.permit) return permitExpired(draft, execution);

  const step = openStep(execution);
  if (!step) return false;
  if (approach === 'person') {
    const message =
      step.status === 'started'
        ? 'The process that carried it out ended before an outcome was recorded.'
        : (execution.message ?? 'No outcome was recorded.');
    if (state !== 'outcome_unknown') {
      await leftInDoubt(
        deps,
        draft,
        execution,
        step,
        { outcome: 'unknown', message, attempts: [], unsent: step.unsent },
        undefined,
      );
    }
    draft.request = { ...draft.request, deadline: undefined };
    return false;
  }
  draft.request = {
    ...draft.request,
    execution: {
      // It may be sent from now on.
      ...withStep(execution, step.name, { status: 'unknown', unsent: undefined }),
      leaseOwner: deps.settings.instanceId,
      leaseUntil: leaseFrom(deps, connector, draft.lived, approach === 'look' ? SEARCHES + 1 : 1),
    },
  };
  // Should this process end in the middle, it is due again after the lease.
  keepDue(draft);
  draft.record({ type: 'request.recovering', data: { state, step: step.name, approach } });
  return true;
}
