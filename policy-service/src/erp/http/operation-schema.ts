import {
  body,
  condition,
  HEADER,
  headers,
  NAME,
  path,
  pointer,
  pointers,
  query,
  statuses,
  timeout,
} from './schema-parts';

const notFound = statuses(
  'Statuses by which the ERP says "there is none" of a record in the path. A list says it by being empty.',
  400,
  499,
);

/** JSON Schema of a lookup: a GET that reads one record. */
export const lookup = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'fields'],
  properties: {
    path,
    query,
    headers,
    notFound: { ...notFound, default: [404] },
    timeoutMs: timeout('Milliseconds for all attempts together.'),
    list: pointer('the list of records in the answer ("" is the answer itself)'),
    match: {
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: {
        oneOf: [
          pointer('the field that must equal the parameter'),
          {
            type: 'object',
            additionalProperties: false,
            required: ['at'],
            properties: {
              at: pointer('the field that must equal the parameter'),
              ignoreCase: {
                type: 'boolean',
                description: 'The ERP writes the same id in small or in capital letters.',
              },
            },
          },
        ],
      },
      description:
        'Parameter -> the field of the record that must equal it, so that another record is never taken for the one asked for. Default: the fields that have the name of a parameter.',
    },
    fields: {
      ...pointers('Fields of the record, as rules see them: name -> JSON pointer into the answer.'),
      minProperties: 1,
    },
  },
};

const find = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'match'],
  description: 'How what the operation wrote is found again by the id of the request.',
  properties: {
    method: {
      enum: ['GET', 'POST'],
      default: 'GET',
      description: 'POST for a search with a body.',
    },
    path,
    query,
    headers,
    body,
    list: pointer('the list of documents in the answer ("" is the answer itself)'),
    // What finds nothing may lead to a second write, so only what is declared counts.
    notFound: { ...notFound, default: [] },
    match: pointer('the field of a document that must equal the id of the request'),
    doneWhen: condition('Short of this the document is there, but not whole.'),
    reference: pointer("the document's number; default: reference of the operation"),
    result: pointers('Result, read from the document; default: result of the operation.'),
    unique: {
      type: 'boolean',
      default: false,
      description:
        'true only when the ERP itself refuses a second document with the same reference.',
    },
    timeoutMs: timeout('Milliseconds for all attempts together.'),
  },
};

const verify = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'same'],
  description: 'How the document is read by its number before it is undone.',
  properties: {
    path,
    query,
    headers,
    notFound: { ...notFound, default: [404] },
    same: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^(/([^/~]|~[01])*)+$', maxLength: 200 },
      additionalProperties: { type: 'string', minLength: 1, maxLength: 500 },
      description:
        'JSON pointer into the document -> text or placeholder that must stand there, for example the external reference and what was written and never changes.',
    },
    timeoutMs: timeout('Milliseconds for all attempts together.'),
  },
};

const refusal = {
  type: 'object',
  additionalProperties: false,
  description: 'How the ERP says "no, nothing was written".',
  properties: {
    // 429 is never a refusal: it says "later", and 408 does not say what became of the call.
    statuses: {
      type: 'array',
      uniqueItems: true,
      description: 'Statuses of a refusal; never 408 or 429.',
      items: { type: 'integer', minimum: 400, maximum: 499, not: { enum: [408, 429] } },
      default: [],
    },
    when: condition('An answer with a success status that says no.'),
    message: pointer("the ERP's own sentence"),
  },
  default: { statuses: [] },
};

/** JSON Schema of an operation: what an action's step does. */
export const operation = {
  type: 'object',
  additionalProperties: false,
  required: ['method', 'path', 'success'],
  dependentRequired: { keyWindow: ['idempotencyKeyHeader'] },
  properties: {
    method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], description: 'GET only reads.' },
    path,
    query,
    headers,
    body,
    idempotencyKeyHeader: {
      type: 'string',
      pattern: HEADER,
      maxLength: 100,
      description:
        'Header in which the ERP honours an idempotency key (class A). Without it a write is sent at most once.',
    },
    keyWindow: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,5}[smhd]$',
      description: 'How long the ERP remembers a key, for example 24h or 7d; default: for ever.',
    },
    timeoutMs: timeout('Milliseconds for one call.'),
    success: {
      ...statuses('Statuses that say "done".', 200, 299),
      minItems: 1,
    },
    successWhen: condition('Must hold in a success too; without it the outcome is unknown.'),
    refusal,
    reference: pointer('the number of what was written; a success must carry it'),
    result: { ...pointers("The execution's result: name -> JSON pointer."), default: {} },
    find,
    verify,
    reverse: {
      type: 'string',
      maxLength: 120,
      description: 'Operation of this file that undoes it; it gets the number as {erp_reference}.',
    },
  },
};
