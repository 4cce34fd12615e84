import type { Operation } from '../../shared/operation';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { commandOrTruth, type RequestAnswer } from '../../shared/requests';

export const OUTPUT = { invalid: 0, valid: 1 } as const;

/** States that a request only reaches after it was validated. */
const BEYOND = new Set([
  'validated',
  'allowed',
  'awaiting_approval',
  'approved',
  'recommended',
  'blocked',
  'rejected',
  'expired',
  'superseded',
  'cancelled',
  'executing',
  'executed',
  'failed',
  'outcome_unknown',
  'compensating',
  'compensated',
  'compensation_failed',
]);

/** Valid is said only when the service says so, also when the workflow runs a second time. */
export function outputFor({ state, validation }: RequestAnswer): number {
  return BEYOND.has(state) && validation?.valid === true ? OUTPUT.valid : OUTPUT.invalid;
}

export const validate: Operation = {
  description: [requestIdProperty],
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const result = await commandOrTruth(context, requestId, 'validate');
    return result.ok
      ? [{ output: outputFor(result.value), json: result.value }]
      : [{ output: OUTPUT.invalid, json: { id: requestId, problem: result.problem } }];
  },
};
