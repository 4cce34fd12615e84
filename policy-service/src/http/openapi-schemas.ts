import type { JsonObject } from '../domain/request';
import { REQUEST_STATES } from '../domain/states';

const text: JsonObject = { type: 'string' };
const time: JsonObject = { type: 'string', format: 'date-time' };
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const anything: JsonObject = { type: 'object', additionalProperties: true };
const object = (properties: Record<string, JsonObject>, required?: string[]): JsonObject => ({
  type: 'object',
  properties,
  ...(required ? { required } : {}),
});
const page = (items: string, next: Record<string, JsonObject>): JsonObject =>
  object({ items: list(ref(items)), ...next }, ['items']);

const REASON = object({ ruleId: text, message: text }, ['ruleId', 'message']);
const ISSUE = object({ pointer: text, code: text, message: text }, ['pointer', 'message']);

/** Schemas of the answers, by the names that routes use. */
export const answerSchemas: Record<string, JsonObject> = {
  Request: object(
    {
      id: text,
      kind: { enum: ['action', 'compensation'] },
      state: { enum: [...REQUEST_STATES] },
      message: { ...text, description: 'One true sentence for the requester' },
      traceId: text,
      source: text,
      subject: object({ requestedBy: text, verified: { type: 'boolean' }, roles: list(text) }),
      requestText: text,
      intent: object({
        action: { type: ['string', 'null'] },
        arguments: anything,
        confidence: { type: 'number' },
        reasons: list(text),
        evidence: anything,
        extractor: text,
        model: text,
      }),
      validation: object({ valid: { type: 'boolean' }, errors: list(ISSUE) }),
      decision: object({
        effect: { enum: ['allow', 'require_approval', 'recommend', 'block'] },
        reasons: list(REASON),
        policyVersion: text,
        shadow: list(REASON),
      }),
      approval: object({ id: text, state: text, expiresAt: time, url: text }),
      execution: object({
        status: { enum: ['executing', 'executed', 'failed', 'outcome_unknown'] },
        steps: list(object({ name: text, status: text })),
        erpReference: text,
        result: anything,
        attempts: { type: 'integer' },
        message: text,
      }),
      needsPerson: { type: 'boolean' },
      resubmittedFrom: text,
      compensates: text,
      createdAt: time,
      updatedAt: time,
      links: object({ self: text, timeline: text, page: text, status: text }),
    },
    ['id', 'kind', 'state', 'message', 'traceId', 'needsPerson', 'links'],
  ),
  RequestPage: page('Request', { nextCursor: text }),
  Timeline: object({
    requestId: text,
    state: text,
    items: list(
      object({
        sequence: { type: 'integer' },
        at: time,
        type: text,
        actor: object({ kind: text, id: text }),
        moment: { enum: ['recommendation', 'confirmation', 'write_back'] },
        data: anything,
        leafHash: text,
      }),
    ),
    nextFrom: { type: 'integer' },
  }),
  Event: object({
    requestId: text,
    type: text,
    at: time,
    sequence: { type: 'integer' },
    leafHash: text,
  }),
  Action: object({
    id: text,
    version: { type: 'integer' },
    title: text,
    description: text,
    owner: text,
    class: { enum: ['read', 'workflow', 'write'] },
    risk: { enum: ['low', 'medium', 'high'] },
    stage: { enum: ['off', 'recommend', 'approve', 'auto'] },
    idempotency: { enum: ['A', 'B', 'C'] },
    compensation: {},
    schema: anything,
  }),
  ActionList: page('Action', {}),
  Approval: object({
    id: text,
    requestId: text,
    state: { enum: ['pending', 'approved', 'rejected', 'expired', 'cancelled', 'superseded'] },
    digest: text,
    policyVersion: text,
    shown: { ...anything, description: 'Exactly what an approver confirms' },
    stages: list(object({ role: text, count: { type: 'integer' } })),
    votes: list(
      object({
        person: object({ email: text, name: text }),
        role: text,
        vote: { enum: ['approve', 'reject'] },
        stage: { type: 'integer' },
        comment: text,
        at: time,
      }),
    ),
    expiresAt: time,
    createdAt: time,
    endedAt: time,
  }),
  ApprovalPage: page('Approval', { nextCursor: text }),
  Session: object({
    csrfToken: text,
    expiresAt: time,
    person: object({ email: text, name: text, roles: list(text) }),
  }),
  EntryPage: object({
    items: list(
      object({ sequence: { type: 'integer' }, entry: anything, canonical: text, leafHash: text }),
    ),
    nextFrom: { type: 'integer' },
  }),
  Checkpoint: object({ size: { type: 'integer' }, rootHash: text, note: text, verifierKey: text }),
  InclusionProof: object({
    sequence: { type: 'integer' },
    size: { type: 'integer' },
    leafHash: text,
    rootHash: text,
    path: list(text),
  }),
  ConsistencyProof: object({
    from: { type: 'integer' },
    to: { type: 'integer' },
    fromRoot: text,
    toRoot: text,
    path: list(text),
  }),
  Verification: object({
    valid: { type: 'boolean' },
    size: { type: 'integer' },
    rootHash: text,
    problems: list(object({ code: text, sequence: { type: 'integer' }, message: text })),
  }),
  Problem: object(
    {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { ...text, description: 'Stable' },
      detail: { ...text, description: 'What to do' },
      errors: list(ISSUE),
      traceId: text,
    },
    ['type', 'title', 'status', 'code', 'detail', 'traceId'],
  ),
};
