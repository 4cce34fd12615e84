import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { localProblem, ProblemError } from './problem';

/** The parameter of every node that acts on a request that exists. */
export const requestIdProperty: INodeProperties = {
  displayName: 'Request ID',
  name: 'requestId',
  type: 'string',
  required: true,
  default: '={{ $json.id }}',
  placeholder: 'req_01J...',
  description:
    'ID of the request at the policy service. The default takes it from the item that another Execution Layer node gave.',
};

/** The parameters of every operation that lists. */
export const limitProperties: INodeProperties[] = [
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
];

/**
 * The value of a parameter. Undefined when nothing is given: it is empty, or its expression gives
 * null, undefined or blank text.
 */
export function readGiven(context: IExecuteFunctions, name: string, itemIndex: number): unknown {
  const value = context.getNodeParameter(name, itemIndex, '') as unknown;
  const blank = typeof value === 'string' && value.trim() === '';
  return value === null || blank ? undefined : value;
}

/**
 * How many results are asked for.
 * @throws ProblemError when it is no whole number above 0: an empty list would say that there is none
 */
export function readWanted(context: IExecuteFunctions, itemIndex: number): number {
  const all = readGiven(context, 'returnAll', itemIndex);
  if (all === true || all === 'true') return Number.POSITIVE_INFINITY;
  const limit = readNumber(context, 'limit', 'Limit', itemIndex) ?? 50;
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw invalidParameter('Limit', 'Give a whole number above 0, or turn on Return All.');
}

/** Undefined when nothing is given. @throws ProblemError when it is no number */
export function readNumber(
  context: IExecuteFunctions,
  name: string,
  displayName: string,
  itemIndex: number,
): number | undefined {
  const value = readGiven(context, name, itemIndex);
  if (value === undefined) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw invalidParameter(displayName, 'Give a number, or use an expression that gives one.');
}

/** Undefined when nothing is given; a number counts as text. @throws ProblemError when it is neither */
export function readOptionalText(
  context: IExecuteFunctions,
  name: string,
  displayName: string,
  itemIndex: number,
): string | undefined {
  const value = readGiven(context, name, itemIndex);
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw invalidParameter(displayName, 'Leave it empty, or use an expression that gives text.');
}

/** @throws ProblemError when it is not an id, which would lead to another path of the service */
export function readRequestId(context: IExecuteFunctions, itemIndex: number): string {
  const value = context.getNodeParameter('requestId', itemIndex, '');
  if (typeof value === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(value)) return value;
  throw invalidParameter(
    'Request ID',
    'Give the id of a request, for example {{ $json.id }} of an item that came from Extract Intent.',
  );
}

/** @throws ProblemError when it is empty */
export function readText(
  context: IExecuteFunctions,
  name: string,
  displayName: string,
  itemIndex: number,
): string {
  const value = readGiven(context, name, itemIndex);
  if (typeof value === 'string') return value;
  throw invalidParameter(displayName, 'Fill it in, or use an expression that gives text.');
}

/**
 * Reads a JSON parameter: an object, or its text. Undefined when it is empty.
 * @throws ProblemError when it is anything else
 */
export function readJson(value: unknown, displayName: string): IDataObject | undefined {
  let parsed = value;
  if (typeof value === 'string') {
    if (value.trim() === '') return undefined;
    try {
      parsed = JSON.parse(value) as unknown;
    } catch {
      throw invalidParameter(displayName, 'It is not valid JSON.');
    }
  }
  if (parsed === null || parsed === undefined) return undefined;
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw invalidParameter(displayName, 'It must be a JSON object.');
  }
  return Object.keys(parsed).length === 0 ? undefined : (parsed as IDataObject);
}

export function invalidParameter(displayName: string, what: string): ProblemError {
  return new ProblemError(
    localProblem('invalid_parameter', `The parameter "${displayName}" cannot be used`, what),
  );
}
