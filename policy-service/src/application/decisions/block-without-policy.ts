import type { Decision } from '../../domain/request/decision';
import { requestDigest } from '../../domain/request/digest';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';

/** Named as the policy of a decision that no policy took. */
const NO_POLICY = 'none';

/** For the requester; what exactly is wrong is told to the people in charge. */
const REASON = {
  ruleId: 'no-valid-policy',
  message: 'No valid policy is active, so everything is blocked.',
};

/**
 * Blocks a request while there is no valid policy, or none that is safe for its action.
 * @returns false when there is one: then nothing is changed
 */
export function blockWithoutPolicy(
  deps: Pick<Deps, 'policy'>,
  draft: Draft,
  command: 'validate' | 'decide',
): boolean {
  const { state } = deps.policy;
  const action = draft.request.intent?.action;
  const unsafe = state.valid && action ? state.bundle.policy(action)?.unsafe : undefined;
  if (state.valid && unsafe === undefined) return false;
  const policyVersion = state.valid ? state.bundle.version : NO_POLICY;
  const decision: Decision = {
    effect: 'block',
    reasons: [unsafe === undefined ? REASON : { ruleId: 'policy-unsafe', message: unsafe }],
    policyVersion,
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
    { type: 'request.blocked', data: { reasons: decision.reasons, policyVersion } },
  );
  return true;
}
