import { shownFor, type Operation } from '../../shared/operation';
import { readWhole } from '../../shared/paging';
import { readRequestId, requestIdProperty } from '../../shared/parameters';
import { pathOf } from '../../shared/requests';

export const getTimeline: Operation = {
  description: shownFor('getTimeline', [requestIdProperty]),
  async execute(context, itemIndex) {
    const requestId = readRequestId(context, itemIndex);
    const path = `${pathOf(requestId)}/timeline`;
    const json = await readWhole(context, {
      path,
      next: { member: 'nextFrom', parameter: 'from' },
    });
    return [{ output: 0, json }];
  },
};
