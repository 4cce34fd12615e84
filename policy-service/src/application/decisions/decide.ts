import type { Approval, Shown } from '../../domain/approval/approval';
import { boundFacts } from '../../domain/approval/bound-facts';
import { decide, type Undecided } from '../../domain/decision/decide';
import { after, EXECUTE_WITHIN_SECONDS } from '../../domain/deadlines';
import type { Decision, LimitUse } from '../../domain/request/decision';
import { AppError } from '../../domain/errors';
import type { FactRecord } from '../../domain/request/facts';
import { limitKey } from '../../domain/decision/limit';
import { Decimal } from '../../domain/money';
import type { ActionPolicy } from '../../domain/decision/policy';
import type { GovernedRequest } from '../../domain/request/request';
import { assertCommand } from '../../domain/request/states';
import { blockWithoutPolicy } from './block-without-policy';
import { assertMayUse } from '../change/caller';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { limitStates } from './limit-states';
import type { Moment, Reservation } from '../ports';
import { standingOf, stopped } from './standing';

/**
 * Takes the decision on a validated request and opens an approval where one is asked for.
 * @throws AppError `facts_unavailable`: state unchanged
 */
export async function decideDraft(deps: Deps, draft: Draft): Promise<void> {
  assertMayUse(draft.caller, draft.request.intent?.action);
  assertCommand(draft.request.state, 'decide');
  if (blockWithoutPolicy(deps, draft, 'decide')) return;
  const policy = policyOf(deps, draft.request);
  const { found } = await deps.facts.entities(
    policy.action,
    draft.request.arguments ?? {},
    draft.caller.traceId,
    'declared',
  );
  const { subject, objection } = await standingOf(deps, draft.request.subject);
  draft.request = { ...draft.request, subject };
  const decision = await evaluate(deps, draft.request, policy, found, draft);
  applyDecision(deps, draft, policy, objection ? stopped(decision, objection) : decision);
}

/**
 * Evaluates the active policy on a request as it is stored now, without changing anything.
 * @param facts records as the ERP gave them
 */
export async function evaluate(
  deps: Deps,
  request: GovernedRequest,
  policy: ActionPolicy,
  facts: Record<string, FactRecord>,
  { now, lived }: Moment,
): Promise<Decision> {
  const input: Undecided = {
    request,
    policy,
    policyVersion: policy.version,
    facts,
    now,
    timeZone: deps.settings.timeZone,
  };
  return decide({ ...input, limits: await limitStates(deps.store, input, lived) });
}

/** @throws AppError `not_executable` when the action left the catalogue */
export function policyOf(deps: Deps, request: GovernedRequest): ActionPolicy {
  const policy = request.intent?.action ? deps.bundle().policy(request.intent.action) : undefined;
  if (!policy) {
    throw new AppError(
      'not_executable',
      'The action is no longer in the catalogue, so the request cannot go on.',
      { state: request.state },
    );
  }
  return policy;
}

function applyDecision(deps: Deps, draft: Draft, policy: ActionPolicy, decision: Decision): void {
  const entry = { type: 'request.decided', data: { decision } };
  switch (decision.effect) {
    case 'allow':
      draft.move(
        'decide',
        'allowed',
        { decision, deadline: after(draft.now, EXECUTE_WITHIN_SECONDS) },
        entry,
      );
      draft.reserve(reservationsOf(draft.request.id, decision, draft.lived, 'held'));
      return;
    case 'require_approval': {
      const approval = newApproval(deps, draft, policy, decision);
      draft.move('decide', 'awaiting_approval', { decision, deadline: approval.expiresAt }, entry);
      draft.openApproval(approval);
      draft.record({ type: 'approval.opened', data: { approvalId: approval.id, approval } });
      draft.reserve(reservationsOf(draft.request.id, decision, draft.lived, 'waiting'));
      return;
    }
    case 'recommend':
      draft.move('decide', 'recommended', { decision }, entry);
      return;
    case 'block':
      draft.move('decide', 'blocked', { decision }, entry);
      return;
  }
}

/**
 * The shares that a request takes from its limits. It is held to the maximum of each in the
 * transaction too, unless the decision knew that it goes beyond and people let it through.
 * What waits for approval takes nothing, and is only known to its twins.
 * @param step `approved`: the vote, which the last check before the write follows
 */
export function reservationsOf(
  requestId: string,
  decision: Decision,
  lived: Date,
  step: 'waiting' | 'approved' | 'held' | 'sent',
): Reservation[] {
  const units = (unit: LimitUse['unit'], value: string): string =>
    unit === 'amount' ? String(Decimal.parse(value).units) : value;
  const bounded = step === 'held' || step === 'sent';
  return decision.limits.flatMap(({ limitId, key, unit, amount, max, windowMs, ...use }) => {
    const twins = use.twins === true;
    if (step === 'waiting' && !twins) return [];
    const within = bounded && use.mode === 'enforce' && !use.exceeded;
    return {
      requestId,
      limitId,
      key: limitKey(key),
      amount: step === 'waiting' ? '0' : units(unit, amount),
      at: lived.toISOString(),
      windowMs,
      max: within && !twins ? units(unit, max) : null,
      ...(within && twins ? { alone: true } : {}),
      phase: step === 'approved' ? 'held' : step,
    };
  });
}

/** An approval bound to exactly what is shown, who asked for it and the policy that wants it. */
export function newApproval(
  deps: Deps,
  draft: Draft,
  policy: ActionPolicy,
  decision: Decision,
): Approval {
  const { request } = draft;
  const { obligations } = decision;
  if (!obligations) throw new Error('a decision to require approval carries its obligations');
  const shown: Shown = {
    action: policy.action.id,
    actionTitle: policy.action.title,
    actionVersion: policy.action.version,
    risk: policy.action.risk,
    arguments: request.arguments ?? {},
    facts: decision.facts,
    bound: boundFacts(policy.action, decision.facts),
    reasons: decision.reasons,
    ...(request.requestText === undefined ? {} : { requestText: request.requestText }),
    requestedBy: request.subject.requestedBy,
    tokenOwner: request.subject.tokenOwner,
    source: request.source,
    confidence: request.intent?.confidence ?? 0,
    evidence: request.intent?.evidence ?? {},
  };
  return {
    id: deps.random.id('apr'),
    requestId: request.id,
    state: 'pending',
    digest: decision.digest,
    policyVersion: decision.policyVersion,
    shown,
    stages: obligations.stages,
    comment: obligations.comment,
    evidence: obligations.evidence,
    votes: [],
    expiresAt: after(draft.now, obligations.expiresInSeconds),
    createdAt: draft.now.toISOString(),
  };
}
