import type { Action } from '../../domain/catalogue/action';
import type { Decision } from '../../domain/request/decision';
import { FACTS_AT_EXECUTION_MS } from '../../domain/deadlines';
import { requestDigest } from '../../domain/request/digest';
import { AppError } from '../../domain/errors';
import type { Execution } from '../../domain/request/execution';
import type { FactRecord } from '../../domain/request/facts';
import type { Person } from '../../domain/identity/identity';
import type { ActionPolicy } from '../../domain/decision/policy';
import type { GovernedRequest } from '../../domain/request/request';
import { isOver } from '../../domain/service-time';
import { targetsOf } from '../../domain/request/states';
import { assertNotStopped } from '../stops/active-stops';
import { evaluate, newApproval, policyOf, reservationsOf } from '../decisions/decide';
import { askingAgain } from '../approvals/ask-again';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { undoIsStale } from './original';
import { openStage } from '../../domain/approval/open-stage';
import { mayHaveBeenWritten } from '../../domain/request/restored';
import { UNCONFIRMED, waitsForConfirmation } from './doubt/restored-request';
import { changeSinceDecision } from '../decisions/staleness';
import { standingOf, stopped } from '../decisions/standing';

/** What stopped an execution: the state that the request went to instead, and why. */
export interface Refusal {
  /** Where the state stays as it was. */
  message?: string;
  reasons: { ruleId: string; message: string }[];
}

/** Makes the execution of a request that passed the last check. */
export type OpenExecution = (deps: Deps, draft: Draft, action: Action) => Promise<Execution>;

/**
 * The last check before a write, in the transaction that writes `executing`: digest, action
 * version, policy, facts, quorum and expiry, all read anew. Either the draft is `executing` when
 * this returns undefined, or it went somewhere stricter and the refusal says why.
 * @param facts fetched for this execution, at most FACTS_AT_EXECUTION_MS ago
 * @param open makes the execution: by the service itself, or under a permit
 * @throws AppError `not_executable` when the state does not permit execution, or a stop holds it back
 */
export async function beginExecution(
  deps: Deps,
  draft: Draft,
  facts: Record<string, FactRecord>,
  open: OpenExecution,
): Promise<Refusal | undefined> {
  assertExecutable(draft);
  assertFresh(facts, draft.now);
  draft.expectRevision((await deps.policy.refresh()).revision);
  await assertNotStopped(deps, draft.request);
  const policy = policyOf(deps, draft.request);
  if (waitsForConfirmation(deps, draft.request, policy.action)) return holdRestored(draft);
  const people = await deps.store.people();
  const stale = staleReason(deps, draft, policy, people) ?? (await undoIsStale(deps, draft));
  if (stale) return supersedeOrBlock(deps, draft, stale);

  const { subject, objection } = await standingOf(deps, draft.request.subject);
  draft.request = { ...draft.request, subject };
  const fresh = await evaluate(deps, draft.request, policy, facts, draft);
  const decision = objection ? stopped(fresh, objection) : fresh;
  if (decision.effect === 'block' || decision.effect === 'recommend') {
    draft.move('execute', 'blocked', { decision }, entryOf(decision));
    draft.endApproval('superseded');
    draft.wake(deps.random.id('out'));
    return { reasons: decision.reasons };
  }
  const again = await askingAgain(deps, draft, policy.action, decision);
  if (again) {
    const renewed = newApproval(deps, draft, policy, again);
    draft.move(
      'execute',
      'awaiting_approval',
      { decision: again, deadline: renewed.expiresAt },
      entryOf(again),
    );
    draft.openApproval(renewed);
    draft.record({
      type: 'approval.opened',
      data: { approvalId: renewed.id, approval: renewed },
    });
    if (!mayHaveBeenWritten(draft.request)) draft.release();
    draft.reserve(reservationsOf(draft.request.id, again, draft.lived, 'waiting'));
    return { reasons: again.reasons };
  }
  const execution = await open(deps, draft, policy.action);
  draft.move(
    'execute',
    'executing',
    {
      execution,
      deadline: undefined,
      needsPerson: false,
    },
    {
      type: 'request.executing',
      data: {
        decision,
        digest: decision.digest,
        approvalId: draft.request.approvalId,
        roles: subject.roles,
        // Without an approval nothing was shown, so nothing is bound.
        ...(draft.approval?.state === 'approved' ? { bound: draft.approval.shown.bound } : {}),
      },
    },
  );
  draft.reserve(reservationsOf(draft.request.id, decision, draft.lived, 'sent'));
  return undefined;
}

/** @throws AppError `not_executable` */
export function assertExecutable({ request, now }: { request: GovernedRequest; now: Date }): void {
  const refuse = (ruleId: string, message: string): AppError =>
    new AppError('not_executable', message, {
      state: request.state,
      reasons: [{ ruleId, message }],
    });
  if (targetsOf(request.state, 'execute').length === 0) {
    throw refuse('state', `A request that is ${request.state} cannot be executed.`);
  }
  const { deadline, deadlineFrom } = request;
  if (deadline && isOver({ from: deadlineFrom, until: deadline }, now)) {
    throw refuse('expired', 'The time to execute this request is over. Ask for it again.');
  }
}

/** The transaction may come later than the lookup; facts that grew old in between do not count. */
function assertFresh(facts: Record<string, FactRecord>, now: Date): void {
  for (const fact of Object.values(facts)) {
    if (Math.abs(now.getTime() - Date.parse(fact.fetchedAt)) > FACTS_AT_EXECUTION_MS) {
      throw new AppError(
        'facts_unavailable',
        'The facts are too old to execute on. Send the same call again.',
      );
    }
  }
}

/** Why what was decided or approved is no longer what would be executed. */
function staleReason(
  deps: Deps,
  { request, approval }: Draft,
  policy: ActionPolicy,
  people: readonly Person[],
): string | undefined {
  const changed = changeSinceDecision(deps, request, policy);
  if (changed) return changed;
  if (request.state !== 'approved') return undefined;
  if (approval?.state !== 'approved' || openStage(approval, people) !== undefined) {
    return 'The approval is not complete.';
  }
  const approved = approval.digest === requestDigest(request);
  return approved ? undefined : 'The content changed after the approval.';
}

function supersedeOrBlock(deps: Deps, draft: Draft, message: string): Refusal {
  const reasons = [{ ruleId: 'content-changed', message }];
  const { decision, state } = draft.request;
  if (state === 'approved') {
    draft.move('execute', 'superseded', {}, { type: 'request.superseded', data: { reasons } });
  } else {
    const blocked = decision && {
      ...decision,
      effect: 'block' as const,
      reasons,
      at: draft.now.toISOString(),
    };
    draft.move(
      'execute',
      'blocked',
      { decision: blocked },
      { type: 'request.blocked', data: { reasons } },
    );
  }
  draft.endApproval('superseded');
  draft.wake(deps.random.id('out'));
  return { reasons };
}

/** It stays as it is, and among what waits for a person. */
function holdRestored(draft: Draft): Refusal {
  const reasons = [{ ruleId: 'restored', message: UNCONFIRMED }];
  if (!draft.request.needsPerson) {
    draft.request = { ...draft.request, needsPerson: true };
    draft.record({ type: 'request.held', data: { reasons } });
  }
  return { reasons, message: `Nothing was sent now. ${UNCONFIRMED}` };
}

function entryOf(decision: Decision): { type: string; data: Record<string, unknown> } {
  return { type: 'request.redecided', data: { decision } };
}
