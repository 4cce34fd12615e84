const NAME = '^[a-z][a-z0-9_]*$';
const HEADER = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";

const timeoutMs = { type: 'integer', minimum: 1, maximum: 120_000 } as const;
const pointer = { type: 'string', pattern: '^(/([^/~]|~[01])*)*$', maxLength: 200 } as const;
const pointers = { type: 'object', additionalProperties: pointer } as const;
const path = { type: 'string', pattern: '^/', maxLength: 500 } as const;
const query = { type: 'object', additionalProperties: { type: 'string', maxLength: 500 } } as const;
const statuses = {
  type: 'array',
  items: { type: 'integer', minimum: 200, maximum: 499 },
  uniqueItems: true,
} as const;
const setting = { type: 'string', minLength: 1, maxLength: 500 } as const;

const lookup = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'fields'],
  properties: {
    path,
    query,
    notFound: {
      ...statuses,
      items: { type: 'integer', minimum: 400, maximum: 499 },
      default: [404],
    },
    timeoutMs,
    fields: { ...pointers, minProperties: 1 },
  },
};

const operation = {
  type: 'object',
  additionalProperties: false,
  required: ['method', 'path', 'success'],
  properties: {
    method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    path,
    query,
    body: { type: 'object' },
    idempotencyKeyHeader: { type: 'string', pattern: HEADER, maxLength: 100 },
    timeoutMs,
    success: { ...statuses, items: { type: 'integer', minimum: 200, maximum: 299 }, minItems: 1 },
    refusal: {
      type: 'object',
      additionalProperties: false,
      required: ['statuses'],
      properties: {
        // 429 is never a refusal: it says "later", and 408 does not say what became of the call.
        statuses: {
          ...statuses,
          items: { type: 'integer', minimum: 400, maximum: 499, not: { enum: [408, 429] } },
        },
        message: pointer,
      },
      default: { statuses: [] },
    },
    reference: pointer,
    result: { ...pointers, default: {} },
  },
};

const auth = {
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    authKind('none', {}),
    authKind('bearer', { token: setting }),
    authKind('header', {
      header: { type: 'string', pattern: HEADER, maxLength: 100 },
      value: setting,
    }),
    authKind('basic', { username: setting, password: setting }),
  ],
  default: { type: 'none' },
};

function authKind(type: string, properties: Record<string, object>): object {
  return {
    additionalProperties: false,
    required: Object.keys(properties),
    properties: { type: { const: type }, ...properties },
  };
}

/** JSON Schema of a connector file, with the defaults that `parseConnector` fills in. */
export const DEFINITION_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'title', 'type', 'baseUrl', 'ping', 'lookups', 'operations'],
  properties: {
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', maxLength: 60 },
    title: { type: 'string', minLength: 1, maxLength: 100 },
    type: { const: 'http' },
    baseUrl: setting,
    auth,
    ping: {
      type: 'object',
      additionalProperties: false,
      required: ['path'],
      properties: { path },
    },
    timeoutMs: { ...timeoutMs, default: 5_000 },
    retry: {
      type: 'object',
      additionalProperties: false,
      properties: {
        attempts: { type: 'integer', minimum: 1, maximum: 10, default: 4 },
        initialDelayMs: { type: 'integer', minimum: 1, maximum: 60_000, default: 100 },
        maxDelayMs: { type: 'integer', minimum: 1, maximum: 60_000, default: 2_000 },
        totalMs: { type: 'integer', minimum: 1, maximum: 300_000, default: 20_000 },
      },
      default: {},
    },
    redact: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 100 }, default: [] },
    lookups: { type: 'object', propertyNames: { pattern: NAME }, additionalProperties: lookup },
    operations: {
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: operation,
    },
  },
};
