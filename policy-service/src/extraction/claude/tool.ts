import type { Action } from '../../domain/catalogue/action';
import type { Json, JsonObject } from '../../domain/request/request';

export const TOOL_NAME = 'record_intent';

/** Keywords that tell a model what to write; bounds such as minimum stay the validator's business. */
const KEPT = ['type', 'enum', 'pattern', 'title', 'description'] as const;

/**
 * Input schema of the one tool: every action's arguments side by side, all optional, because a
 * request may leave out what the action needs.
 */
export function toolSchema(actions: Action[]): { type: 'object'; [key: string]: unknown } {
  const properties: JsonObject = {};
  for (const action of actions)
    for (const [name, property] of Object.entries(propertiesOf(action)))
      properties[name] = merge(properties[name], property);
  return {
    type: 'object',
    additionalProperties: false,
    required: ['action', 'arguments', 'evidence', 'confidence', 'doubts'],
    properties: {
      action: {
        enum: [...actions.map((action) => action.id), null],
        description: 'The one action that the text asks for, or null.',
      },
      arguments: { type: 'object', additionalProperties: false, properties },
      evidence: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.keys(properties).map((name) => [name, { type: 'string' }]),
        ),
        description: 'For each argument the exact words of the text that it was read from.',
      },
      confidence: {
        type: 'number',
        description: 'From 0 to 1; below 0.8 whenever a person should look at it.',
      },
      doubts: {
        type: 'array',
        items: { type: 'string' },
        description: 'What is unclear, one sentence each; empty when nothing is.',
      },
    },
  };
}

/** Schema properties of an action's arguments, by name. */
export function propertiesOf(action: Action): Record<string, JsonObject> {
  const { properties } = action.schema;
  if (!isObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => (isObject(value) ? [[name, value]] : [])),
  );
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An argument that several actions share loses what they disagree on. */
function merge(known: Json | undefined, property: JsonObject): JsonObject {
  const own: JsonObject = {};
  for (const key of KEPT) if (property[key] !== undefined) own[key] = property[key];
  if (!isObject(known)) return own;
  return Object.fromEntries(
    Object.entries(own).filter(
      ([key, value]) => JSON.stringify(known[key]) === JSON.stringify(value),
    ),
  );
}
