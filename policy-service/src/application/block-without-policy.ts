import type { Decision } from '../domain/decision-types';
import { requestDigest } from '../domain/digest';
import type { Deps } from './deps';
import type { Draft } from './draft';

/** Named as the policy of a decision that no policy took. */
const NO_POLICY = 'none';

/** For the requester; what exactly is wrong is told to the people in charge. */
const REASON = {
  ruleId: 'no-valid-policy',
  message: 'No valid policy is active, so everything is blocked.',
};

/**
 * Blocks a request while there is no valid policy.
 * @returns false when there is one: then nothing is changed
 */
export function blockWithoutPolicy(
  deps: Pick<Deps, 'policy'>,
  draft: Draft,
  command: 'validate' | 'decide',
): boolean {
  if (deps.policy.state.valid) return false;
  const decision: Decision = {
    effect: 'block',
    reasons: [REASON],
    policyVersion: NO_POLICY,
    digest: requestDigest(draft.request),
    facts: {},
    limits: [],
    shadow: [],
    at: draft.now.toISOString(),
  };
  draft.move(
    command,
    'blocked',
    { decision },
    { type: 'request.blocked', data: { reasons: decision.reasons, policyVersion: NO_POLICY } },
  );
  return true;
}
