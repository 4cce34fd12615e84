import type { Action } from '../catalogue/action';
import {
  conditionCompiler,
  ConditionError,
  type Condition,
  type ConditionScope,
} from '../conditions/condition';
import { nearestOf } from '../conditions/names';
import { factCheck } from './fact-needs';
import { KEY_PATHS } from './limit';
import type { ApprovalTerms, LimitRule, Rule, RuleSet } from './rule';
import { compileTiers, type CompiledTiers } from './tiers';

export interface CompiledRule {
  rule: Rule;
  condition: Condition;
}

export interface CompiledLimit {
  rule: LimitRule;
  /** Absent: every request counts. */
  condition?: Condition;
}

/** Everything that decides on one action. */
export interface ActionPolicy {
  /** Of the bundle that these rules are part of. */
  version: string;
  action: Action;
  rules: CompiledRule[];
  tiers: CompiledTiers[];
  limits: CompiledLimit[];
  defaultApproval: ApprovalTerms;
  /** Why nothing of it is let through: a check finds it unsafe. */
  unsafe?: string;
  /** Why it cannot be undone, although the catalogue says how: then a person approves it. */
  notUndoable?: string;
  /** Declared facts that are not there (see fact-needs.ts). */
  missingFacts(scope: ConditionScope): string[];
}

/** One place in the rules that keeps them from becoming active. */
export interface PolicyProblem {
  /** Id of the rule, tiers, limit or duplicates. */
  id: string;
  /** File and line, where it is known. */
  where?: string;
  message: string;
  /** Action whose decisions it would change; absent: none, because the catalogue has no such action. */
  action?: string;
}

export interface CompiledPolicy {
  byAction: Map<string, ActionPolicy>;
  problems: PolicyProblem[];
}

interface Part {
  id: string;
  actions: string[];
  where?: string;
}

/**
 * Type-checks every rule against every action that it applies to.
 * @param version of the bundle
 */
export function compilePolicy(
  actions: Action[],
  ruleSet: RuleSet,
  version: string,
): CompiledPolicy {
  const problems: PolicyProblem[] = [];
  const report = ({ id, where }: Part, message: string, action?: string): void => {
    problems.push({ id, ...(where ? { where } : {}), message, ...(action ? { action } : {}) });
  };
  const byAction = new Map<string, ActionPolicy>();
  for (const action of actions) {
    const compile = conditionsOf(action, report);
    byAction.set(action.id, {
      version,
      action,
      rules: ruleSet.rules.flatMap((rule) => {
        const condition = applies(rule, action) ? compile(rule, rule.when) : undefined;
        return condition ? [{ rule, condition }] : [];
      }),
      tiers: ruleSet.tiers.flatMap((rule) => {
        if (!applies(rule, action)) return [];
        const compiled = compileTiers(rule, action);
        if (!Array.isArray(compiled)) return [compiled];
        compiled.forEach((message) => report(rule, message, action.id));
        return [];
      }),
      limits: ruleSet.limits.flatMap((rule) => {
        if (!applies(rule, action)) return [];
        limitProblems(rule, action).forEach((message) => report(rule, message, action.id));
        const condition = rule.when === undefined ? undefined : compile(rule, rule.when);
        return [{ rule, ...(condition ? { condition } : {}) }];
      }),
      defaultApproval: ruleSet.defaultApproval,
      missingFacts: factCheck(action),
    });
  }
  const known = actions.map(({ id }) => id);
  for (const part of [...ruleSet.rules, ...ruleSet.tiers, ...ruleSet.limits]) {
    for (const name of part.actions.filter((one) => one !== '*' && !known.includes(one))) {
      const meant = nearestOf(name, known);
      report(
        part,
        `the catalogue has no action "${name}"${meant ? `. Did you mean ${meant}?` : ''}`,
      );
    }
  }
  return { byAction, problems };
}

/** Compiles conditions for one action; what is wrong with one is reported. */
function conditionsOf(
  action: Action,
  report: (part: Part, message: string, action: string) => void,
): (part: Part, when: string) => Condition | undefined {
  const compiler = conditionCompiler(action);
  return (part, when) => {
    try {
      return compiler.compile(when);
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      report(part, `${error.message} (action ${action.id})`, action.id);
      return undefined;
    }
  };
}

function applies(part: Part, action: Action): boolean {
  return part.actions.includes('*') || part.actions.includes(action.id);
}

function limitProblems(limit: LimitRule, action: Action): string[] {
  const names = Object.keys((action.schema['properties'] ?? {}) as object);
  const known = [...names.map((name) => `arguments.${name}`), ...KEY_PATHS];
  const problems = limit.key
    .filter((path) => !known.includes(path))
    .map((path) => {
      const meant = nearestOf(path, known);
      return `"${path}" cannot be part of a key (action ${action.id})${meant ? `. Did you mean ${meant}?` : ''}`;
    });
  if (limit.kind === 'count' && !/^[0-9]+$/.test(limit.max)) {
    problems.push(`max "${limit.max}" of a count must be a whole number`);
  }
  if (limit.sum === undefined) return problems;
  const { money } = action;
  if (limit.sum !== `arguments.${money?.amount}`) {
    problems.push(`"${limit.sum}" is not the amount of ${action.id}, so it cannot be summed`);
  }
  if (money && !limit.key.includes(`arguments.${money.currency}`)) {
    problems.push(
      `key needs arguments.${money.currency}: amounts of different currencies cannot be summed`,
    );
  }
  return problems;
}
