import type { Approval } from '../../domain/approval/approval';
import type { Decision } from '../../domain/request/decision';
import { requestDigest } from '../../domain/request/digest';
import { asksForNoLess } from '../../domain/decision/obligations';
import type { ActionPolicy } from '../../domain/decision/policy';
import type { GovernedRequest } from '../../domain/request/request';
import { evaluate, policyOf } from './decide';
import type { Deps } from '../change/deps';
import type { Moment } from '../ports';

/** Why a stored request is no longer what was decided on; undefined when it still is. */
export function changeSinceDecision(
  deps: Deps,
  request: GovernedRequest,
  { action }: ActionPolicy,
): string | undefined {
  if (request.decision?.digest !== requestDigest(request)) {
    return 'The content changed after the decision.';
  }
  const fits =
    request.actionVersion === action.version &&
    request.connectorId === action.connector &&
    deps.bundle().checkArguments(action, request.arguments ?? {}, 'stored').ok;
  return fits ? undefined : 'The action changed in the catalogue after the decision.';
}

/**
 * Whether an approval covers what a decision asks for: its stages, comment and evidence, and no
 * reason that nobody was shown.
 */
export function approvalCovers(approval: Approval, decision: Decision): boolean {
  const seen = new Set(approval.shown.reasons.map(({ ruleId }) => ruleId));
  return (
    asksForNoLess(approval, decision.obligations ?? { stages: [] }) &&
    decision.reasons.every(({ ruleId }) => seen.has(ruleId))
  );
}

/**
 * Why an open approval no longer fits: the content or the action changed, or newer rules are
 * stricter on the same facts than what its approvers are shown.
 */
export async function approvalIsStale(
  deps: Deps,
  request: GovernedRequest,
  approval: Approval,
  moment: Moment,
): Promise<string | undefined> {
  const policy = policyOf(deps, request);
  const changed = changeSinceDecision(deps, request, policy);
  if (changed) return changed;
  if (requestDigest(request) !== approval.digest) {
    return 'The content changed after the approval was asked for.';
  }
  if (policy.version === approval.policyVersion) return undefined;
  const decision = await evaluate(deps, request, policy, approval.shown.facts, moment);
  const stricter =
    decision.effect === 'block' ||
    decision.effect === 'recommend' ||
    (decision.effect === 'require_approval' && !approvalCovers(approval, decision));
  return stricter ? 'The rules became stricter after the approval was asked for.' : undefined;
}
