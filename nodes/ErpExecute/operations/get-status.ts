import type { IExecuteFunctions } from 'n8n-workflow';
import type { Routed } from '../../shared/items';
import { shownFor, type Operation } from '../../shared/operation';
import { readPages } from '../../shared/paging';
import {
  limitProperties,
  readRequestId,
  readWanted,
  requestIdProperty,
  readGiven,
} from '../../shared/parameters';
import { readRequest } from '../../shared/requests';
import { OUTPUT, refused, told, unanswered } from './outcome';

const onlyFor = (scope: string) => ({ displayOptions: { show: { statusOf: [scope] } } });

export const getStatus: Operation = {
  description: shownFor('getStatus', [
    {
      displayName: 'Status Of',
      name: 'statusOf',
      type: 'options',
      options: [
        { name: 'One Request', value: 'request' },
        {
          name: 'Every Request That Needs a Person',
          value: 'needsPerson',
          description: 'Unknown outcomes, failed undos and incomplete requests, newest first',
        },
      ],
      default: 'request',
    },
    { ...requestIdProperty, ...onlyFor('request') },
    ...limitProperties.map((property) => ({
      ...property,
      displayOptions: {
        show: { ...property.displayOptions?.show, ...onlyFor('needsPerson').displayOptions.show },
      },
    })),
  ]),
  async execute(context, itemIndex) {
    const scope = readGiven(context, 'statusOf', itemIndex) ?? 'request';
    return scope === 'needsPerson'
      ? listAttention(context, itemIndex)
      : readOne(context, itemIndex);
  },
};

async function readOne(context: IExecuteFunctions, itemIndex: number): Promise<Routed[]> {
  const requestId = readRequestId(context, itemIndex);
  const result = await readRequest(context, requestId);
  if (result.ok) return [told(result.value)];
  const say = result.settled ? refused : unanswered;
  return [say(requestId, undefined, result.problem)];
}

async function listAttention(context: IExecuteFunctions, itemIndex: number): Promise<Routed[]> {
  const requests = await readPages(context, {
    path: '/v1/requests',
    query: { needsPerson: 'true' },
    next: { member: 'nextCursor', parameter: 'cursor' },
    wanted: readWanted(context, itemIndex),
  });
  return requests.map((json) => ({ output: OUTPUT.needsAttention, json }));
}
