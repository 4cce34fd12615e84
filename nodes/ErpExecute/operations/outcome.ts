import type { Routed } from '../../shared/items';
import type { Problem } from '../../shared/problem';
import type { RequestAnswer } from '../../shared/requests';

export const OUTPUT = { notExecuted: 0, needsAttention: 1, executed: 2 } as const;

/** States in which the ERP may hold something that nobody has confirmed or that is half undone. */
const UNCERTAIN = new Set(['executing', 'outcome_unknown', 'compensating', 'compensation_failed']);

/** States that an execution under way may still leave: they say nothing about its end. */
const NOT_ENDED = new Set(['allowed', 'approved', 'awaiting_approval']);

export function outputFor({ state }: RequestAnswer): number {
  if (state === 'executed') return OUTPUT.executed;
  return UNCERTAIN.has(state) ? OUTPUT.needsAttention : OUTPUT.notExecuted;
}

/** An outcome that the service itself told. */
export function told(answer: RequestAnswer): Routed {
  return { output: outputFor(answer), json: answer };
}

/** A refusal: never on Executed, whatever the state is. */
export function refused(
  requestId: string,
  answer: RequestAnswer | undefined,
  problem: Problem,
): Routed {
  const uncertain = answer !== undefined && UNCERTAIN.has(answer.state);
  return {
    output: uncertain ? OUTPUT.needsAttention : OUTPUT.notExecuted,
    json: { ...(answer ?? { id: requestId }), problem },
  };
}

/**
 * What is said when a call brought no answer: the state that was read afterwards, as far as it
 * proves the end; otherwise somebody has to look.
 */
export function unanswered(
  requestId: string,
  answer: RequestAnswer | undefined,
  problem: Problem,
): Routed {
  if (!answer) return { output: OUTPUT.needsAttention, json: { id: requestId, problem } };
  if (answer.state === 'executed') return told(answer);
  const output = NOT_ENDED.has(answer.state) ? OUTPUT.needsAttention : outputFor(answer);
  return { output, json: { ...answer, problem } };
}
