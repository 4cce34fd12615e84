import type { Action } from '../domain/action';
import type { Decision } from '../domain/decision-types';
import { FACTS_AT_EXECUTION_MS } from '../domain/deadlines';
import { requestDigest } from '../domain/digest';
import { AppError } from '../domain/errors';
import type { Execution } from '../domain/execution';
import type { FactRecord } from '../domain/facts';
import { coveredBy } from '../domain/obligations';
import type { ActionPolicy } from '../domain/policy';
import type { GovernedRequest } from '../domain/request';
import { targetsOf } from '../domain/states';
import { evaluate, newApproval, policyOf, reservationsOf } from './decide-request';
import type { Deps } from './deps';
import type { Draft } from './draft';

/** What stopped an execution: the state that the request went to instead, and why. */
export interface Refusal {
  reasons: { ruleId: string; message: string }[];
}

/**
 * The last check before a write, in the transaction that writes `executing`: digest, action
 * version, policy, facts, quorum and expiry, all read anew. Either the draft is `executing` when
 * this returns undefined, or it went somewhere stricter and the refusal says why.
 * @param facts fetched for this execution, at most FACTS_AT_EXECUTION_MS ago
 * @throws AppError `not_executable` when the state does not permit execution
 */
export async function beginExecution(
  deps: Deps,
  draft: Draft,
  facts: Record<string, FactRecord>,
): Promise<Refusal | undefined> {
  assertExecutable(draft);
  assertFresh(facts, draft.now);
  const policy = policyOf(deps, draft.request);
  const stale = staleReason(deps, draft, policy);
  if (stale) return supersedeOrBlock(deps, draft, stale);

  const decision = await evaluate(deps, draft.request, policy, facts, draft.now);
  if (decision.effect === 'block' || decision.effect === 'recommend') {
    draft.move('execute', 'blocked', { decision }, entryOf(decision));
    draft.endApproval('superseded');
    return { reasons: decision.reasons };
  }
  if (decision.effect === 'require_approval' && !isCovered(draft, decision)) {
    const approval = newApproval(deps, draft, policy, decision);
    draft.move(
      'execute',
      'awaiting_approval',
      { decision, deadline: approval.expiresAt },
      entryOf(decision),
    );
    draft.openApproval(approval);
    draft.record({ type: 'approval.opened', data: { approvalId: approval.id, approval } });
    draft.release();
    return { reasons: decision.reasons };
  }
  const bounded = draft.request.state === 'allowed';
  draft.move(
    'execute',
    'executing',
    {
      execution: newExecution(deps, draft, policy.action),
      deadline: undefined,
      needsPerson: false,
    },
    {
      type: 'request.executing',
      data: { decision, digest: decision.digest, approvalId: draft.request.approvalId },
    },
  );
  draft.reserve(reservationsOf(draft.request.id, decision, draft.now, bounded));
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
  if (request.deadline && request.deadline <= now.toISOString()) {
    throw refuse('expired', 'The time to execute this request is over.');
  }
}

/** The transaction may come later than the lookup; facts that grew old in between do not count. */
function assertFresh(facts: Record<string, FactRecord>, now: Date): void {
  for (const fact of Object.values(facts)) {
    if (now.getTime() - Date.parse(fact.fetchedAt) > FACTS_AT_EXECUTION_MS) {
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
): string | undefined {
  const digest = requestDigest(request);
  if (request.decision?.digest !== digest) return 'The content changed after the decision.';
  const { action } = policy;
  const fits =
    request.actionVersion === action.version &&
    request.connectorId === action.connector &&
    deps.bundle().checkArguments(action, request.arguments ?? {}).ok;
  if (!fits) return 'The action changed in the catalogue after the decision.';
  if (request.state !== 'approved') return undefined;
  if (approval?.state !== 'approved') return 'The approval is not complete.';
  if (approval.digest !== digest) return 'The content changed after the approval.';
  const complete = approval.stages.every(
    ({ count }, stage) =>
      approval.votes.filter((vote) => vote.stage === stage && vote.vote === 'approve').length >=
      count,
  );
  return complete ? undefined : 'The approval lacks votes.';
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

/** What people approved covers what is asked for now: the same stages, and no reason they never saw. */
function isCovered({ request, approval }: Draft, decision: Decision): boolean {
  if (request.state !== 'approved' || !approval || !decision.obligations) return false;
  const seen = new Set(approval.shown.reasons.map(({ ruleId }) => ruleId));
  return (
    coveredBy(decision.obligations.stages, approval.stages) &&
    decision.reasons.every(({ ruleId }) => seen.has(ruleId))
  );
}

function newExecution(deps: Deps, draft: Draft, action: Action): Execution {
  return {
    status: 'executing',
    idempotencyKey: `el-${draft.request.id}`,
    steps: action.steps.map(({ name }) => ({ name, status: 'pending' })),
    attempts: [],
    leaseOwner: deps.settings.instanceId,
    leaseUntil: new Date(draft.now.getTime() + deps.settings.leaseMs).toISOString(),
    startedAt: draft.now.toISOString(),
  };
}

function entryOf(decision: Decision): { type: string; data: Record<string, unknown> } {
  return { type: 'request.redecided', data: { decision } };
}
