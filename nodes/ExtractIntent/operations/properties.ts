import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { invalidParameter, readGiven, readJson, readText } from '../../shared/parameters';

/** The default of version 0.1, which gave every call of a tool in one execution the same key. */
const FORMER_DEFAULT = "={{ $execution.id + ':' + $itemIndex }}";

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
    default: '',
    placeholder: '={{ $json.invoiceNumber }}',
    description:
      'Names this request: the same key with the same content gives the first answer again, with "repeated", and makes no second request. Take a key of the caller (a message ID, a header) where there is one. Left empty, each run of this node on an item is a request of its own, whatever its content; only the tries of Retry On Fail count as one. A message delivered twice and an execution started again are then new requests.',
  },
];

export const contextOption: INodeProperties = {
  displayName: 'Context (JSON)',
  name: 'context',
  type: 'json',
  default: '{}',
  description: 'Further facts that policy rules may look at. They are claims of this workflow.',
};

/** Who asks, from where, under which key, if the workflow gives one. */
export interface ProposalParameters {
  proposal: { requestedBy: string; source: string };
  givenKey?: string;
}

/** @throws ProblemError when one of them is empty */
export function readProposal(context: IExecuteFunctions, itemIndex: number): ProposalParameters {
  return {
    proposal: {
      requestedBy: readText(context, 'requestedBy', 'Requested By', itemIndex),
      source: readText(context, 'source', 'Source', itemIndex),
    },
    givenKey: readKey(context, itemIndex),
  };
}

/**
 * The key that the workflow gives, if any.
 * @throws ProblemError when there is an expression that gives nothing: repeats would not be joined
 */
function readKey(context: IExecuteFunctions, itemIndex: number): string | undefined {
  const written = context.getNode().parameters.idempotencyKey ?? '';
  if (written === '' || written === FORMER_DEFAULT) return undefined;
  const key = readGiven(context, 'idempotencyKey', itemIndex);
  if (typeof key === 'number' && Number.isFinite(key)) return String(key);
  if (typeof key === 'string') return key;
  throw invalidParameter(
    'Idempotency Key',
    'Its expression gives no text. Use one that always gives a key, or leave the parameter empty: then each call is a request of its own.',
  );
}

/** A JSON option; undefined when it is not set. @throws ProblemError */
export function readJsonOption(
  context: IExecuteFunctions,
  name: string,
  displayName: string,
  itemIndex: number,
): IDataObject | undefined {
  return readJson(readGiven(context, `options.${name}`, itemIndex), displayName);
}
