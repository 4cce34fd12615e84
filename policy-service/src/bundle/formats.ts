export { RULES_FILE } from './rules-format';

const name = { type: 'string', minLength: 1, maxLength: 120 };
const id = { type: 'string', pattern: '^[a-z][a-z0-9_.-]{0,79}$' };
const strings = { type: 'array', items: name, minItems: 1 };
/** What is undone is decided anew: by a person, or by the rules alone. */
const undoStage = { enum: ['approve', 'auto'] };

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
    executor: { enum: ['service', 'external'] },
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
          properties: { operation: id, stage: undoStage },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['steps'],
          properties: {
            steps: { type: 'object', additionalProperties: id, minProperties: 1 },
            stage: undoStage,
          },
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
          cacheFor: {
            oneOf: [{ const: 0 }, { type: 'string', pattern: '^[1-9][0-9]{0,5}[smh]$' }],
            description:
              'How old the record may be when a request is validated or decided: 5s when absent, 0 asks the ERP each time. Execution always asks anew',
          },
          fields: {
            type: 'object',
            additionalProperties: { enum: ['string', 'integer', 'boolean', 'number'] },
          },
          volatile: {
            type: 'array',
            items: name,
            uniqueItems: true,
            description:
              'Fields that an approval does not bind, because they change by themselves; [] says that all of them bind',
          },
        },
      },
    },
    requesterRoles: strings,
    extraction: { type: 'object' },
  },
  // Whoever holds the permit does the write, so the service has nothing to call or to look up.
  if: { required: ['executor'], properties: { executor: { const: 'external' } } },
  then: {
    properties: {
      connector: false,
      steps: false,
      entities: false,
      idempotency: { const: 'C' },
      compensation: { enum: ['none', 'irreversible'] },
    },
  },
  else: { required: ['connector', 'steps'] },
};
