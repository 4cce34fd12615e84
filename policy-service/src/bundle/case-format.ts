const text = (maxLength: number, description: string) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});
const ids = (description: string) => ({
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 80 },
  uniqueItems: true,
  description,
});

const request = {
  action: text(80, 'Catalogue id of the action'),
  arguments: {
    type: 'object',
    description: 'As an agent would send them; null leaves one out that the defaults name',
  },
  requestedBy: text(200, 'Who asks; requester@example.com when absent'),
  roles: ids('Roles of the requester; somebody with roles is a verified person'),
  source: text(80, 'Where it comes from; "test" when absent'),
  channel: text(80, 'The same as context.channel'),
  confidence: { type: 'number', minimum: 0, maximum: 1, description: '1 when absent' },
  context: { type: 'object', description: 'Anything that the proposer sends along' },
};
const facts = {
  type: 'object',
  description: 'Records of the ERP by entity name; null: the ERP has no such record',
  additionalProperties: { type: ['object', 'null'] },
};
const clock = {
  now: text(40, 'The moment of the decision (ISO 8601 with a zone)'),
  hour: { type: 'integer', minimum: 0, maximum: 23, description: 'Hour of the day instead of now' },
  weekday: {
    enum: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
    description: 'Day of the week instead of now',
  },
};

const expectation = {
  type: 'object',
  additionalProperties: false,
  required: ['effect'],
  description: 'What must come out',
  properties: {
    effect: {
      enum: ['allow', 'require_approval', 'recommend', 'block', 'invalid'],
      description:
        'invalid: the request does not fit the schema, or names a record that is not there',
    },
    reasons: ids('Ids of exactly the reasons that the decision gives, in any order'),
    shadow: ids('Ids of exactly the log_only rules that match, in any order'),
    errors: ids('JSON pointers of exactly the arguments that are wrong (effect invalid)'),
    obligations: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      description: 'What an approval must fulfil; only the members that are named are compared',
      properties: {
        stages: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['role', 'count'],
            properties: {
              role: text(80, 'Role of the people who approve'),
              count: { type: 'integer', minimum: 1, maximum: 10 },
            },
          },
        },
        expiresIn: { type: 'string', pattern: '^[1-9][0-9]{0,5}[smhd]$' },
        comment: { enum: ['optional', 'required'] },
        evidence: ids('Names of the evidence fields that an approver must fill'),
      },
    },
  },
};

/** JSON Schema of a file with test cases (tests/*.yaml). */
export const CASES_FILE = {
  type: 'object',
  additionalProperties: false,
  required: ['cases'],
  properties: {
    defaults: {
      type: 'object',
      additionalProperties: false,
      description: 'What every case of this file has in common; a case names only what differs',
      properties: {
        request: { type: 'object', additionalProperties: false, properties: request },
        facts,
        ...clock,
      },
    },
    cases: {
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'expect'],
        properties: {
          name: text(200, 'One sentence on what is shown; unique in the bundle'),
          request: { type: 'object', additionalProperties: false, properties: request },
          facts,
          ...clock,
          used: {
            type: 'object',
            description: 'What other requests hold of a limit already, by limit id; 0 when absent',
            additionalProperties: {
              type: 'string',
              pattern: '^(0|[1-9][0-9]{0,11})([.][0-9]{1,4})?$',
            },
          },
          expect: expectation,
        },
      },
    },
  },
};
