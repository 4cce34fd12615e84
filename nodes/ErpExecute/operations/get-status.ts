import { shownFor, type Operation } from '../../shared/operation';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { readRequest } from '../../shared/requests';
import { refused, told, unanswered } from './outcome';

export const getStatus: Operation = {
  description: shownFor('getStatus', [requestIdProperty]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const result = await readRequest(context, requestId);
    if (result.ok) return [told(result.value)];
    const say = result.settled ? refused : unanswered;
    return [say(requestId, undefined, result.problem)];
  },
};
