import type { Action } from './action';
import {
  compileCondition,
  conditionEnvironment,
  ConditionError,
  type Condition,
} from './condition';
import type { LimitRule, Rule, RuleSet, ApprovalTerms } from './rule';

export interface CompiledRule {
  rule: Rule;
  condition: Condition;
}

/** Everything that decides on one action. */
export interface ActionPolicy {
  action: Action;
  rules: CompiledRule[];
  limits: LimitRule[];
  defaultApproval: ApprovalTerms;
}

/** One place in the rules that keeps them from becoming active. */
export interface PolicyProblem {
  /** Rule or limit id. */
  id: string;
  message: string;
}

export interface CompiledPolicy {
  byAction: Map<string, ActionPolicy>;
  problems: PolicyProblem[];
}

/** Type-checks every rule against every action that it applies to. */
export function compilePolicy(actions: Action[], ruleSet: RuleSet): CompiledPolicy {
  const problems: PolicyProblem[] = [];
  const byAction = new Map<string, ActionPolicy>();
  for (const action of actions) {
    const env = conditionEnvironment(action);
    const rules: CompiledRule[] = [];
    for (const rule of ruleSet.rules.filter((candidate) => applies(candidate, action))) {
      try {
        rules.push({ rule, condition: compileCondition(rule.when, env) });
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
        problems.push({ id: rule.id, message: `${error.message} (action ${action.id})` });
      }
    }
    const limits = ruleSet.limits.filter((limit) => applies(limit, action));
    problems.push(...limits.flatMap((limit) => limitProblems(limit, action)));
    byAction.set(action.id, { action, rules, limits, defaultApproval: ruleSet.defaultApproval });
  }
  const known = new Set(actions.map((action) => action.id));
  for (const { id, actions: named } of [...ruleSet.rules, ...ruleSet.limits]) {
    for (const name of named) {
      if (name !== '*' && !known.has(name)) {
        problems.push({ id, message: `the catalogue has no action "${name}"` });
      }
    }
  }
  return { byAction, problems };
}

function applies(rule: { actions: string[] }, action: Action): boolean {
  return rule.actions.includes('*') || rule.actions.includes(action.id);
}

function limitProblems(limit: LimitRule, action: Action): PolicyProblem[] {
  const properties = Object.keys((action.schema['properties'] ?? {}) as object);
  const known = new Set([
    ...properties.map((name) => `arguments.${name}`),
    'subject.requestedBy',
    'subject.tokenId',
  ]);
  const problems = limit.key
    .filter((path) => !known.has(path))
    .map((path) => ({
      id: limit.id,
      message: `"${path}" cannot be part of a key (action ${action.id})`,
    }));
  if (!limit.sum && !/^[0-9]+$/.test(limit.max)) {
    problems.push({
      id: limit.id,
      message: `max "${limit.max}" of a count must be a whole number`,
    });
  }
  if (limit.sum && action.money && !limit.key.includes(`arguments.${action.money.currency}`)) {
    problems.push({
      id: limit.id,
      message: `key needs arguments.${action.money.currency}: amounts of different currencies cannot be summed`,
    });
  }
  if (limit.sum && limit.sum !== `arguments.${action.money?.amount}`) {
    problems.push({
      id: limit.id,
      message: `"${limit.sum}" is not the amount of ${action.id}, so it cannot be summed`,
    });
  }
  return problems;
}
