import { lookup, operation } from './operation-schema';
import { HEADER, NAME, path, setting, timeout } from './schema-parts';

const auth = {
  type: 'object',
  description: 'How the service shows who it is. Secrets come from environment variables only.',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    authKind('none', {}),
    authKind('bearer', { token: setting('The token: ${NAME}.') }),
    authKind('header', {
      header: {
        type: 'string',
        pattern: HEADER,
        maxLength: 100,
        description: 'Name of the header, for example X-API-Key.',
      },
      value: setting('Its value: ${NAME}.'),
    }),
    authKind('basic', {
      username: setting('The user name, or ${NAME}.'),
      password: setting('The password: ${NAME}.'),
    }),
    authKind(
      'oauth2',
      {
        tokenUrl: setting('Token endpoint, or ${NAME}. https, except on the loopback interface.'),
        clientId: setting('Client id, or ${NAME}.'),
        clientSecret: setting('Client secret: ${NAME}.'),
      },
      {
        clientAuthentication: {
          enum: ['basic', 'body'],
          default: 'basic',
          description: 'Where the client id and secret are sent: Authorization header or body.',
        },
        scope: {
          type: 'string',
          minLength: 1,
          maxLength: 500,
          description: 'Scopes, with blanks between them.',
        },
        parameters: {
          type: 'object',
          additionalProperties: { type: 'string', maxLength: 500 },
          default: {},
          description: 'Further members of the token request, for example audience or resource.',
        },
      },
    ),
  ],
  default: { type: 'none' },
};

function authKind(
  type: string,
  required: Record<string, object>,
  optional: Record<string, object> = {},
): object {
  return {
    additionalProperties: false,
    required: Object.keys(required),
    properties: { type: { const: type }, ...required, ...optional },
  };
}

const tls = {
  type: 'object',
  additionalProperties: false,
  description: 'Files for HTTPS. The certificate of the ERP is always verified.',
  properties: {
    caFile: setting('PEM file of the authorities to trust instead of the usual ones, or ${NAME}.'),
    certFile: setting("PEM file of the client's certificate, or ${NAME}."),
    keyFile: setting("PEM file of the client's key, or ${NAME}."),
    passphrase: setting('Passphrase of the key: ${NAME}.'),
    serverName: setting("Name in the ERP's certificate when it is not the host's, or ${NAME}."),
  },
  default: {},
};

const retry = {
  type: 'object',
  additionalProperties: false,
  description: 'Repeats, made only where a repeat cannot write twice. Waits grow, with jitter.',
  properties: {
    attempts: count('Calls at most, the first one included.', 10, 4),
    initialDelayMs: count('First wait, in milliseconds.', 60_000, 100),
    maxDelayMs: count('Longest wait, in milliseconds.', 60_000, 2_000),
    totalMs: count('Milliseconds for an operation with all of its repeats.', 300_000, 20_000),
  },
  default: {},
};

const limits = {
  type: 'object',
  additionalProperties: false,
  description: 'What the ERP is asked at most, by each process of the service.',
  properties: {
    concurrency: count('Calls at the same time.', 1_000, 16),
    perSecond: count('Calls that begin within one second.', 100_000, 100),
  },
  default: {},
};

function count(description: string, maximum: number, preset: number): object {
  return { type: 'integer', minimum: 1, maximum, default: preset, description };
}

/** JSON Schema of the file of an HTTP connector, with the defaults that `parseHttp` fills in. */
export const DEFINITION_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'title', 'type', 'baseUrl', 'ping', 'lookups', 'operations'],
  properties: {
    id: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]*$',
      maxLength: 60,
      description: 'Name by which actions call it: small letters, digits and -.',
    },
    title: { type: 'string', minLength: 1, maxLength: 100, description: 'Name for people.' },
    type: { const: 'http', description: 'An ERP that is called over HTTP as this file says.' },
    baseUrl: setting('Address of the ERP, or ${NAME}: http or https, without query.'),
    allowedHosts: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: { type: 'string', pattern: '^[a-z0-9.:\\[\\]-]+$', maxLength: 260 },
      description:
        'Hosts (name or name:port) that the addresses may name, whatever the environment says.',
    },
    auth,
    tls,
    headers: {
      type: 'object',
      propertyNames: { pattern: HEADER },
      additionalProperties: setting('Text, or ${NAME}.'),
      default: {},
      description: 'Headers that are sent with every call.',
    },
    ping: {
      type: 'object',
      additionalProperties: false,
      required: ['path'],
      description: 'A GET that shows that the ERP answers.',
      properties: { path },
    },
    timeoutMs: {
      ...timeout('Milliseconds for one call, where nothing else is said.'),
      default: 5_000,
    },
    retry,
    limits,
    redact: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 100 },
      default: [],
      description: 'Further names of personal or secret fields, hidden in what is recorded.',
    },
    lookups: {
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: lookup,
      description: 'Records that rules and entity references may read.',
    },
    operations: {
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: operation,
      description: 'What the steps of actions may do.',
    },
  },
};
