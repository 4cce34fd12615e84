import { isReferenced, type Action } from './action';
import { conditionArguments, conditionFacts, type ConditionScope } from './condition';
import type { Decision, Effect, LimitUse, Reason } from './decision-types';
import { requestDigest } from './digest';
import type { FactRecord } from './facts';
import type { LimitShare } from './limit';
import { Decimal } from './money';
import { mergeObligations } from './obligations';
import type { ActionPolicy } from './policy';
import type { GovernedRequest, JsonObject } from './request';
import type { ApprovalTerms } from './rule';
import { localTime } from './local-time';

export interface DecideInput {
  request: GovernedRequest;
  policy: ActionPolicy;
  policyVersion: string;
  facts: Record<string, FactRecord>;
  /** Each limit of the action with what others hold of it; `share` undefined when it cannot be told. */
  limits: { limitId: string; share?: LimitShare; used: bigint }[];
  now: Date;
  /** IANA name. */
  timeZone: string;
}

const STRICTNESS: Record<Effect, number> = {
  allow: 0,
  require_approval: 1,
  recommend: 2,
  block: 3,
};

/** The stricter of two effects. */
export function stricter(a: Effect, b: Effect): Effect {
  return STRICTNESS[a] >= STRICTNESS[b] ? a : b;
}

const STAGE_FLOOR = {
  off: { effect: 'block', message: 'This action is switched off.' },
  recommend: {
    effect: 'recommend',
    message: 'This action is only recommended; people carry it out.',
  },
  approve: {
    effect: 'require_approval',
    message: 'This action always needs the approval of a person.',
  },
  auto: undefined,
} as const;

/**
 * The decision: a pure function of the request, the policy, the facts, the limits and the clock.
 * Default is the action's stage; rules, limits and errors only tighten it, and forbid wins. A
 * rule that cannot be evaluated blocks: what is not known never allows.
 */
export function decide(input: DecideInput): Decision {
  const { request, policy, now } = input;
  const { action } = policy;
  const found: { effect: Effect; reason: Reason; terms?: ApprovalTerms }[] = [];
  const shadow: Decision['shadow'] = [];
  const add = (effect: Effect, ruleId: string, message: string, terms?: ApprovalTerms): void => {
    found.push({ effect, reason: { ruleId, message }, terms });
  };

  const floor = STAGE_FLOOR[action.stage];
  if (floor) add(floor.effect, `stage-${action.stage}`, floor.message);
  if (
    action.requesterRoles &&
    !action.requesterRoles.some((r) => request.subject.roles.includes(r))
  ) {
    add('block', 'requester-roles', 'The requester has none of the roles that may ask for this.');
  }

  const scope = scopeOf(input);
  for (const missing of missingFacts(action, request.arguments ?? {}, scope.facts)) {
    add('block', 'fact-missing', `${missing} is not known from the system of record.`);
  }
  for (const { rule, condition } of policy.rules) {
    const result = condition.evaluate(scope);
    if (!('error' in result) && !result.matched) continue;
    const effect: Effect = 'error' in result ? 'block' : rule.effect;
    const message =
      'error' in result
        ? `The rule could not be evaluated: ${result.error}. Nothing passes an unevaluated rule.`
        : rule.message;
    if (rule.mode === 'log_only') shadow.push({ ruleId: rule.id, message, effect });
    else add(effect, rule.id, message, rule.approval);
  }

  const limits: LimitUse[] = [];
  for (const limit of policy.limits) {
    const entry = input.limits.find(({ limitId }) => limitId === limit.id);
    if (!entry?.share) {
      add(
        'block',
        limit.id,
        'The limit cannot be told, because a value that it counts is missing.',
      );
      continue;
    }
    const { share, used } = entry;
    const exceeded = used + share.amount > share.max;
    const shown = (value: bigint): string => (limit.sum ? Decimal.format(value) : String(value));
    limits.push({
      limitId: limit.id,
      key: share.key,
      unit: limit.sum ? 'amount' : 'count',
      amount: shown(share.amount),
      used: shown(used),
      max: shown(share.max),
      windowMs: limit.windowSeconds * 1000,
      exceeded,
    });
    if (exceeded) add(limit.effect, limit.id, limit.message, limit.approval);
  }

  const effect = found.reduce<Effect>((worst, { effect: next }) => stricter(worst, next), 'allow');
  const asking = found.filter((one) => one.effect === 'require_approval');
  return {
    effect,
    reasons:
      found.length > 0
        ? found
            .filter((one) => one.effect !== 'allow' || effect === 'allow')
            .map((one) => one.reason)
        : [
            {
              ruleId: 'no-rule-matched',
              message: 'No rule objects and the action runs by itself.',
            },
          ],
    policyVersion: input.policyVersion,
    digest: requestDigest(request),
    facts: input.facts,
    limits,
    shadow,
    ...(effect === 'require_approval'
      ? {
          obligations: mergeObligations(asking.map(({ terms }) => terms ?? policy.defaultApproval)),
        }
      : {}),
    at: now.toISOString(),
  };
}

/** Declared facts that the arguments call for and a good answer did not hold. */
function missingFacts(
  action: Action,
  values: JsonObject,
  facts: ConditionScope['facts'],
): string[] {
  return action.entities
    .filter((entity) => isReferenced(entity, values))
    .flatMap(({ name, fields }) =>
      Object.keys(fields)
        .filter((field) => facts[name]?.[field] === undefined)
        .map((field) => `${name}.${field}`),
    );
}

function scopeOf({ request, policy, facts, now, timeZone }: DecideInput): ConditionScope {
  const { action } = policy;
  const { hour, weekday } = localTime(now, timeZone);
  return {
    subject: {
      tokenId: request.subject.tokenId,
      requestedBy: request.subject.requestedBy,
      verified: request.subject.verified,
      roles: request.subject.roles,
    },
    action: {
      id: action.id,
      class: action.class,
      risk: action.risk,
      version: BigInt(action.version),
    },
    arguments: conditionArguments(action, request.arguments ?? {}),
    intent: { confidence: request.intent?.confidence ?? 0 },
    facts: conditionFacts(action, facts),
    context: { source: request.source, hour: BigInt(hour), weekday },
    now,
  };
}
