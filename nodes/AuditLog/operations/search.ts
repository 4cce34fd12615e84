import { shownFor, type Operation } from '../../shared/operation';
import { readPages } from '../../shared/paging';
import { limitProperties, readGiven, readWanted } from '../../shared/parameters';

interface Filters {
  requestId?: string;
  type?: string;
  actor?: string;
  order?: 'asc' | 'desc';
}

export const search: Operation = {
  description: shownFor('search', [
    ...limitProperties,
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      placeholder: 'Add filter',
      default: {},
      options: [
        {
          displayName: 'Actor',
          name: 'actor',
          type: 'string',
          default: '',
          description: 'ID of the token or e-mail of the person that acted',
        },
        {
          displayName: 'Entry Type',
          name: 'type',
          type: 'string',
          default: '',
          placeholder: 'request.decided',
        },
        {
          displayName: 'Order',
          name: 'order',
          type: 'options',
          options: [
            { name: 'Newest First', value: 'desc' },
            { name: 'Oldest First', value: 'asc' },
          ],
          default: 'desc',
        },
        { displayName: 'Request ID', name: 'requestId', type: 'string', default: '' },
      ],
    },
  ]),
  async execute(context, itemIndex) {
    const filters = (readGiven(context, 'filters', itemIndex) ?? {}) as Filters;
    const entries = await readPages(context, {
      path: '/v1/audit/entries',
      query: {
        requestId: filters.requestId || undefined,
        type: filters.type || undefined,
        actor: filters.actor || undefined,
        order: filters.order || 'desc',
      },
      next: { member: 'nextFrom', parameter: 'from' },
      wanted: readWanted(context, itemIndex),
    });
    return entries.map((json) => ({ output: 0, json }));
  },
};
