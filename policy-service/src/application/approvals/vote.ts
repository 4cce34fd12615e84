import type { Approval } from '../../domain/approval/approval';
import { AppError } from '../../domain/errors';
import type { Person } from '../../domain/identity/identity';
import type { Ballot } from '../../domain/approval/ballot';
import { castVote } from './cast-vote';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { recordRefusal } from '../change/record-refusal';
import { approvalIsStale } from '../decisions/staleness';
import { changeRequest } from '../change/change-request';

/**
 * A person's vote on an approval, by its id. A refused vote is recorded on the request.
 * @throws AppError `not_found`, `approval_closed`, `self_approval`, `already_voted`,
 *   `not_an_approver`, `digest_mismatch`, `invalid_body`
 */
export async function voteOnApproval(
  deps: Deps,
  person: Person,
  traceId: string,
  approvalId: string,
  ballot: Ballot,
): Promise<Approval> {
  const { requestId } = await readApproval(deps, approvalId);
  const caller = { kind: 'person' as const, person, traceId };
  try {
    const { draft, result: stale } = await changeRequest(deps, caller, requestId, (current) => {
      // One that was replaced takes no votes, even though its request still waits.
      if (current.approval?.id !== approvalId) {
        throw new AppError('approval_closed', 'This approval was replaced by a newer one.', {
          state: 'superseded',
        });
      }
      return castOrSupersede(deps, current, person, ballot);
    });
    if (stale) throw new AppError('approval_closed', stale, { state: 'superseded' });
    return draft.approval ?? (await readApproval(deps, approvalId));
  } catch (error) {
    if (error instanceof AppError) {
      await recordRefusal(deps, caller, requestId, `vote ${ballot.vote}`, error);
    }
    throw error;
  }
}

/**
 * A vote on something that no longer fits is not counted: the request is superseded instead.
 * @returns why, or undefined when the vote was cast
 */
async function castOrSupersede(
  deps: Deps,
  draft: Draft,
  person: Person,
  ballot: Ballot,
): Promise<string | undefined> {
  const { approval, request } = draft;
  const stale =
    approval && request.state === 'awaiting_approval'
      ? await approvalIsStale(deps, request, approval, draft)
      : undefined;
  if (!stale) {
    await castVote(deps, draft, person, ballot);
    return undefined;
  }
  draft.move(
    'supersede',
    'superseded',
    {},
    {
      type: 'request.superseded',
      data: { reasons: [{ ruleId: 'approval-stale', message: stale }] },
    },
  );
  draft.endApproval('superseded');
  draft.wake(deps.random.id('out'));
  return stale;
}

/** @throws AppError `not_found` */
export async function readApproval(deps: Deps, id: string): Promise<Approval> {
  const found = await deps.store.approval(id);
  if (!found) throw new AppError('not_found', 'There is no such approval.');
  return found.value;
}
