import type { EntityReference } from '../../domain/catalogue/action';
import type { Bundle } from '../../domain/decision/bundle';
import type { Decision, Effect, LimitUse, Reason } from '../../domain/request/decision';
import { checkAgainst, judge, type Verdict } from '../../domain/decision/hypothetical';
import type { LimitShare } from '../../domain/decision/limit';
import { NOTHING_HELD, type LimitHeld } from '../../domain/decision/limit-held';
import { Decimal } from '../../domain/money';
import type { LimitRule } from '../../domain/decision/rule';
import type { DecidedRequest } from './decided-requests';
import type { RecountedLimits } from './recounted-limits';

export type Outcome = Effect | 'invalid';

/** What a draft would have said to a stored request, or why that cannot be told. */
export type Replayed =
  | {
      replayable: true;
      effect: Outcome;
      reasons: Reason[];
      /** An approval would have asked for other people, another expiry or other fields. */
      otherTerms: boolean;
    }
  | { replayable: false; why: string };

/**
 * Decides on a stored request anew: with the facts, the clock and the use of limits of its own
 * decision, and with the subject as it was then.
 */
export function replayOne(
  bundle: Bundle,
  stored: DecidedRequest,
  recounted: RecountedLimits,
  timeZone: string,
): Replayed {
  const { decision } = stored;
  const now = new Date(decision.at);
  const checked = checkAgainst(bundle, stored, now);
  if (checked.verdict) return replayed(checked.verdict, decision);
  const lacking = lackingFact(checked.referenced, decision);
  if (lacking) {
    return {
      replayable: false,
      why: `The fact ${lacking} was not recorded: the rules of that time did not know it.`,
    };
  }
  const verdict = judge(
    checked,
    decision.facts,
    (limit, share) => recordedUse(limit, share, decision) ?? recounted.held(limit, share, stored),
    now,
    timeZone,
  );
  const outcome = replayed(verdict, decision);
  if (outcome.replayable && ['allow', 'require_approval'].includes(outcome.effect)) {
    recounted.count(stored, countedShares(checked.shares, verdict));
  }
  return outcome;
}

/** Without those of limits whose condition leaves the request out. */
function countedShares<S extends { limit: LimitRule }>(shares: S[], verdict: Verdict): S[] {
  const counted = verdict.valid ? verdict.decision.limits.map(({ limitId }) => limitId) : [];
  return shares.filter(({ limit }) => counted.includes(limit.id));
}

function replayed(verdict: Verdict, recorded: Decision): Replayed {
  if (!verdict.valid) {
    const reasons = verdict.errors.map(({ pointer, message }) => ({ ruleId: pointer, message }));
    return { replayable: true, effect: 'invalid', reasons, otherTerms: false };
  }
  const { effect, reasons, obligations } = verdict.decision;
  const otherTerms =
    effect === recorded.effect &&
    JSON.stringify(obligations ?? null) !== JSON.stringify(recorded.obligations ?? null);
  return { replayable: true, effect, reasons, otherTerms };
}

/** The first record or field that the rules declare now and the decision did not see. */
function lackingFact(referenced: EntityReference[], decision: Decision): string | undefined {
  // What was missing then is missing in the replay too, and blocks there as it did then.
  if (decision.reasons.some(({ ruleId }) => ruleId === 'fact-missing')) return undefined;
  for (const { name, fields } of referenced) {
    const record = decision.facts[name];
    if (!record) return name;
    const field = Object.keys(fields).find((one) => record.value[one] === undefined);
    if (field) return `${name}.${field}`;
  }
  return undefined;
}

/** What the decision recorded of the same limit: same id, key, window and condition. */
function recordedUse(
  limit: LimitRule,
  share: LimitShare | undefined,
  decision: Decision,
): LimitHeld | undefined {
  if (!share) return NOTHING_HELD;
  const recorded = decision.limits.find(
    (one) =>
      one.limitId === limit.id &&
      one.windowMs === limit.windowSeconds * 1000 &&
      one.when === limit.when &&
      one.unit === (limit.sum ? 'amount' : 'count') &&
      JSON.stringify(one.key) === JSON.stringify(share.key),
  );
  return recorded && { units: unitsOf(recorded), holders: recorded.holders ?? [] };
}

function unitsOf({ unit, used }: LimitUse): bigint {
  return unit === 'amount' ? Decimal.parse(used).units : BigInt(used);
}
