import type { Explanation } from '../domain/decision/explain';
import type { FactRecord } from '../domain/request/facts';
import {
  checkAgainst,
  hypotheticalRequest,
  judge,
  type Verdict,
} from '../domain/decision/hypothetical';
import { heldByOthers, NOTHING_HELD, type LimitHeld } from '../domain/decision/limit-held';
import type { LimitRule } from '../domain/decision/rule';
import { differences } from './case-differences';
import { coverageOf, type Coverage } from './case-coverage';
import type { LoadedBundle } from './load-bundle';
import type { PolicyCase } from './read-cases';

export interface CaseResult {
  name: string;
  /** Relative path and line. */
  where: string;
  passed: boolean;
  /** What came out otherwise than expected, a sentence each; empty when passed. */
  differences: string[];
}

export interface CaseReport {
  passed: number;
  failed: number;
  results: CaseResult[];
  /** Rules and limits that the cases do not show both ways: a warning, no failure. */
  uncovered: Coverage[];
}

/** Cases have no time zone of their own: hour and weekday in them are the rules' hour and weekday. */
const TIME_ZONE = 'UTC';

/** Runs test cases of a bundle: pure, no store and no ERP. */
export function runPolicyCases(loaded: LoadedBundle, cases = loaded.cases): CaseReport {
  const explanations: Explanation[] = [];
  const results = cases.map((one) => {
    const { verdict, problems } = outcomeOf(loaded, one);
    if (verdict?.valid && verdict.explanation) explanations.push(verdict.explanation);
    const found = verdict ? [...problems, ...differences(one.expect, verdict)] : problems;
    return { name: one.name, where: one.where, passed: found.length === 0, differences: found };
  });
  const failed = results.filter(({ passed }) => !passed).length;
  return {
    passed: results.length - failed,
    failed,
    results,
    uncovered: coverageOf(loaded.bundle, explanations),
  };
}

function outcomeOf(
  { bundle }: LoadedBundle,
  one: PolicyCase,
): { verdict?: Verdict; problems: string[] } {
  const { request, now, used } = one;
  const checked = checkAgainst(
    bundle,
    hypotheticalRequest(
      {
        action: request.action,
        arguments: request.arguments,
        subject: {
          tokenId: 'tok_case',
          tokenOwner: null,
          requestedBy: request.requestedBy,
          verified: request.roles.length > 0,
          roles: request.roles,
        },
        source: request.source,
        confidence: request.confidence,
        context: request.context,
      },
      now,
    ),
    now,
  );
  if (checked.verdict) return { verdict: checked.verdict, problems: [] };
  const { policy, referenced } = checked;
  const held = new Map<string, LimitHeld>();
  const problems = [
    ...referenced
      .filter(({ name }) => !Object.hasOwn(one.facts, name))
      .map(
        ({ name }) =>
          `facts.${name} is looked up for these arguments: name its fields, or null where the ERP has no such record.`,
      ),
    ...Object.entries(used).flatMap(([id, text]) => {
      const limit = policy.limits.find(({ rule }) => rule.id === id)?.rule;
      if (!limit) return [`used.${id}: no limit of ${policy.action.id} has this id.`];
      try {
        held.set(id, heldByOthers(limit, text));
        return [];
      } catch (error) {
        return [`used.${id}: ${(error as Error).message}.`];
      }
    }),
  ];
  if (problems.length > 0) return { problems };
  const facts: Record<string, FactRecord> = {};
  for (const [name, value] of Object.entries(one.facts)) {
    const connectorId = policy.action.connector;
    if (value) facts[name] = { value, fetchedAt: now.toISOString(), connectorId };
  }
  const heldOf = ({ id }: LimitRule): LimitHeld => held.get(id) ?? NOTHING_HELD;
  return { verdict: judge(checked, facts, heldOf, now, TIME_ZONE), problems };
}
