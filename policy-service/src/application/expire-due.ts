import { serviceCaller } from './caller';
import type { Deps } from './deps';
import { REQUEST_STATES, targetsOf } from '../domain/states';
import { changeRequest } from './unit-of-work';

const BATCH = 100;
const EXPIRABLE = REQUEST_STATES.filter((state) => targetsOf(state, 'expire').length > 0);

/** Expires requests whose deadline has passed. */
export async function expireDue(deps: Deps): Promise<void> {
  const now = deps.clock.now().toISOString();
  for (const { value } of await deps.store.requestsDue(now, BATCH, EXPIRABLE)) {
    const caller = serviceCaller('expiry', value.traceId);
    try {
      await changeRequest(deps, caller, value.id, (draft) => {
        const { deadline, state } = draft.request;
        const due = deadline !== undefined && deadline <= draft.now.toISOString();
        if (!due || targetsOf(state, 'expire').length === 0) return;
        draft.move('expire', 'expired', {}, { type: 'request.expired', data: { deadline } });
        draft.endApproval('expired');
        draft.wake(deps.random.id('out'));
      });
    } catch (error) {
      deps.log.warn({ requestId: value.id, err: String(error) }, 'expiry will be tried again');
    }
  }
}
