import type { Bundle } from '../domain/decision/bundle';
import type { Explanation } from '../domain/decision/explain';

/** A rule or limit that the cases do not show both ways. */
export interface Coverage {
  ruleId: string;
  /** No case in which it matches, and it is evaluated without an error. */
  neverMatched: boolean;
  /** No case in which it is evaluated and does not match. */
  neverAvoided: boolean;
}

/** Rules and limits without a case that matches them, or without one that just avoids them. */
export function coverageOf(bundle: Bundle, explanations: Explanation[]): Coverage[] {
  const parts = explanations.flatMap(({ rules }) => rules);
  const idsWith = (result: 'matched' | 'not_matched'): Set<string> =>
    new Set(parts.filter((part) => part.result === result).map(({ ruleId }) => ruleId));
  const matched = idsWith('matched');
  const avoided = idsWith('not_matched');
  return ruleIds(bundle)
    .map((ruleId) => ({
      ruleId,
      neverMatched: !matched.has(ruleId),
      neverAvoided: !avoided.has(ruleId),
    }))
    .filter(({ neverMatched, neverAvoided }) => neverMatched || neverAvoided);
}

function ruleIds(bundle: Bundle): string[] {
  const ids = bundle.actions.flatMap(({ id }) => {
    const policy = bundle.policy(id);
    if (!policy) return [];
    return [...policy.rules, ...policy.tiers, ...policy.limits].map(({ rule }) => rule.id);
  });
  return [...new Set(ids)];
}
