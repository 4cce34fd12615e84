import type { ConditionScope } from '../conditions/condition';
import type { Effect, LimitUse } from '../request/decision';
import { missingKeyParts, type LimitShare } from './limit';
import { Decimal } from '../money';
import type { CompiledLimit } from './policy';
import type { JsonObject } from '../request/request';
import type { LimitRule } from './rule';

/** What is known about a limit when a decision is taken. */
export interface LimitState {
  limitId: string;
  /** Undefined when a value that it counts is missing. */
  share?: LimitShare;
  /** What other requests hold, in the unit of the share. */
  used: bigint;
  /** Ids of the requests that hold the same key, oldest first (duplicates only). */
  holders?: string[];
  /** This request took its place already, so later repeats do not count against it. */
  holdsPlace?: boolean;
}

/** Neither use nor objection: the limit does not count the request. */
export interface LimitJudgement {
  use?: LimitUse;
  objection?: { effect: Effect; message: string };
  /** What the limit says of the request cannot be told. */
  untold?: boolean;
}

/** Whether a limit has something to say of a request: only a condition that is false leaves it out. */
export function concerns({ condition }: CompiledLimit, scope: ConditionScope): boolean {
  const asked = condition?.evaluate(scope);
  return asked === undefined || 'error' in asked || asked.matched;
}

/**
 * Compares a request's share of a limit with what others hold. What cannot be told never allows; it
 * takes its place all the same, as far as that is known.
 */
export function judgeLimit(
  { rule, condition }: CompiledLimit,
  state: LimitState | undefined,
  scope: ConditionScope,
): LimitJudgement {
  const asked = condition?.evaluate(scope) ?? { matched: true };
  if ('error' in asked) {
    const why = `its condition could not be evaluated: ${asked.error}`;
    return { ...judgeShare(rule, state, scope.arguments), ...untold(rule, why) };
  }
  return asked.matched ? judgeShare(rule, state, scope.arguments) : {};
}

function judgeShare(
  limit: LimitRule,
  state: LimitState | undefined,
  values: JsonObject,
): LimitJudgement {
  if (!state?.share) {
    const missing = missingKeyParts(limit, values).join(' and ');
    return untold(limit, `${missing || 'a value that it counts'} is missing`);
  }
  const { share, used, holders } = state;
  const exceeded = used + share.amount > share.max;
  const use: LimitUse = {
    limitId: limit.id,
    key: share.key,
    unit: limit.kind === 'sum' ? 'amount' : 'count',
    amount: shown(limit, share.amount),
    used: shown(limit, used),
    max: shown(limit, share.max),
    windowMs: limit.windowSeconds * 1000,
    exceeded,
    ...(holders && holders.length > 0 ? { holders } : {}),
    ...(limit.kind === 'duplicates' ? { twins: true } : {}),
    ...(state.holdsPlace ? { holdsPlace: true } : {}),
    ...(limit.when === undefined ? {} : { when: limit.when }),
    mode: limit.mode,
  };
  if (!exceeded) return { use };
  const earlier = limit.kind === 'duplicates' ? holders?.[0] : undefined;
  const message = earlier ? `${limit.message} The earlier request is ${earlier}.` : limit.message;
  return { use, objection: { effect: limit.effect, message } };
}

function shown(limit: LimitRule, value: bigint): string {
  return limit.kind === 'sum' ? Decimal.format(value) : String(value);
}

function untold(limit: LimitRule, why: string): LimitJudgement {
  // A repeat that leaves out the invoice number must not slip through as something new.
  const objection =
    limit.kind === 'duplicates'
      ? {
          effect: limit.effect,
          message: `Whether this repeats an earlier request cannot be told, because ${why}.`,
        }
      : { effect: 'block' as const, message: `The limit cannot be told, because ${why}.` };
  return { objection, untold: true };
}
