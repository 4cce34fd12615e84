import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { callIdentity } from '../../shared/call-key';
import { valueOf } from '../../shared/items';
import { shownFor } from '../../shared/operation';
import { readGiven, readText } from '../../shared/parameters';
import { propose, type RequestAnswer } from '../../shared/requests';
import { askModel } from './model';
import { contextOption, proposalProperties, readJsonOption, readProposal } from './properties';

export const description: INodeProperties[] = shownFor('extractText', [
  {
    displayName: 'Request Text',
    name: 'requestText',
    type: 'string',
    typeOptions: { rows: 3 },
    required: true,
    default: '',
    placeholder: 'Pay vendor V-1001 2500 USD for invoice INV-5001',
    description: 'What somebody asked for, in their own words',
  },
  ...proposalProperties,
  {
    displayName: 'Extractor',
    name: 'extractor',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'Policy Service',
        value: 'service',
        description: 'The extractor that the policy service is set up with',
      },
      {
        name: 'Connected Chat Model',
        value: 'model',
        description: 'The chat model connected to this node proposes the intent',
      },
    ],
    default: 'service',
    description:
      'Who turns the text into an intent. Either way it is only a proposal: the policy service validates and decides.',
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: [
      contextOption,
      {
        displayName: 'Intent (JSON)',
        name: 'intent',
        type: 'json',
        default: '',
        description:
          'An intent that is already formed: {"action", "arguments", "confidence"}. When it is set, nothing is extracted from the text.',
      },
    ],
  },
]);

/** Has an intent extracted from a text and creates the request. @throws ProblemError */
export async function extractText(
  context: IExecuteFunctions,
  itemIndex: number,
): Promise<RequestAnswer> {
  const { proposal, givenKey } = readProposal(context, itemIndex);
  const requestText = readText(context, 'requestText', 'Request Text', itemIndex);
  const given = readJsonOption(context, 'context', 'Context (JSON)', itemIndex);
  const intent = await formedIntent(context, requestText, itemIndex);
  const body: IDataObject = {
    ...proposal,
    requestText,
    ...(intent ? { intent } : {}),
    ...(given ? { context: given } : {}),
  };
  return valueOf(await propose(context, body, givenKey ?? callIdentity(context, itemIndex, body)));
}

async function formedIntent(
  context: IExecuteFunctions,
  requestText: string,
  itemIndex: number,
): Promise<IDataObject | undefined> {
  const passedAlong = readJsonOption(context, 'intent', 'Intent (JSON)', itemIndex);
  if (passedAlong) return passedAlong;
  const extractor = readGiven(context, 'extractor', itemIndex);
  return extractor === 'model' ? await askModel(context, requestText, itemIndex) : undefined;
}
