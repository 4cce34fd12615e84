import type { Operation } from '../../shared/operation';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { commandOrTruth, type RequestAnswer } from '../../shared/requests';

export const OUTPUT = { block: 0, requireApproval: 1, allow: 2 } as const;

/** States of a request that was let through; a workflow that runs again finds it there. */
const LET_THROUGH = new Set(['allowed', 'approved', 'executing', 'executed', 'outcome_unknown']);

/** The decision as the service tells it; state and effect must agree, or it is Block. */
export function outputFor({ state, decision }: RequestAnswer): number {
  const effect = decision?.effect;
  if (LET_THROUGH.has(state) && effect === 'allow') return OUTPUT.allow;
  if (state === 'awaiting_approval') return OUTPUT.requireApproval;
  // Already approved: Human Approval answers at once with what the service says.
  if (LET_THROUGH.has(state) && effect === 'require_approval') return OUTPUT.requireApproval;
  return OUTPUT.block;
}

export const decide: Operation = {
  description: [requestIdProperty],
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const result = await commandOrTruth(context, requestId, 'decide');
    return result.ok
      ? [{ output: outputFor(result.value), json: result.value }]
      : [{ output: OUTPUT.block, json: { id: requestId, problem: result.problem } }];
  },
};
