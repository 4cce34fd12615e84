import { durationSeconds } from '../domain/duration';
import type { ApprovalTerms, LimitRule, Rule, RuleSet, TierRule } from '../domain/decision/rule';
import { compileSchema } from '../validation/json-schema';
import { RULES_FILE } from './rules-format';
import type { BundleFile, BundleProblem } from './yaml-file';
import { lineFinder } from './yaml-lines';

const checkRulesFile = compileSchema(RULES_FILE);

/** Who decides where neither the rule nor the bundle names somebody. */
const REVIEWER: ApprovalTerms = {
  stages: [{ role: 'reviewer', count: 1 }],
  expiresInSeconds: durationSeconds('72h'),
};

type ApprovalFile = Omit<ApprovalTerms, 'expiresInSeconds'> & { expiresIn: string };
/** How a part of the policy is written: without what is filled in here. */
type Written<T extends { mode: unknown }, Omitted extends keyof T = never> = Omit<
  T,
  'mode' | 'where' | 'approval' | Omitted
> & { mode?: Rule['mode']; approval?: ApprovalFile };

type WrittenTiers = Omit<Written<TierRule, 'amounts' | 'otherwise'>, 'approval'> & {
  amounts: {
    currencies: string[];
    tiers: { upTo?: string; above?: string; approval: 'none' | ApprovalFile }[];
  }[];
  otherwise?: ApprovalFile;
};

interface RulesFile {
  defaults?: { approval: ApprovalFile };
  rules?: Written<Rule>[];
  tiers?: WrittenTiers[];
  limits?: (Written<LimitRule, 'windowSeconds' | 'kind'> & { window: string })[];
  duplicates?: (Written<LimitRule, 'windowSeconds' | 'kind' | 'max' | 'sum'> & {
    window: string;
  })[];
}

/** Rules, tiers, limits and duplicates of all files; problems are added to the list. */
export function readRules(files: BundleFile[], problems: BundleProblem[]): RuleSet {
  const set: RuleSet = { rules: [], tiers: [], limits: [], defaultApproval: REVIEWER };
  let defaultsOf: string | undefined;
  for (const file of files) {
    const lineOf = lineFinder(file.text);
    const at = (pointer: string): string => `${file.path}:${lineOf(pointer)}`;
    const errors = checkRulesFile(file.value);
    problems.push(...errors.map(({ pointer, message }) => ({ where: at(pointer), message })));
    if (errors.length > 0) continue;
    const content = (file.value ?? {}) as RulesFile;
    if (content.defaults && defaultsOf !== undefined) {
      problems.push({ where: at('/defaults'), message: `${defaultsOf} has defaults already` });
    } else if (content.defaults) {
      defaultsOf = file.path;
      set.defaultApproval = terms(content.defaults.approval);
    }
    addParts(content, set, at, problems);
  }
  reportRepeatedIds(set, problems);
  reportRepeatedRoles(set, problems);
  return set;
}

function addParts(
  content: RulesFile,
  set: RuleSet,
  at: (pointer: string) => string,
  problems: BundleProblem[],
): void {
  content.rules?.forEach(({ approval, mode = 'enforce', ...rule }, index) => {
    set.rules.push({ ...rule, mode, ...asked(approval), where: at(`/rules/${index}/when`) });
  });
  content.tiers?.forEach(({ amounts, otherwise, mode = 'enforce', ...rule }, index) => {
    const where = at(`/tiers/${index}`);
    amounts.forEach(({ tiers }) => {
      tiers.forEach(({ above }, step) => {
        const before = tiers[step - 1]?.upTo ?? '0';
        if (above !== undefined && above !== before) {
          const message = `${rule.id}: above: '${above}' must repeat the '${before}' before it, so that no amount is left out`;
          problems.push({ where, message });
        }
      });
    });
    set.tiers.push({
      ...rule,
      mode,
      where,
      amounts: amounts.map(({ currencies, tiers }) => ({
        currencies,
        tiers: tiers.map(({ upTo, approval }) => ({
          ...(upTo === undefined ? {} : { upTo }),
          approval: approval === 'none' ? approval : terms(approval),
        })),
      })),
      ...(otherwise ? { otherwise: terms(otherwise) } : {}),
    });
  });
  content.limits?.forEach(({ approval, window, mode = 'enforce', ...limit }, index) => {
    set.limits.push({
      ...limit,
      kind: limit.sum === undefined ? 'count' : 'sum',
      mode,
      windowSeconds: durationSeconds(window),
      ...asked(approval),
      where: at(`/limits/${index}`),
    });
  });
  content.duplicates?.forEach(({ approval, window, mode = 'enforce', ...rest }, index) => {
    set.limits.push({
      ...rest,
      kind: 'duplicates',
      max: '1',
      mode,
      windowSeconds: durationSeconds(window),
      ...asked(approval),
      where: at(`/duplicates/${index}`),
    });
  });
}

function reportRepeatedIds(set: RuleSet, problems: BundleProblem[]): void {
  const first = new Map<string, string | undefined>();
  for (const { id, where } of partsOf(set)) {
    if (first.has(id)) {
      const message = `two rules or limits have the id ${id}; the other one is in ${first.get(id)}`;
      problems.push({ where: where ?? 'policies', message });
    } else first.set(id, where);
  }
}

/** Merging keeps a role once, so a second stage of the same role would be lost. */
function reportRepeatedRoles(set: RuleSet, problems: BundleProblem[]): void {
  for (const part of partsOf(set)) {
    for (const { stages } of termsOf(part)) {
      const roles = stages.map(({ role }) => role);
      const repeated = roles.find((role, index) => roles.indexOf(role) !== index);
      if (repeated === undefined) continue;
      const message = `${part.id}: ${repeated} is in two stages; write one stage with a higher count`;
      problems.push({ where: part.where ?? 'policies', message });
    }
  }
}

function partsOf({ rules, tiers, limits }: RuleSet): (Rule | TierRule | LimitRule)[] {
  return [...rules, ...tiers, ...limits];
}

function termsOf(part: Rule | TierRule | LimitRule): ApprovalTerms[] {
  if (!('amounts' in part)) return part.approval ? [part.approval] : [];
  const tiers = part.amounts.flatMap((entry) => entry.tiers.map(({ approval }) => approval));
  return [...tiers, ...(part.otherwise ? [part.otherwise] : [])].filter((one) => one !== 'none');
}

function asked(approval: ApprovalFile | undefined): { approval?: ApprovalTerms } {
  return approval ? { approval: terms(approval) } : {};
}

function terms({ expiresIn, ...rest }: ApprovalFile): ApprovalTerms {
  return { ...rest, expiresInSeconds: durationSeconds(expiresIn) };
}
