import { AppError } from '../../domain/errors';
import { isSamePerson } from '../../domain/identity/identity-check';
import { targetsOf } from '../../domain/request/states';
import type { Draft } from '../change/draft';
import type { Deps } from '../change/deps';

/**
 * Cancels a request that has not begun to execute: by the token that proposed it or another one of
 * the same owner, by the person who asked, or by an operator.
 * @throws AppError `insufficient_scope`; `illegal_transition` (409) later
 */
export async function cancelDraft(
  deps: Deps,
  draft: Draft,
  reason: string | undefined,
): Promise<void> {
  await assertMayCancel(deps, draft);
  if (targetsOf(draft.request.state, 'cancel').length === 0) {
    throw new AppError(
      'illegal_transition',
      `A request that is ${draft.request.state.replaceAll('_', ' ')} can no longer be cancelled.`,
      { state: draft.request.state },
    );
  }
  draft.move('cancel', 'cancelled', {}, { type: 'request.cancelled', data: { reason } });
  draft.endApproval('cancelled');
  draft.wake(deps.random.id('out'));
}

async function assertMayCancel(deps: Deps, { caller, request }: Draft): Promise<void> {
  const { subject } = request;
  if (caller.kind === 'service') return;
  if (caller.kind === 'token') {
    const { id, owner } = caller.token;
    if (id === subject.tokenId || (owner !== null && owner === subject.tokenOwner)) return;
    throw new AppError(
      'insufficient_scope',
      'A token cancels what it proposed, or another token of the same owner. Ask an operator.',
    );
  }
  const { person } = caller;
  if (person.roles.includes('operator')) return;
  if (isSamePerson(person, subject.requestedBy, await deps.store.people())) return;
  throw new AppError(
    'insufficient_scope',
    'Only the person who asked, or somebody with the role operator, cancels a request.',
  );
}
