import type { Action } from '../catalogue/action';
import { namesOf } from '../conditions/names';
import { typedReader, type ConditionScope, type Read } from '../conditions/scope';
import { Decimal } from '../money';
import { asksForNoLess } from './obligations';
import type { ApprovalTerms, TierRule } from './rule';

/** What the tiers of an action say about one request. */
export type TierResult =
  | { result: 'none'; why: string }
  | { result: 'approval'; terms?: ApprovalTerms; why: string }
  | { result: 'error'; why: string };

/** The approval tiers of one action. */
export interface CompiledTiers {
  rule: TierRule;
  /** Paths of the amount and its currency. */
  paths: string[];
  evaluate(scope: ConditionScope): TierResult;
}

interface Step {
  /** Ten-thousandths; undefined: everything above. */
  upTo: bigint | undefined;
  result: TierResult;
}

/** @returns the tiers, or the sentences that say why they cannot be used for this action */
export function compileTiers(rule: TierRule, action: Action): CompiledTiers | string[] {
  const { money } = action;
  if (!money) return [`tiers need an amount, and the action has none (action ${action.id})`];
  const problems = tierProblems(rule);
  if (problems.length > 0) return problems;

  const names = namesOf(action);
  const reader = (name: string): Read =>
    typedReader(
      ['arguments', name],
      (names['arguments'] as Record<string, 'string'>)[name] ?? 'string',
    );
  const amountOf = reader(money.amount);
  const currencyOf = reader(money.currency);
  const byCurrency = new Map<string, Step[]>();
  for (const { currencies, tiers } of rule.amounts) {
    const steps = tiers.map(({ upTo, approval }, index) =>
      stepOf(upTo, approval, tiers[index - 1]?.upTo),
    );
    for (const currency of currencies) byCurrency.set(currency, steps);
  }
  return {
    rule,
    paths: [`arguments.${money.amount}`, `arguments.${money.currency}`],
    evaluate(scope) {
      const amount = amountOf(scope) as bigint | undefined;
      const currency = currencyOf(scope) as string | undefined;
      if (amount === undefined || currency === undefined) {
        const missing = amount === undefined ? money.amount : money.currency;
        return { result: 'error', why: `arguments.${missing} is missing` };
      }
      const steps = byCurrency.get(currency);
      if (!steps) {
        const why = `no tier is set for ${currency}`;
        return { result: 'approval', why, ...(rule.otherwise ? { terms: rule.otherwise } : {}) };
      }
      for (const { upTo, result } of steps) if (upTo === undefined || amount <= upTo) return result;
      return { result: 'error', why: 'no tier holds the amount' };
    },
  };
}

function stepOf(upTo: string | undefined, approval: 'none' | ApprovalTerms, below?: string): Step {
  const why = upTo === undefined ? `above ${below ?? '0'}` : `up to ${upTo}`;
  return {
    upTo: upTo === undefined ? undefined : Decimal.parse(upTo).units,
    result:
      approval === 'none' ? { result: 'none', why } : { result: 'approval', why, terms: approval },
  };
}

/** Amounts ascend, the last tier is open, and none asks for less than a smaller amount does. */
function tierProblems(rule: TierRule): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { currencies, tiers } of rule.amounts) {
    for (const currency of currencies) {
      if (seen.has(currency)) problems.push(`${currency} has tiers twice`);
      seen.add(currency);
    }
    if (tiers.some(({ upTo }, index) => (upTo === undefined) !== (index === tiers.length - 1))) {
      problems.push('only the last tier, and always the last tier, has "above" instead of "upTo"');
      continue;
    }
    tiers.forEach(({ upTo, approval }, index) => {
      const before = tiers[index - 1];
      if (!before?.upTo) return;
      if (upTo !== undefined && Decimal.parse(upTo).units <= Decimal.parse(before.upTo).units) {
        problems.push(`upTo ${upTo} must be more than the ${before.upTo} before it`);
      }
      if (before.approval === 'none') return;
      if (approval === 'none' || !asksForNoLess(approval, before.approval)) {
        problems.push(
          `what is above ${before.upTo} asks for less than what is up to ${before.upTo}; repeat every role, comment and evidence of the smaller amount`,
        );
      }
    });
  }
  return problems;
}
