import { AppError } from '../domain/errors';
import { targetsOf } from '../domain/states';
import type { Draft } from './draft';
import type { Deps } from './deps';

/**
 * Cancels a request that has not begun to execute.
 * @throws AppError `illegal_transition` (409) later
 */
export function cancelDraft(deps: Deps, draft: Draft, reason: string | undefined): void {
  if (targetsOf(draft.request.state, 'cancel').length === 0) {
    throw new AppError(
      'illegal_transition',
      `A request that is ${draft.request.state} can no longer be cancelled.`,
      { state: draft.request.state },
    );
  }
  draft.move('cancel', 'cancelled', {}, { type: 'request.cancelled', data: { reason } });
  draft.endApproval('cancelled');
  draft.wake(deps.random.id('out'));
}
