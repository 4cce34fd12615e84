import type { Action } from '../../domain/catalogue/action';
import type { Approval } from '../../domain/approval/approval';
import { changedFacts, changeSentence } from '../../domain/approval/bound-facts';
import type { Decision, Obligations, Reason } from '../../domain/request/decision';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { approvalCovers } from '../decisions/staleness';
import { lostQuorum } from '../decisions/standing';

/**
 * Whether people have to be asked before this write, once more or for the first time: the rules
 * want more than was approved, the facts that the approval binds changed, or votes no longer count
 * (also because the approver turns out to be who asked).
 * @param decision allows, or requires approval, on the facts of now
 * @returns the decision that asks them, or undefined when nobody has to be asked
 */
export async function askingAgain(
  deps: Deps,
  { request, approval }: Draft,
  action: Action,
  decision: Decision,
): Promise<Decision | undefined> {
  const asks = decision.effect === 'require_approval';
  if (request.state !== 'approved' || approval === undefined) return asks ? decision : undefined;
  const changes = changedFacts(action, approval.shown, decision.facts);
  // Votes are needed only where the rules still ask for them; what they bound holds regardless.
  const lost = asks ? await lostQuorum(deps, approval, request.subject) : undefined;
  const why: Reason[] = [
    ...(changes.length > 0
      ? [{ ruleId: 'bound-facts-changed', message: changeSentence(changes), changes }]
      : []),
    ...(lost ? [lost] : []),
  ];
  if (why.length === 0) return asks && !approvalCovers(approval, decision) ? decision : undefined;
  return {
    ...decision,
    effect: 'require_approval',
    reasons: [...why, ...(asks ? decision.reasons : [])],
    obligations: decision.obligations ?? askedBy(approval),
  };
}

/** What the approval asked for: the rules of now would ask for nothing. */
function askedBy({ stages, comment, evidence, createdAt, expiresAt }: Approval): Obligations {
  return {
    stages,
    expiresInSeconds: Math.ceil((Date.parse(expiresAt) - Date.parse(createdAt)) / 1000),
    comment: comment ?? 'optional',
    evidence: evidence ?? [],
  };
}
