const name = { type: 'string', minLength: 1, maxLength: 120 };
const id = { type: 'string', pattern: '^[a-z][a-z0-9_.-]{0,79}$' };
const strings = { type: 'array', items: name, minItems: 1 };
const approval = {
  type: 'object',
  additionalProperties: false,
  required: ['stages', 'expiresIn'],
  properties: {
    stages: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['role', 'count'],
        properties: { role: id, count: { type: 'integer', minimum: 1, maximum: 10 } },
      },
    },
    expiresIn: { type: 'string', pattern: '^[1-9][0-9]{0,5}[smhd]$' },
  },
};

/** JSON Schema of an action file (catalogue/*.yaml). */
export const ACTION_FILE = {
  type: 'object',
  additionalProperties: false,
  required: [
    'id',
    'version',
    'title',
    'description',
    'owner',
    'class',
    'risk',
    'stage',
    'connector',
    'steps',
    'idempotency',
    'compensation',
    'schema',
    'extraction',
  ],
  properties: {
    id,
    version: { type: 'integer', minimum: 1 },
    title: name,
    description: { type: 'string', minLength: 1, maxLength: 500 },
    owner: name,
    class: { enum: ['read', 'workflow', 'write'] },
    risk: { enum: ['low', 'medium', 'high'] },
    stage: { enum: ['off', 'recommend', 'approve', 'auto'] },
    connector: id,
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'operation'],
        properties: { name: id, operation: id },
      },
    },
    idempotency: { enum: ['A', 'B', 'C'] },
    compensation: {
      oneOf: [
        { enum: ['none', 'irreversible'] },
        {
          type: 'object',
          additionalProperties: false,
          required: ['operation'],
          properties: { operation: id },
        },
      ],
    },
    money: {
      type: 'object',
      additionalProperties: false,
      required: ['amount', 'currency'],
      properties: { amount: name, currency: name },
    },
    schema: { type: 'object' },
    entities: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'lookup', 'with', 'pointer', 'fields'],
        properties: {
          name: id,
          lookup: id,
          with: { type: 'object', additionalProperties: name, minProperties: 1 },
          pointer: { type: 'string', pattern: '^/' },
          fields: {
            type: 'object',
            additionalProperties: { enum: ['string', 'integer', 'boolean', 'number'] },
          },
        },
      },
    },
    requesterRoles: strings,
    extraction: { type: 'object' },
  },
};

/** JSON Schema of a rules file (policies/*.yaml). */
export const RULES_FILE = {
  type: 'object',
  additionalProperties: false,
  properties: {
    defaults: {
      type: 'object',
      additionalProperties: false,
      required: ['approval'],
      properties: { approval },
    },
    rules: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'actions', 'when', 'effect', 'message'],
        properties: {
          id,
          actions: strings,
          when: { type: 'string', minLength: 1, maxLength: 2000 },
          effect: { enum: ['block', 'require_approval', 'allow'] },
          message: { type: 'string', minLength: 1, maxLength: 300 },
          approval,
          mode: { enum: ['enforce', 'log_only'] },
        },
      },
    },
    limits: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'actions', 'key', 'window', 'max', 'effect', 'message'],
        properties: {
          id,
          actions: strings,
          key: strings,
          sum: name,
          window: { type: 'string', pattern: '^[1-9][0-9]{0,5}[smhd]$' },
          max: { type: 'string', pattern: '^(0|[1-9][0-9]{0,11})([.][0-9]{1,4})?$' },
          effect: { enum: ['block', 'require_approval'] },
          message: { type: 'string', minLength: 1, maxLength: 300 },
          approval,
        },
      },
    },
  },
};
