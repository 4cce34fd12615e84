import type { Stage } from '../catalogue/action';
import type { ConditionScope } from '../conditions/condition';
import { scopeOf } from './decision-scope';
import type {
  DecidedFact,
  Decision,
  Effect,
  LimitUse,
  Reason,
  ShadowReason,
} from '../request/decision';
import { requestDigest } from '../request/digest';
import type { FactRecord } from '../request/facts';
import { judgeLimit, type LimitState } from './judge-limit';
import { mergeObligations } from './obligations';
import type { ActionPolicy } from './policy';
import type { GovernedRequest } from '../request/request';
import type { ApprovalTerms, RuleMode } from './rule';

export interface DecideInput {
  request: GovernedRequest;
  policy: ActionPolicy;
  policyVersion: string;
  facts: Record<string, FactRecord>;
  /** Each limit of the action with what others hold of it. */
  limits: LimitState[];
  now: Date;
  /** IANA name. */
  timeZone: string;
}

/** What a decision looks at before it is known what others hold. */
export type Undecided = Omit<DecideInput, 'limits'>;

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

/** What each stage does before any rule is asked. */
export const STAGE_FLOOR: Record<Stage, { effect: Effect; message: string } | undefined> = {
  off: { effect: 'block', message: 'This action is switched off.' },
  recommend: {
    effect: 'recommend',
    message: 'This action is only recommended; the service does not carry it out.',
  },
  approve: {
    effect: 'require_approval',
    message: 'This action always needs the approval of a person.',
  },
  auto: undefined,
};

export const NOT_EVALUATED = 'Nothing passes an unevaluated rule.';

/** Something that has a say in the decision. */
interface Finding {
  effect: Effect;
  reason: Reason;
  mode: RuleMode;
  terms?: ApprovalTerms;
}

/**
 * The decision: a pure function of the request, the policy, the facts, the limits and the clock.
 * Default is the action's stage; rules, limits and errors only tighten it, and forbid wins. A
 * rule that cannot be evaluated blocks: what is not known never allows.
 */
export function decide(input: DecideInput): Decision {
  const { request, policy, now } = input;
  const scope = scopeOf(input);
  const findings = builtInChecks(input, scope);
  addRuleFindings(policy, scope, findings);
  const limits: LimitUse[] = [];
  for (const limit of policy.limits) {
    const { rule } = limit;
    const state = input.limits.find(({ limitId }) => limitId === rule.id);
    const { use, objection } = judgeLimit(limit, state, scope);
    if (use) limits.push(use);
    if (objection) {
      const { effect, message } = objection;
      const reason = { ruleId: rule.id, message };
      findings.push({ effect, reason, mode: rule.mode, terms: rule.approval });
    }
  }

  const enforced = findings.filter(({ mode }) => mode === 'enforce');
  const effect = enforced.reduce<Effect>((worst, next) => stricter(worst, next.effect), 'allow');
  return {
    effect,
    reasons: reasonsOf(enforced, effect),
    policyVersion: input.policyVersion,
    digest: requestDigest(request),
    facts: agedFacts(input.facts, now),
    limits,
    shadow: findings.filter(({ mode }) => mode === 'log_only').map((one) => shadowOf(one, effect)),
    ...(effect === 'require_approval'
      ? {
          obligations: mergeObligations(
            enforced
              .filter((one) => one.effect === 'require_approval')
              .map(({ terms }) => terms ?? policy.defaultApproval),
          ),
        }
      : {}),
    at: now.toISOString(),
  };
}

/** What holds without any rule: the stage, the requester's roles, facts that have to be known. */
function builtInChecks({ request, policy }: DecideInput, scope: ConditionScope): Finding[] {
  const { action } = policy;
  const found: Finding[] = [];
  const floor = STAGE_FLOOR[action.stage];
  if (policy.unsafe) found.push(builtIn('block', 'policy-unsafe', policy.unsafe));
  if (policy.notUndoable) {
    found.push(builtIn('require_approval', 'not-undoable', policy.notUndoable));
  }
  if (floor) found.push(builtIn(floor.effect, `stage-${action.stage}`, floor.message));
  if (!mayRequest(action.requesterRoles, request.subject.roles)) {
    found.push(builtIn('block', 'requester-roles', ROLE_MISSING));
  }
  for (const missing of policy.missingFacts(scope)) {
    const message = `${missing} is not known from the system of record.`;
    found.push(builtIn('block', 'fact-missing', message));
  }
  return found;
}

const ROLE_MISSING = 'The requester has none of the roles that may ask for this.';

function builtIn(effect: Effect, ruleId: string, message: string): Finding {
  return { effect, reason: { ruleId, message }, mode: 'enforce' };
}

/** Whether one of the roles may ask for the action; every role may where none is named. */
export function mayRequest(allowed: string[] | undefined, roles: string[]): boolean {
  return allowed === undefined || allowed.some((role) => roles.includes(role));
}

function addRuleFindings(policy: ActionPolicy, scope: ConditionScope, found: Finding[]): void {
  for (const { rule, condition } of policy.rules) {
    const result = condition.evaluate(scope);
    if ('error' in result) found.push(unevaluated(rule, result.error));
    else if (result.matched) {
      const reason = { ruleId: rule.id, message: rule.message };
      found.push({ effect: rule.effect, reason, mode: rule.mode, terms: rule.approval });
    }
  }
  for (const { rule, evaluate } of policy.tiers) {
    const tier = evaluate(scope);
    if (tier.result === 'error') found.push(unevaluated(rule, tier.why));
    else if (tier.result === 'approval') {
      const reason = { ruleId: rule.id, message: rule.message };
      found.push({ effect: 'require_approval', reason, mode: rule.mode, terms: tier.terms });
    }
  }
}

function unevaluated(rule: { id: string; mode: RuleMode }, why: string): Finding {
  const message = `The rule could not be evaluated: ${why}. ${NOT_EVALUATED}`;
  return { effect: 'block', reason: { ruleId: rule.id, message }, mode: rule.mode };
}

function reasonsOf(enforced: Finding[], effect: Effect): Reason[] {
  if (enforced.length === 0) {
    return [
      { ruleId: 'no-rule-matched', message: 'No rule objects, and the action needs no approval.' },
    ];
  }
  return enforced
    .filter((one) => one.effect !== 'allow' || effect === 'allow')
    .map(({ reason }) => reason);
}

function shadowOf({ effect, reason }: Finding, decided: Effect): ShadowReason {
  const flips = stricter(decided, effect);
  return { ...reason, effect, ...(flips === decided ? {} : { flips }) };
}

function agedFacts(facts: Record<string, FactRecord>, now: Date): Record<string, DecidedFact> {
  const aged: Record<string, DecidedFact> = {};
  for (const name of Object.keys(facts).sort()) {
    const { value, fetchedAt, connectorId } = facts[name] as FactRecord;
    // An answer that came while deciding is younger than the decision's moment: its age is 0.
    const ageMs = Math.max(0, now.getTime() - Date.parse(fetchedAt));
    aged[name] = { value, fetchedAt, connectorId, ageMs };
  }
  return aged;
}
