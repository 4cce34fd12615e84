import type { IDataObject } from 'n8n-workflow';
import { valueOf } from '../../shared/items';
import { limits } from '../../shared/limits';
import { shownFor, type Operation } from '../../shared/operation';
import { localProblem, ProblemError } from '../../shared/problem';
import { callService, type ServiceContext } from '../../shared/transport';

interface Filters {
  requestId?: string;
  type?: string;
  actor?: string;
  order?: 'asc' | 'desc';
}

export const search: Operation = {
  description: shownFor('search', [
    {
      displayName: 'Return All',
      name: 'returnAll',
      type: 'boolean',
      default: false,
      description: 'Whether to return all results or only up to a given limit',
    },
    {
      displayName: 'Limit',
      name: 'limit',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 50,
      description: 'Max number of results to return',
      displayOptions: { show: { returnAll: [false] } },
    },
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
    const filters = context.getNodeParameter('filters', itemIndex, {}) as Filters;
    const returnAll = context.getNodeParameter('returnAll', itemIndex, false) as boolean;
    const wanted = returnAll
      ? Number.POSITIVE_INFINITY
      : (context.getNodeParameter('limit', itemIndex, 50) as number);
    const entries = await collect(context, filters, wanted);
    return entries.map((json) => ({ output: 0, json }));
  },
};

/** Reads page after page until there are enough. @throws ProblemError */
async function collect(
  context: ServiceContext,
  filters: Filters,
  wanted: number,
): Promise<IDataObject[]> {
  const entries: IDataObject[] = [];
  let from: number | undefined;
  while (entries.length < wanted) {
    const query = {
      requestId: filters.requestId || undefined,
      type: filters.type || undefined,
      actor: filters.actor || undefined,
      order: filters.order ?? 'desc',
      from,
      limit: Math.min(wanted - entries.length, limits.pageSize),
    };
    const page = valueOf(
      await callService(context, { method: 'GET', path: '/v1/audit/entries', query }),
    );
    entries.push(...((page.items ?? []) as IDataObject[]));
    if (page.nextFrom === undefined) break;
    if (page.nextFrom === from) throw endless();
    from = page.nextFrom as number;
  }
  return entries;
}

function endless(): ProblemError {
  return new ProblemError(
    localProblem(
      'unreadable_answer',
      'The audit log gave the same page twice',
      'Check that the policy service and this package are of versions that go together.',
      200,
    ),
  );
}
