import { durationSeconds } from '../domain/duration';
import type { ApprovalTerms, LimitRule, Rule, RuleSet } from '../domain/rule';
import { compileSchema } from '../validation/json-schema';
import { RULES_FILE } from './formats';
import type { BundleFile, BundleProblem } from './read-folder';

const checkRulesFile = compileSchema(RULES_FILE);

/** Who decides where neither the rule nor the bundle names somebody. */
const REVIEWER: ApprovalTerms = {
  stages: [{ role: 'reviewer', count: 1 }],
  expiresInSeconds: durationSeconds('72h'),
};

interface ApprovalFile {
  stages: ApprovalTerms['stages'];
  expiresIn: string;
}
interface RulesFile {
  defaults?: { approval: ApprovalFile };
  rules?: (Omit<Rule, 'approval' | 'mode'> & { approval?: ApprovalFile; mode?: Rule['mode'] })[];
  limits?: (Omit<LimitRule, 'approval' | 'windowSeconds'> & {
    approval?: ApprovalFile;
    window: string;
  })[];
}

/** Rules and limits of all files, durations resolved; problems are added to the list. */
export function readRules(files: BundleFile[], problems: BundleProblem[]): RuleSet {
  const rules: Rule[] = [];
  const limits: LimitRule[] = [];
  let defaultApproval: ApprovalTerms | undefined;
  for (const file of files) {
    const errors = checkRulesFile(file.value);
    problems.push(
      ...errors.map(({ pointer, message }) => ({ where: `${file.path}${pointer}`, message })),
    );
    if (errors.length > 0) continue;
    const content = (file.value ?? {}) as RulesFile;
    if (content.defaults && defaultApproval) {
      problems.push({ where: file.path, message: 'another file has defaults already' });
    } else if (content.defaults) defaultApproval = terms(content.defaults.approval);
    for (const { approval, mode, ...rule } of content.rules ?? []) {
      rules.push({
        ...rule,
        mode: mode ?? 'enforce',
        ...(approval ? { approval: terms(approval) } : {}),
      });
    }
    for (const { approval, window, ...limit } of content.limits ?? []) {
      limits.push({
        ...limit,
        windowSeconds: durationSeconds(window),
        ...(approval ? { approval: terms(approval) } : {}),
      });
    }
  }
  const ids = [...rules, ...limits].map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
    problems.push({ where: 'policies', message: `two rules or limits have the id ${id}` });
  }
  return { rules, limits, defaultApproval: defaultApproval ?? REVIEWER };
}

function terms({ stages, expiresIn }: ApprovalFile): ApprovalTerms {
  return { stages, expiresInSeconds: durationSeconds(expiresIn) };
}
