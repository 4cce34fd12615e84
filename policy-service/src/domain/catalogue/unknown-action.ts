import type { Decision } from '../request/decision';
import { requestDigest } from '../request/digest';
import type { GovernedRequest } from '../request/request';

/** The decision on an action that the catalogue does not have: blocked. */
export function unknownActionDecision(
  request: GovernedRequest,
  policyVersion: string,
  now: Date,
): Decision {
  const action = (request.intent?.action ?? '').slice(0, 80);
  return {
    effect: 'block',
    reasons: [
      {
        ruleId: 'unknown-action',
        message: `The catalogue has no action "${action}"; what is not in the catalogue is not done.`,
      },
    ],
    policyVersion,
    digest: requestDigest(request),
    facts: {},
    limits: [],
    shadow: [],
    at: now.toISOString(),
  };
}
