import { serviceCaller } from '../change/caller';
import type { Deps } from '../change/deps';
import { isOver, latestNow } from '../../domain/service-time';
import { REQUEST_STATES, targetsOf } from '../../domain/request/states';
import { wasAhead } from '../ports';
import { changeRequest } from '../change/change-request';

const BATCH = 100;
const EXPIRABLE = REQUEST_STATES.filter((state) => targetsOf(state, 'expire').length > 0);

/**
 * Expires requests whose deadline has passed; one that just went ahead with the date alone waits
 * until that date has stood for a while.
 */
export async function expireDue(deps: Deps): Promise<void> {
  const { clock, store } = deps;
  const settled = clock.settled?.() ?? clock.now();
  const due = await store.requestsDue(settled.toISOString(), BATCH, EXPIRABLE);
  // Set while the date was ahead: nobody knows when it ends.
  const misdated = wasAhead(clock)
    ? await store.requestsMisdated(latestNow(clock.now()).toISOString(), BATCH, EXPIRABLE)
    : [];
  for (const { value } of [...due, ...misdated]) {
    const caller = serviceCaller('expiry', value.traceId);
    try {
      await changeRequest(deps, caller, value.id, (draft) => {
        const { deadline: until, deadlineFrom: from, state } = draft.request;
        const over = until !== undefined && isOver({ from, until }, draft.now);
        if (!over || targetsOf(state, 'expire').length === 0) return;
        draft.move('expire', 'expired', {}, { type: 'request.expired', data: { deadline: until } });
        draft.endApproval('expired');
        draft.wake(deps.random.id('out'));
      });
    } catch (error) {
      deps.log.warn({ requestId: value.id, err: String(error) }, 'expiry will be tried again');
    }
  }
}
