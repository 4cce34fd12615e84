import type { Effect, LimitUse } from './decision-types';
import { missingKeyParts, type LimitShare } from './limit';
import { Decimal } from './money';
import type { JsonObject } from './request';
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

export interface LimitJudgement {
  use?: LimitUse;
  objection?: { effect: Effect; message: string };
}

/** Compares a request's share of a limit with what others hold. What cannot be told never allows. */
export function judgeLimit(
  limit: LimitRule,
  state: LimitState | undefined,
  values: JsonObject,
): LimitJudgement {
  if (!state?.share) return { objection: untold(limit, values) };
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

function untold(limit: LimitRule, values: JsonObject): LimitJudgement['objection'] {
  if (limit.kind !== 'duplicates') {
    return {
      effect: 'block',
      message: 'The limit cannot be told, because a value that it counts is missing.',
    };
  }
  // A repeat that leaves out the invoice number must not slip through as something new.
  const missing = missingKeyParts(limit, values).join(' and ');
  return {
    effect: limit.effect,
    message: `Whether this repeats an earlier request cannot be told, because ${missing || 'a value'} is missing.`,
  };
}
