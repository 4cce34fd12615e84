import type { ConditionScope } from '../conditions/condition';
import { rawReader } from '../conditions/scope';
import { decide, mayRequest, STAGE_FLOOR, type DecideInput } from './decide';
import { scopeOf } from './decision-scope';
import type { Decision, Effect } from '../request/decision';
import { judgeLimit, type LimitState } from './judge-limit';
import type { ActionPolicy, CompiledLimit, CompiledRule } from './policy';
import type { Json } from '../request/request';
import type { CompiledTiers } from './tiers';

/** Why one part of the policy had its say, or had none. */
export interface ExplainedRule {
  ruleId: string;
  /** `rule` covers conditions and tiers, `limit` limits and duplicates, `check` the built-in ones. */
  kind: 'rule' | 'limit' | 'stage' | 'check';
  mode: 'enforce' | 'log_only';
  /** What it does where it matches. */
  effect: Effect;
  /** `error`: it could not be evaluated, and therefore does not allow. */
  result: 'matched' | 'not_matched' | 'error';
  /** One sentence. */
  why: string;
  /** The values that it looked at, by path; null where one is missing. */
  values: Record<string, Json>;
}

export interface Explanation {
  decision: Decision;
  /** Everything that applies to the action, matched or not. */
  rules: ExplainedRule[];
}

/** The decision together with what each rule, limit and check made of the request. */
export function explain(input: DecideInput): Explanation {
  const { policy, limits } = input;
  const scope = scopeOf(input);
  return {
    decision: decide(input),
    rules: [
      ...explainedProblems(policy),
      explainedStage(policy),
      explainedRoles(policy, input.request.subject.roles),
      explainedFacts(policy, scope),
      ...policy.rules.map((rule) => explainedRule(rule, scope)),
      ...policy.tiers.map((tiers) => explainedTiers(tiers, scope)),
      ...policy.limits.map((limit) =>
        explainedLimit(
          limit,
          limits.find(({ limitId }) => limitId === limit.rule.id),
          scope,
        ),
      ),
    ],
  };
}

/** What problems of the bundle itself hold back; nothing where it has none. */
function explainedProblems({ unsafe, notUndoable }: ActionPolicy): ExplainedRule[] {
  const found = { kind: 'check', mode: 'enforce', result: 'matched', values: {} } as const;
  return [
    ...(unsafe === undefined
      ? []
      : [{ ...found, ruleId: 'policy-unsafe', effect: 'block' as const, why: unsafe }]),
    ...(notUndoable === undefined
      ? []
      : [
          {
            ...found,
            ruleId: 'not-undoable',
            effect: 'require_approval' as const,
            why: notUndoable,
          },
        ]),
  ];
}

function explainedStage({ action }: ActionPolicy): ExplainedRule {
  const floor = STAGE_FLOOR[action.stage];
  return {
    ruleId: `stage-${action.stage}`,
    kind: 'stage',
    mode: 'enforce',
    effect: floor?.effect ?? 'allow',
    result: floor ? 'matched' : 'not_matched',
    why: floor?.message ?? 'The rules alone decide on this action.',
    values: { 'action.stage': action.stage },
  };
}

function explainedRoles({ action }: ActionPolicy, roles: string[]): ExplainedRule {
  const allowed = action.requesterRoles;
  const may = mayRequest(allowed, roles);
  return {
    ruleId: 'requester-roles',
    kind: 'check',
    mode: 'enforce',
    effect: 'block',
    result: may ? 'not_matched' : 'matched',
    why:
      allowed === undefined
        ? 'The action names no roles, so none is needed to ask for it.'
        : `The requester has ${may ? 'one' : 'none'} of the roles ${allowed.join(', ')}.`,
    values: { 'subject.roles': roles },
  };
}

function explainedFacts(policy: ActionPolicy, scope: ConditionScope): ExplainedRule {
  const missing = policy.missingFacts(scope);
  return {
    ruleId: 'fact-missing',
    kind: 'check',
    mode: 'enforce',
    effect: 'block',
    result: missing.length > 0 ? 'matched' : 'not_matched',
    why:
      missing.length > 0
        ? `Not known from the system of record: ${missing.join(', ')}.`
        : 'Every declared fact is known.',
    values: Object.fromEntries(missing.map((name) => [`facts.${name}`, null])),
  };
}

function explainedRule({ rule, condition }: CompiledRule, scope: ConditionScope): ExplainedRule {
  const outcome = condition.evaluate(scope);
  const values = valuesAt(condition.paths, scope);
  const base = { ruleId: rule.id, kind: 'rule' as const, mode: rule.mode, values };
  if ('error' in outcome) {
    return {
      ...base,
      effect: 'block',
      result: 'error',
      why: `It could not be evaluated: ${outcome.error}.`,
    };
  }
  return {
    ...base,
    effect: rule.effect,
    result: outcome.matched ? 'matched' : 'not_matched',
    why: outcome.matched ? rule.message : conditionFalse(rule.when),
  };
}

function conditionFalse(when = ''): string {
  return `The condition is false: ${when.trim()}`;
}

function explainedTiers(
  { rule, paths, evaluate }: CompiledTiers,
  scope: ConditionScope,
): ExplainedRule {
  const tier = evaluate(scope);
  const values = valuesAt(paths, scope);
  const base = { ruleId: rule.id, kind: 'rule' as const, mode: rule.mode, values };
  switch (tier.result) {
    case 'error':
      return {
        ...base,
        effect: 'block',
        result: 'error',
        why: `It could not be evaluated: ${tier.why}.`,
      };
    case 'approval':
      return {
        ...base,
        effect: 'require_approval',
        result: 'matched',
        why: `${rule.message} (${tier.why})`,
      };
    case 'none':
      return {
        ...base,
        effect: 'require_approval',
        result: 'not_matched',
        why: `The amount is in a tier that needs no approval (${tier.why}).`,
      };
  }
}

function explainedLimit(
  limit: CompiledLimit,
  state: LimitState | undefined,
  scope: ConditionScope,
): ExplainedRule {
  const { rule, condition } = limit;
  const { use, objection, untold } = judgeLimit(limit, state, scope);
  const paths = new Set([
    ...rule.key,
    ...(rule.sum === undefined ? [] : [rule.sum]),
    ...(condition?.paths ?? []),
  ]);
  const count =
    use &&
    `${use.used} used by others + ${use.amount} of this request is ${use.exceeded ? 'more than' : 'within'} ${use.max}.`;
  return {
    ruleId: rule.id,
    kind: 'limit',
    mode: rule.mode,
    effect: objection?.effect ?? rule.effect,
    result: untold ? 'error' : objection ? 'matched' : 'not_matched',
    why:
      use === undefined && !untold
        ? conditionFalse(rule.when)
        : [objection?.message, count].filter((sentence) => sentence !== undefined).join(' '),
    values: valuesAt([...paths], scope),
  };
}

/** The raw values, so that a reader sees what was there, whatever its type. */
function valuesAt(paths: string[], scope: ConditionScope): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const path of paths) {
    const value =
      path === 'now' ? new Date(scope.now).toISOString() : rawReader(path.split('.'))(scope);
    values[path] = (value ?? null) as Json;
  }
  return values;
}
