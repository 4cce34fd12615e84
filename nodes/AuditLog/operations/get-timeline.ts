import { valueOf } from '../../shared/items';
import { shownFor, type Operation } from '../../shared/operation';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { pathOf } from '../../shared/requests';
import { callService } from '../../shared/transport';

export const getTimeline: Operation = {
  description: shownFor('getTimeline', [requestIdProperty]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const path = `${pathOf(requestId)}/timeline`;
    const json = valueOf(await callService(context, { method: 'GET', path }));
    return [{ output: 0, json }];
  },
};
