import { PART_KINDS } from '../application/policies/bundle-reader';
import type { JsonObject } from '../domain/request/request';

/** A whole bundle is larger than other bodies. */
export const MAX_BUNDLE_BYTES = 1024 * 1024;

/** Files of one bundle. */
export const MAX_FILES = 200;

const REASON: JsonObject = {
  type: 'string',
  minLength: 1,
  maxLength: 500,
  description: 'Why; it is recorded and shown',
};

/** Body of POST /v1/policies. */
export const BUNDLE_BODY: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['files'],
  properties: {
    files: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_FILES,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['path', 'text'],
        properties: {
          path: {
            type: 'string',
            maxLength: 140,
            description: 'catalogue/, policies/, connectors/ or tests/, then <name>.yaml',
          },
          text: { type: 'string', description: 'Content of the file' },
        },
      },
      description: 'Every file of the bundle',
    },
  },
};

/** Body of an activation and of a rollback. */
export const ACTIVATION_BODY: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['reason'],
  properties: { reason: REASON },
};

const text: JsonObject = { type: 'string' };
const time: JsonObject = { type: 'string', format: 'date-time' };
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const object = (properties: Record<string, JsonObject>): JsonObject => ({
  type: 'object',
  properties,
});
const change: JsonObject = { enum: ['added', 'removed', 'changed'] };
const summary = { version: text, createdAt: time, createdBy: text };
const activation = { version: text, at: time, by: text, reason: text };

/** Schemas of the answers about policies. */
export const policySchemas: Record<string, JsonObject> = {
  PolicyList: object({
    active: object(activation),
    problem: { ...text, description: 'Why the active one cannot be used: everything is blocked' },
    problems: {
      ...list(text),
      description: 'What stricter checks find in the active one; only what is unsafe is blocked',
    },
    questions: { ...list(text), description: 'What its author should say' },
    bundles: list(object({ ...summary, active: { type: 'boolean' } })),
    activations: list(object(activation)),
    nextCursor: text,
  }),
  StoredPolicy: object({ ...summary, casesPassed: { type: 'integer' } }),
  Policy: object({
    ...summary,
    active: { type: 'boolean' },
    files: list(object({ path: text, text })),
  }),
  PolicyActivation: object({
    ...activation,
    changed: { type: 'boolean', description: 'False when it was active already' },
    from: { ...text, description: 'The version that was active before' },
  }),
  PolicyDiff: object({
    from: text,
    to: text,
    parts: list(
      object({
        kind: { enum: [...PART_KINDS] },
        id: text,
        change,
        fields: list(object({ path: text, from: {}, to: {} })),
      }),
    ),
    files: list(object({ path: text, change, lines: list(text) })),
  }),
};
