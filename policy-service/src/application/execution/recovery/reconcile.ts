import { AppError } from '../../../domain/errors';
import type { GovernedRequest } from '../../../domain/request/request';
import { mayHaveBeenWritten } from '../../../domain/request/restored';
import { assertCommand } from '../../../domain/request/states';
import type { Caller } from '../../change/caller';
import type { Deps } from '../../change/deps';
import { requestNotFound } from '../../change/change-request';
import { recover, wayOf } from './recover-executions';
import { UNCONFIRMED, waitsForConfirmation } from '../doubt/restored-request';

/** Why nothing but a person can find out what became of it; undefined when it can be looked into. */
export function whyNotReconcile(deps: Deps, request: GovernedRequest): string | undefined {
  const { execution } = request;
  if (!execution && mayHaveBeenWritten(request)) return whyRestoredWaits(deps, request);
  if (execution?.permit) {
    return 'The service did not do this write, so it cannot look into it. Ask the holder of the permit, or look into the system of record.';
  }
  return wayOf(deps, request).approach === 'person'
    ? 'Sending it again could write twice. Look into the ERP and resolve it by hand.'
    : undefined;
}

/** Of a request that came out of a backup and was not begun since. */
function whyRestoredWaits(deps: Deps, request: GovernedRequest): string {
  const action = request.intent?.action ? deps.bundle().action(request.intent.action) : undefined;
  return action && !waitsForConfirmation(deps, request, action)
    ? 'It came out of a backup. When it is executed, it is looked for in the ERP first, or sent with the key by which the ERP knows what it wrote already.'
    : UNCONFIRMED;
}

/**
 * Looks into one unknown outcome now, as a person asked.
 * @throws AppError `not_found`, `illegal_transition` when it is not unknown, or when a repeat could
 *   write twice and the ERP cannot be searched, so that only a resolution by hand is left
 */
export async function reconcileNow(deps: Deps, caller: Caller, requestId: string): Promise<void> {
  const loaded = await deps.store.request(requestId);
  if (!loaded) throw requestNotFound(requestId);
  const { state, execution } = loaded.value;
  if (state !== 'compensating' || !execution?.undo) assertCommand(state, 'reconcile');
  const why = whyNotReconcile(deps, loaded.value);
  if (why) throw new AppError('illegal_transition', why, { state });
  await recover(deps, caller, loaded.value);
}
