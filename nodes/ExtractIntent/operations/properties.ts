import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { readJson, readText } from '../../shared/parameters';

/** What both operations ask for. */
export const proposalProperties: INodeProperties[] = [
  {
    displayName: 'Requested By',
    name: 'requestedBy',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'ana@example.com',
    description:
      'Who asks, for example an e-mail address. It is a claim: it gives no roles, and this person can never approve the request.',
  },
  {
    displayName: 'Source',
    name: 'source',
    type: 'string',
    required: true,
    default: 'n8n',
    description: 'Where the request came from, for example webhook, email or chat',
  },
  {
    displayName: 'Idempotency Key',
    name: 'idempotencyKey',
    type: 'string',
    required: true,
    default: "={{ $execution.id + ':' + $itemIndex }}",
    description:
      'Names this request: the same key with the same content gives the first answer again and makes no second request. Take a key of the caller (a message ID, a header) where there is one. The default is new with each execution, so that a message delivered twice counts as two requests.',
  },
];

export const contextOption: INodeProperties = {
  displayName: 'Context (JSON)',
  name: 'context',
  type: 'json',
  default: '{}',
  description: 'Further facts that policy rules may look at. They are claims of this workflow.',
};

/** Who asks, from where, under which key. */
export interface ProposalParameters {
  proposal: { requestedBy: string; source: string };
  idempotencyKey: string;
}

/** @throws ProblemError when one of them is empty */
export function readProposal(context: IExecuteFunctions, itemIndex: number): ProposalParameters {
  return {
    proposal: {
      requestedBy: readText(context, 'requestedBy', 'Requested By', itemIndex),
      source: readText(context, 'source', 'Source', itemIndex),
    },
    idempotencyKey: readText(context, 'idempotencyKey', 'Idempotency Key', itemIndex),
  };
}

/** A JSON option; undefined when it is not set. @throws ProblemError */
export function readJsonOption(
  context: IExecuteFunctions,
  name: string,
  displayName: string,
  itemIndex: number,
): IDataObject | undefined {
  return readJson(context.getNodeParameter(`options.${name}`, itemIndex, ''), displayName);
}
