import type { ApprovalStage, Obligations } from '../request/decision';
import type { ApprovalTerms } from './rule';

/**
 * Merges what several rules ask for into the strictest of each: every role with its highest count,
 * in order of first appearance, the earliest expiry, a comment if any wants one, all evidence.
 * @param terms at least one
 */
export function mergeObligations(terms: ApprovalTerms[]): Obligations {
  const counts = new Map<string, number>();
  for (const { stages } of terms) {
    for (const { role, count } of stages) counts.set(role, Math.max(counts.get(role) ?? 0, count));
  }
  return {
    stages: [...counts].map(([role, count]) => ({ role, count })),
    expiresInSeconds: Math.min(...terms.map((one) => one.expiresInSeconds)),
    comment: terms.some(({ comment }) => comment === 'required') ? 'required' : 'optional',
    evidence: [...new Set(terms.flatMap(({ evidence }) => evidence ?? []))].sort(),
  };
}

/** What an approval asked of its approvers; comment and evidence are absent where it asked for none. */
export type Asked = Pick<ApprovalTerms, 'stages' | 'comment' | 'evidence'>;

/**
 * Whether `given` asks for everything that `asked` does: each role with at least that many people,
 * a comment, and all evidence. The expiry is not compared.
 */
export function asksForNoLess(given: Asked, asked: Asked): boolean {
  return (
    coveredBy(asked.stages, given.stages) &&
    (asked.comment !== 'required' || given.comment === 'required') &&
    (asked.evidence ?? []).every((name) => given.evidence?.includes(name))
  );
}

function coveredBy(asked: ApprovalStage[], given: ApprovalStage[]): boolean {
  return asked.every(({ role, count }) =>
    given.some((stage) => stage.role === role && stage.count >= count),
  );
}
