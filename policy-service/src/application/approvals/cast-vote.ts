import type { Approval, Vote } from '../../domain/approval/approval';
import { ballotErrors, type Ballot } from '../../domain/approval/ballot';
import { after, EXECUTE_WITHIN_SECONDS } from '../../domain/deadlines';
import { requestDigest } from '../../domain/request/digest';
import { AppError } from '../../domain/errors';
import { isSamePerson } from '../../domain/identity/identity-check';
import type { Person } from '../../domain/identity/identity';
import type { GovernedRequest } from '../../domain/request/request';
import { isOver } from '../../domain/service-time';
import { reservationsOf } from '../decisions/decide';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { openStage } from '../../domain/approval/open-stage';

/**
 * Whether a person may vote on an approval now.
 * @returns the role and stage they would vote in
 * @throws AppError `approval_closed`, `self_approval`, `already_voted`, `not_an_approver`
 */
export async function assertMayVote(
  deps: Deps,
  person: Person,
  approval: Approval,
  request: GovernedRequest,
): Promise<{ role: string; stage: number }> {
  const { createdAt: from, expiresAt: until } = approval;
  if (approval.state !== 'pending' || isOver({ from, until }, deps.clock.now())) {
    const state = approval.state === 'pending' ? 'expired' : approval.state;
    throw new AppError('approval_closed', `This approval is ${state}; it takes no more votes.`, {
      state,
    });
  }
  const claims = [request.subject.requestedBy, request.subject.tokenOwner].filter(
    (name): name is string => name !== null,
  );
  const people = await deps.store.people();
  if (claims.some((claim) => isSamePerson(person, claim, people))) {
    throw new AppError(
      'self_approval',
      'You asked for this, or own the token that did. Somebody else has to decide on it.',
    );
  }
  if (approval.votes.some((vote) => isSamePerson(person, vote.person.email, people))) {
    throw new AppError(
      'already_voted',
      'You have voted on this already, under this or another account of yours; every vote needs another person.',
    );
  }
  const stage = openStage(approval, people);
  const role = stage === undefined ? undefined : approval.stages[stage]?.role;
  if (stage === undefined || role === undefined || !person.roles.includes(role)) {
    throw new AppError(
      'not_an_approver',
      `This needs the role ${role ?? 'of an open stage'}, which you do not hold.`,
    );
  }
  return { role, stage };
}

/**
 * Records a vote and, with it, the end of the approval when the quorum is complete or somebody
 * rejects. Approving executes nothing by itself.
 * @throws AppError `digest_mismatch`; `invalid_body` when a comment or evidence is missing that the
 *   approval asks for; and as assertMayVote
 */
export async function castVote(
  deps: Deps,
  draft: Draft,
  person: Person,
  ballot: Ballot,
): Promise<void> {
  const { approval, request } = draft;
  if (!approval) throw new AppError('not_found', 'This request has no approval.');
  const { role, stage } = await assertMayVote(deps, person, approval, request);
  if (ballot.digest !== approval.digest || requestDigest(request) !== approval.digest) {
    throw new AppError(
      'digest_mismatch',
      'What you were shown is not what would be executed. Open the approval again and read it anew.',
    );
  }
  const errors = ballotErrors(approval, ballot);
  if (errors.length > 0) {
    const message = errors.map((error) => error.message).join(' ');
    throw new AppError('invalid_body', message, {}, errors);
  }
  const vote: Vote = {
    person: { email: person.email, name: person.name },
    role,
    vote: ballot.vote,
    stage,
    ...(ballot.comment ? { comment: ballot.comment } : {}),
    ...(ballot.evidence ? { evidence: ballot.evidence } : {}),
    at: draft.now.toISOString(),
  };
  draft.approval = { ...approval, votes: [...approval.votes, vote] };
  const entry = {
    type: 'approval.voted',
    moment: 'confirmation' as const,
    data: {
      approvalId: approval.id,
      vote,
      digest: approval.digest,
      policyVersion: approval.policyVersion,
      shown: approval.shown,
    },
  };
  if (ballot.vote === 'reject') {
    draft.move('vote', 'rejected', {}, entry);
    draft.endApproval('rejected');
    draft.wake(deps.random.id('out'));
    return;
  }
  if (openStage(draft.approval, await deps.store.people()) !== undefined) {
    draft.move('vote', 'awaiting_approval', {}, entry);
    return;
  }
  draft.move('vote', 'approved', { deadline: after(draft.now, EXECUTE_WITHIN_SECONDS) }, entry);
  draft.endApproval('approved');
  if (request.decision) {
    draft.reserve(reservationsOf(request.id, request.decision, draft.lived, 'approved'));
  }
  draft.wake(deps.random.id('out'));
}
