import { CONTROL_KINDS } from '../domain/stops/stop';
import type { JsonObject } from '../domain/request/request';
import { object, text } from './schema-parts';

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
export const COMPENSATION = object(
  { reason: text(500, 'Why it is undone'), requestedBy: REQUESTED_BY },
  ['reason'],
);
export const OUTCOME_REPORT = object(
  {
    permit: text(200, 'The permit that was given'),
    outcome: {
      enum: ['executed', 'failed', 'unknown'],
      description: 'failed: nothing was written, for certain; when in doubt, unknown',
    },
    erpReference: text(200, 'Number under which the system of record holds it'),
    result: { type: 'object', description: 'Anything that it answered' },
    message: text(500, 'One sentence on what happened'),
  },
  ['permit', 'outcome'],
);
export const STOP = object(
  {
    target: object(
      {
        kind: {
          enum: [...CONTROL_KINDS],
          description: 'What is stopped; requester: every request that names this person',
        },
        id: text(200, 'Which one; left out for the kind "all"'),
      },
      ['kind'],
    ),
    reason: text(500, 'Why; shown to everybody who is held back'),
  },
  ['target', 'reason'],
);
export const LIFT = object({ reason: text(500, 'Why execution may go on') }, ['reason']);
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
const EVIDENCE_LENGTH = 500;
export const BALLOT = object(
  {
    vote: { enum: ['approve', 'reject'] },
    digest: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'Digest of the approval that you were shown',
    },
    comment: text(1000, 'Why; some approvals require it'),
    evidence: {
      type: 'object',
      maxProperties: 10,
      additionalProperties: text(EVIDENCE_LENGTH, 'What is filled in'),
      description: 'What the approval asks its approvers for, by name',
    },
  },
  ['vote', 'digest'],
);
export const CREDENTIALS = object({ email: text(200, 'E-mail'), password: text(200, 'Password') }, [
  'email',
  'password',
]);
