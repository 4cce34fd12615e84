import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { callIdentity } from '../../shared/call-key';
import { valueOf } from '../../shared/items';
import { shownFor } from '../../shared/operation';
import {
  invalidParameter,
  readGiven,
  readJson,
  readNumber,
  readOptionalText,
} from '../../shared/parameters';
import { propose, type RequestAnswer } from '../../shared/requests';
import { contextOption, proposalProperties, readJsonOption, readProposal } from './properties';

export const description: INodeProperties[] = shownFor('submitIntent', [
  {
    displayName: 'Action',
    name: 'action',
    type: 'resourceLocator',
    required: true,
    default: { mode: 'list', value: '' },
    description: 'The action of the catalogue that is asked for',
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        typeOptions: { searchListMethod: 'searchActions', searchable: true },
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'vendor_payment.create',
      },
    ],
  },
  {
    displayName: 'Specify Arguments',
    name: 'argumentsMode',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'With a Form',
        value: 'form',
        description: "A field for each of the action's arguments",
      },
      { name: 'As JSON', value: 'json', description: 'One JSON object' },
    ],
    default: 'form',
  },
  {
    displayName: 'Arguments',
    name: 'argumentsForm',
    type: 'resourceMapper',
    noDataExpression: true,
    default: { mappingMode: 'defineBelow', value: null },
    required: true,
    typeOptions: {
      loadOptionsDependsOn: ['action.value'],
      resourceMapper: {
        resourceMapperMethod: 'getActionArguments',
        mode: 'add',
        valuesLabel: 'Arguments',
        fieldWords: { singular: 'argument', plural: 'arguments' },
        addAllFields: true,
        supportAutoMap: false,
        noFieldsError:
          'Choose an action first; an action by expression needs its arguments as JSON.',
      },
    },
    // Without an action there is no form; n8n loads it when the parameter comes into view.
    displayOptions: { show: { argumentsMode: ['form'] }, hide: { action: [''] } },
  },
  {
    displayName: 'Arguments (JSON)',
    name: 'arguments',
    type: 'json',
    default: '{}',
    required: true,
    description: 'The arguments by the action\'s schema, for example {"vendor_id": "V-1001"}',
    displayOptions: { show: { argumentsMode: ['json'] } },
  },
  {
    displayName: 'Confidence',
    name: 'confidence',
    type: 'number',
    typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
    default: 1,
    description:
      'How sure the one who formed the intent is, from 0 to 1. Rules may have a person look at a low value; a high one loosens nothing.',
  },
  ...proposalProperties,
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: [
      contextOption,
      {
        displayName: 'Request Text',
        name: 'requestText',
        type: 'string',
        typeOptions: { rows: 3 },
        default: '',
        description: 'The words that the intent was formed from, for the people who approve',
      },
    ],
  },
]);

/** Creates a request from an intent that is already formed. @throws ProblemError */
export async function submitIntent(
  context: IExecuteFunctions,
  itemIndex: number,
): Promise<RequestAnswer> {
  const { proposal, givenKey } = readProposal(context, itemIndex);
  const requestText = readOptionalText(context, 'options.requestText', 'Request Text', itemIndex);
  const given = readJsonOption(context, 'context', 'Context (JSON)', itemIndex);
  const body: IDataObject = {
    ...proposal,
    ...(requestText ? { requestText } : {}),
    intent: {
      action: readAction(context, itemIndex),
      arguments: readArguments(context, itemIndex),
      confidence: readNumber(context, 'confidence', 'Confidence', itemIndex) ?? 1,
    },
    ...(given ? { context: given } : {}),
  };
  return valueOf(await propose(context, body, givenKey ?? callIdentity(context, itemIndex, body)));
}

function readAction(context: IExecuteFunctions, itemIndex: number): string {
  const action = context.getNodeParameter('action', itemIndex, '', { extractValue: true });
  if (typeof action === 'string' && action !== '') return action;
  throw invalidParameter('Action', 'Choose an action from the list, or give its id.');
}

function readArguments(context: IExecuteFunctions, itemIndex: number): IDataObject {
  if (readGiven(context, 'argumentsMode', itemIndex) === 'json') {
    const given = readGiven(context, 'arguments', itemIndex);
    if (given !== undefined) return readJson(given, 'Arguments (JSON)') ?? {};
    throw invalidParameter('Arguments (JSON)', 'Give an object; {} for an action without any.');
  }
  const form = readGiven(context, 'argumentsForm.value', itemIndex) as IDataObject | undefined;
  // A field that was left empty is an argument that is not given.
  const filled = Object.entries(form ?? {}).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  return Object.fromEntries(filled);
}
