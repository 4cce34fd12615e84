import { shownFor, type Operation } from '../../shared/operation';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { commandRequest, readRequest, requestInRefusal } from '../../shared/requests';
import { OUTPUT, refused, unanswered } from './outcome';

export const beginExternal: Operation = {
  description: shownFor('beginExternal', [requestIdProperty]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    // Without an idempotency key: a permit is given once, and a repeat must not hand it out again.
    const result = await commandRequest(context, requestId, 'permits');
    if (result.ok) {
      const permitted = result.value.permit !== undefined;
      return [{ output: permitted ? OUTPUT.executed : OUTPUT.needsAttention, json: result.value }];
    }
    if (result.settled) {
      return [refused(requestId, requestInRefusal(result.members, requestId), result.problem)];
    }
    // The permit may have been given without reaching us: nobody may write under it now.
    const truth = await readRequest(context, requestId);
    const { json } = unanswered(requestId, truth.ok ? truth.value : undefined, result.problem);
    return [{ output: OUTPUT.needsAttention, json }];
  },
};
