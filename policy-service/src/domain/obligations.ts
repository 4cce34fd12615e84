import type { ApprovalStage, Obligations } from './decision-types';
import type { ApprovalTerms } from './rule';

/**
 * Merges what several rules ask for into the strictest of each: every role with its highest count,
 * in order of first appearance, and the earliest expiry.
 */
export function mergeObligations(terms: ApprovalTerms[]): Obligations {
  const counts = new Map<string, number>();
  for (const { stages } of terms) {
    for (const { role, count } of stages) counts.set(role, Math.max(counts.get(role) ?? 0, count));
  }
  return {
    stages: [...counts].map(([role, count]) => ({ role, count })),
    expiresInSeconds: Math.min(...terms.map((one) => one.expiresInSeconds)),
  };
}

/** Whether stages that people already approved fulfil everything that is asked for now. */
export function coveredBy(asked: ApprovalStage[], given: ApprovalStage[]): boolean {
  return asked.every(({ role, count }) =>
    given.some((stage) => stage.role === role && stage.count >= count),
  );
}
