import type { Bundle } from '../../domain/decision/bundle';
import type { Effect } from '../../domain/request/decision';
import type { Store } from '../ports';
import { ALL, assertPeriod, decidedRequests, type Period, type Visible } from './decided-requests';
import { moneyOf, MoneySums, type Money } from './money-involved';

/** A decision that a rule on trial would have changed. */
export interface ShadowFlip {
  ruleId: string;
  requestId: string;
  at: string;
  action: string;
  requestedBy: string;
  from: Effect;
  to: Effect;
  money?: Money;
}

/** What one rule in mode log_only would have done. */
export interface ShadowRule {
  ruleId: string;
  /** Of the newest decision that it matched; absent while it matched none. */
  message?: string;
  /** Whether the active bundle still has it on trial. */
  onTrial: boolean;
  /** Decisions that it matched. */
  matched: number;
  /** Decisions that would have come out otherwise had it been enforced. */
  flipped: number;
  flips: { from: Effect; to: Effect; count: number; money: Money[] }[];
}

export interface ShadowReport extends Period {
  decisions: number;
  rules: ShadowRule[];
}

interface Counted {
  message?: string;
  matched: number;
  flips: Map<string, { from: Effect; to: Effect; count: number; sums: MoneySums }>;
}

/**
 * Counts, for a period, what each rule on trial would have done; as the decisions recorded it.
 * @param options.visible decisions that are counted
 * @param bundle the active one: its rules on trial are listed even where they matched nothing
 * @throws AppError `invalid_parameter`
 */
export async function shadowReport(
  store: Store,
  bundle: Bundle,
  asked: Period,
  { onFlip, visible = ALL }: { onFlip?: (flip: ShadowFlip) => void; visible?: Visible } = {},
): Promise<ShadowReport> {
  const period = assertPeriod(asked);
  const onTrial = rulesOnTrial(bundle);
  const rules = new Map<string, Counted>(
    [...onTrial].map((ruleId) => [ruleId, { matched: 0, flips: new Map() }]),
  );
  let decisions = 0;
  for await (const request of decidedRequests(store, period)) {
    if (!visible(request)) continue;
    decisions += 1;
    const { decision } = request;
    for (const { ruleId, message, flips } of decision.shadow) {
      const rule: Counted = rules.get(ruleId) ?? { matched: 0, flips: new Map() };
      rules.set(ruleId, rule);
      rule.message = message;
      rule.matched += 1;
      if (flips === undefined) continue;
      const money = moneyOf(bundle, request);
      const key = `${decision.effect}->${flips}`;
      const flip = rule.flips.get(key) ?? {
        from: decision.effect,
        to: flips,
        count: 0,
        sums: new MoneySums(),
      };
      rule.flips.set(key, flip);
      flip.count += 1;
      flip.sums.add(money);
      onFlip?.({
        ruleId,
        requestId: request.id,
        at: decision.at,
        action: request.intent?.action ?? '',
        requestedBy: request.subject.requestedBy,
        from: decision.effect,
        to: flips,
        ...(money ? { money } : {}),
      });
    }
  }
  return {
    ...period,
    decisions,
    rules: [...rules].map(([ruleId, { message, matched, flips }]) => {
      const listed = [...flips.values()].map(({ sums, ...flip }) => ({
        ...flip,
        money: sums.list(),
      }));
      return {
        ruleId,
        ...(message === undefined ? {} : { message }),
        onTrial: onTrial.has(ruleId),
        matched,
        flipped: listed.reduce((sum, { count }) => sum + count, 0),
        flips: listed,
      };
    }),
  };
}

function rulesOnTrial(bundle: Bundle): Set<string> {
  return new Set(
    bundle.actions.flatMap(({ id }) => {
      const policy = bundle.policy(id);
      if (!policy) return [];
      const { rules, tiers, limits } = policy;
      return [...rules, ...tiers, ...limits]
        .map(({ rule }) => rule)
        .filter(({ mode }) => mode === 'log_only')
        .map((rule) => rule.id);
    }),
  );
}
