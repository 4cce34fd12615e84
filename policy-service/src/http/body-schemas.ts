import type { JsonObject } from '../domain/request';

const text = (maxLength: number, description: string): JsonObject => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

const object = (properties: Record<string, JsonObject>, required: string[] = []): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

export const REQUEST_TEXT = text(8000, 'What somebody asked for, in plain words');
/** No control, format or other invisible characters: what reads the same must be the same. */
const visible = (maxLength: number, description: string): JsonObject => ({
  type: 'string',
  maxLength,
  description,
  pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]+$',
});
const REQUESTED_BY = visible(200, 'Who asked for it: a claim, for example an e-mail address');
const SOURCE = visible(80, 'Where it came from, for example "webhook"');
const CONTEXT: JsonObject = { type: 'object', description: 'Anything that helps a reader later' };
const ARGUMENTS: JsonObject = { type: 'object', description: 'Arguments of the action' };
const CONFIDENCE: JsonObject = {
  type: 'number',
  minimum: 0,
  maximum: 1,
  description: 'How sure the proposer is; may tighten a decision, never loosen it',
};

const INTENT = object(
  {
    action: { anyOf: [text(80, 'Catalogue id'), { type: 'null' }] },
    arguments: ARGUMENTS,
    confidence: CONFIDENCE,
    model: text(120, 'Model that formed the intent'),
  },
  ['action', 'arguments', 'confidence'],
);

export const PROPOSAL = {
  ...object(
    {
      source: SOURCE,
      requestedBy: REQUESTED_BY,
      requestText: REQUEST_TEXT,
      intent: INTENT,
      context: CONTEXT,
    },
    ['source', 'requestedBy'],
  ),
  anyOf: [{ required: ['requestText'] }, { required: ['intent'] }],
} as JsonObject;

export const RESUBMISSION = {
  ...object({ requestText: REQUEST_TEXT, intent: INTENT }),
  anyOf: [{ required: ['requestText'] }, { required: ['intent'] }],
} as JsonObject;

export const TOOL_CALL = object(
  {
    source: SOURCE,
    requestedBy: REQUESTED_BY,
    arguments: ARGUMENTS,
    confidence: CONFIDENCE,
    context: CONTEXT,
    execute: { type: 'boolean', description: 'Execute at once when the decision is allow' },
  },
  ['requestedBy', 'arguments'],
);

export const NOTHING = object({});
export const CANCELLATION = object({ reason: text(500, 'Why it is cancelled') });
export const CALLBACK = object(
  { resumeUrl: text(2000, 'Signed resume URL of the waiting n8n execution') },
  ['resumeUrl'],
);
export const FINDING = object(
  {
    happened: { type: 'boolean', description: 'Whether the ERP holds the write' },
    evidence: text(1000, 'Where that can be seen'),
    erpReference: text(120, 'Number under which the ERP holds it'),
  },
  ['happened', 'evidence'],
);
export const EVENT = object(
  {
    type: {
      type: 'string',
      pattern: '^[a-z][a-z0-9_.-]{0,79}$',
      description: 'Kind of event, lower case, for example "requester.told"',
    },
    message: text(1000, 'One sentence for a reader'),
    data: { type: 'object', description: 'Anything else' },
  },
  ['type', 'message'],
);
export const BALLOT = object(
  {
    vote: { enum: ['approve', 'reject'] },
    digest: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'Digest of the approval that you were shown',
    },
    comment: text(1000, 'Why'),
  },
  ['vote', 'digest'],
);
export const CREDENTIALS = object({ email: text(200, 'E-mail'), password: text(200, 'Password') }, [
  'email',
  'password',
]);
