import { shownFor, type Operation } from '../../shared/operation';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { commandRequest, readRequest, requestInRefusal } from '../../shared/requests';
import { refused, told, unanswered } from './outcome';

export const execute: Operation = {
  description: shownFor('execute', [requestIdProperty]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const result = await commandRequest(context, requestId, 'execute', {
      // From the request, never from the n8n execution: a retry must not be a second write.
      idempotencyKey: `execute:${requestId}`,
    });
    if (result.ok) return [told(result.value)];
    if (result.settled) {
      return [refused(requestId, requestInRefusal(result.request, requestId), result.problem)];
    }
    const truth = await readRequest(context, requestId);
    return [unanswered(requestId, truth.ok ? truth.value : undefined, result.problem)];
  },
};
