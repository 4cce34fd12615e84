const id = {
  type: 'string',
  pattern: '^[a-z][a-z0-9_.-]{0,79}$',
  description: 'Unique among all rules, tiers, limits and duplicates of the bundle',
};
const message = {
  type: 'string',
  minLength: 1,
  maxLength: 300,
  description: 'The sentence that requesters and approvers read',
};
const actions = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 120 },
  minItems: 1,
  description: "Ids of the actions that this applies to, or '*' for all",
};
const mode = {
  enum: ['enforce', 'log_only'],
  description:
    'enforce (default), or log_only: on trial. What it would have done is recorded with the decision and changes nothing',
};
const duration = (description: string) => ({
  type: 'string',
  pattern: '^[1-9][0-9]{0,5}[smhd]$',
  description: `${description}, for example 30m, 72h or 7d`,
});
const amount = (description: string) => ({
  type: 'string',
  pattern: '^(0|[1-9][0-9]{0,11})([.][0-9]{1,4})?$',
  description: `${description}; a text such as '10000' or '99.50'`,
});
const approval = {
  type: 'object',
  additionalProperties: false,
  required: ['stages', 'expiresIn'],
  description: "Who approves and until when. Without it the bundle's default applies",
  properties: {
    stages: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      description: 'Worked through in order; the next stage opens when this one is complete',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['role', 'count'],
        properties: {
          role: {
            type: 'string',
            pattern: '^[a-z][a-z0-9_.-]{0,79}$',
            description: 'Role that the people of this stage hold',
          },
          count: {
            type: 'integer',
            minimum: 1,
            maximum: 10,
            description: 'How many different people must approve',
          },
        },
      },
    },
    expiresIn: duration('How long the approval may take'),
    comment: {
      enum: ['optional', 'required'],
      description: 'required: an approving vote without a comment is refused',
    },
    evidence: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,39}$' },
      minItems: 1,
      maxItems: 10,
      uniqueItems: true,
      description:
        'Names of what every approver must fill in, for example contract_number or call_back_at',
    },
  },
};

const when = (description: string) => ({
  type: 'string',
  minLength: 1,
  maxLength: 2000,
  description: `${description}A CEL condition over subject, action, arguments, intent, facts, context and now, for example arguments.amount > decimal("10000")`,
});
const COUNTED =
  'Which requests count: one for which it is false takes no place and is not judged. Without it all do. ';

const RULE = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'actions', 'when', 'effect', 'message'],
  description: 'An effect where a condition holds. The order of rules does not matter',
  properties: {
    id,
    actions,
    when: when(''),
    effect: {
      enum: ['block', 'require_approval', 'allow'],
      description:
        'block wins over require_approval wins over allow; allow only adds a reason and overrules nothing',
    },
    message,
    approval,
    mode,
  },
};

const tierApproval = {
  oneOf: [{ const: 'none' }, approval],
  description: 'none: no approval is needed for this amount',
};
const TIERS = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'actions', 'message', 'amounts'],
  description: 'Who approves which amount. A currency that is not named requires an approval',
  properties: {
    id,
    actions,
    message,
    mode,
    amounts: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['currencies', 'tiers'],
        properties: {
          currencies: {
            type: 'array',
            items: { type: 'string', pattern: '^[A-Z]{3}$' },
            minItems: 1,
            uniqueItems: true,
            description: 'ISO 4217 codes that these tiers hold for',
          },
          tiers: {
            type: 'array',
            minItems: 1,
            maxItems: 20,
            description: 'From small to large; none may ask for less than a smaller amount does',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['approval'],
              oneOf: [{ required: ['upTo'] }, { required: ['above'] }],
              properties: {
                upTo: amount('Amounts up to and including this one'),
                above: amount('The last tier: everything above the tier before it'),
                approval: tierApproval,
              },
            },
          },
        },
      },
    },
    otherwise: { ...approval, description: 'Who approves amounts in any other currency' },
  },
};

const key = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 120 },
  minItems: 1,
  description:
    'Requests that agree in all of these are counted together: arguments.<name>, subject.requestedBy, subject.tokenId, action.id',
};
const effect = {
  enum: ['block', 'require_approval'],
  description: 'What happens to the request that is one too many',
};
const LIMIT = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'actions', 'key', 'window', 'max', 'effect', 'message'],
  description:
    'A sum of amounts or a count of requests that may not be exceeded in a sliding window',
  properties: {
    id,
    actions,
    when: when(COUNTED),
    key,
    sum: {
      type: 'string',
      minLength: 1,
      maxLength: 120,
      description:
        "The action's amount, for example arguments.amount. Without it requests are counted",
    },
    window: duration('Length of the sliding window'),
    max: amount('Largest sum or count within the window, this request included'),
    effect,
    message,
    approval,
    mode,
  },
};

const DUPLICATES = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'actions', 'key', 'window', 'effect', 'message'],
  description: 'Finds a request that repeats an earlier one',
  properties: {
    id,
    actions,
    when: when(COUNTED),
    key: {
      ...key,
      description: `${key.description}. A request without one of them is not allowed either`,
    },
    window: duration('How far back an earlier request counts'),
    effect,
    message,
    approval,
    mode,
  },
};

const listOf = (items: object) => ({ type: 'array', items });

/** JSON Schema of a rules file (policies/*.yaml). */
export const RULES_FILE = {
  type: 'object',
  additionalProperties: false,
  properties: {
    defaults: {
      type: 'object',
      additionalProperties: false,
      required: ['approval'],
      description: 'What holds where a rule says nothing; one file of the bundle may have it',
      properties: { approval },
    },
    rules: listOf(RULE),
    tiers: listOf(TIERS),
    limits: listOf(LIMIT),
    duplicates: listOf(DUPLICATES),
  },
};
