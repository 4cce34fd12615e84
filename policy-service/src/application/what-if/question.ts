import type { JsonObject } from '../../domain/request/request';

const text = (maxLength: number, description: string): JsonObject => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

/** A request that nobody sent, and what is assumed around it. */
export interface Question {
  action: string;
  arguments: JsonObject;
  requestedBy: string;
  /** Asks as a verified person with these roles; absent: as the caller's token would. */
  roles?: string[];
  source?: string;
  confidence?: number;
  context?: JsonObject;
  /** ISO 8601; absent: now. */
  at?: string;
  /** Records by entity name, null where the ERP has none; what is absent is looked up now. */
  facts?: Record<string, JsonObject | null>;
  /** What others hold of a limit, by limit id; what is absent is read from the store. */
  used?: Record<string, string>;
}

/** JSON Schema of a question. */
export const QUESTION_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['action', 'arguments', 'requestedBy'],
  properties: {
    action: text(80, 'Catalogue id'),
    arguments: { type: 'object', description: 'Arguments of the action' },
    requestedBy: text(200, 'Who would ask'),
    roles: {
      type: 'array',
      items: text(80, 'Role'),
      maxItems: 20,
      description:
        'Ask as a verified person with these roles; absent: as the calling token would ask',
    },
    source: text(80, 'Where it would come from; "tool" when absent'),
    confidence: { type: 'number', minimum: 0, maximum: 1, description: '1 when absent' },
    context: { type: 'object', description: 'What the proposer would send along' },
    at: text(
      40,
      'Moment of the decision (ISO 8601), for example 2026-11-18T10:00:00Z; now when absent',
    ),
    facts: {
      type: 'object',
      additionalProperties: { type: ['object', 'null'] },
      description:
        'Records of the ERP by name, null where it has none; what is absent is looked up now',
    },
    used: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: '^(0|[1-9][0-9]{0,11})([.][0-9]{1,4})?$' },
      description: 'What others hold of a limit, by limit id; what is absent is as it stands now',
    },
  },
};
