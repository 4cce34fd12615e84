import { CONTROL_KINDS } from '../domain/stops/stop';
import type { JsonObject } from '../domain/request/request';
import { REQUEST_STATES } from '../domain/request/states';
import { whatIfSchemas } from './openapi-what-if';
import { policySchemas } from './policy-schemas';

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

const REASON = object(
  {
    ruleId: text,
    message: text,
    changes: {
      ...list(object({ fact: text, approved: {}, now: {} }, ['fact'])),
      description: 'What an approval bound and the ERP says otherwise now',
    },
  },
  ['ruleId', 'message'],
);
const EFFECT: JsonObject = { enum: ['allow', 'require_approval', 'recommend', 'block'] };
const TARGET = object({ kind: { enum: [...CONTROL_KINDS] }, id: text }, ['kind']);
const ISSUE = object({ pointer: text, code: text, message: text }, ['pointer', 'message']);

const STEP = object({ name: text, status: text, erpReference: text, evidence: text });

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
        effect: EFFECT,
        reasons: list(REASON),
        policyVersion: text,
        shadow: {
          ...list(object({ ruleId: text, message: text, effect: EFFECT, flips: EFFECT })),
          description: 'Rules on trial that objected; flips: the effect had the rule been enforced',
        },
      }),
      approval: object({ id: text, state: text, expiresAt: time, url: text }),
      execution: object({
        status: {
          enum: [
            'executing',
            'executed',
            'failed',
            'outcome_unknown',
            'compensating',
            'compensated',
            'compensation_failed',
          ],
        },
        knownBy: {
          enum: ['answer', 'look', 'never_sent', 'report', 'person'],
          description:
            'Whose word the outcome is, once there is one: the answer of the ERP, a search of it, the service that sent nothing, the holder of a permit, a person',
        },
        steps: list(STEP),
        undo: list(STEP),
        erpReference: text,
        result: anything,
        attempts: { type: 'integer' },
        message: text,
        nextLookAt: { ...time, description: 'When an unknown outcome is looked into again' },
        permit: object({ id: text, expiresAt: time, report: anything }),
        guarantee: text,
      }),
      stopped: {
        ...object({ reason: text, target: TARGET }, ['reason', 'target']),
        description: 'The stop that holds execution back now; absent without one',
      },
      needsPerson: { type: 'boolean' },
      resubmittedFrom: text,
      compensates: { ...text, description: 'Request that this one undoes' },
      compensatedBy: { ...text, description: 'Request that undoes this one' },
      inCharge: { ...text, description: 'Role that repairs what could not be undone' },
      restored: {
        type: 'object',
        description:
          'It came out of a backup: what cannot be searched in the ERP is sent only after an operator confirmed that it was not written',
        properties: {
          at: time,
          undoes: { const: true },
          confirmed: {
            type: 'object',
            properties: { by: text, at: time, evidence: text },
          },
        },
      },
      createdAt: time,
      updatedAt: time,
      links: object({ self: text, timeline: text, page: text, status: text }),
    },
    ['id', 'kind', 'state', 'message', 'traceId', 'needsPerson', 'links'],
  ),
  Permit: object({
    id: text,
    permit: { ...text, description: 'Secret to report the outcome with; shown once' },
    requestId: text,
    action: text,
    arguments: anything,
    idempotencyKey: text,
    expiresAt: time,
    guarantee: text,
  }),
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
    executor: { enum: ['service', 'external'] },
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
    shown: {
      ...anything,
      description:
        'Exactly what an approver confirms; `bound`: what of the facts the approval binds',
    },
    stages: list(object({ role: text, count: { type: 'integer' } })),
    comment: {
      enum: ['optional', 'required'],
      description: 'Whether an approving vote needs a comment',
    },
    evidence: { ...list(text), description: 'Names of what an approving vote must fill in' },
    votes: list(
      object({
        person: object({ email: text, name: text }),
        role: text,
        vote: { enum: ['approve', 'reject'] },
        stage: { type: 'integer' },
        comment: text,
        evidence: { ...anything, description: 'What the person filled in, by name' },
        at: time,
      }),
    ),
    expiresAt: time,
    createdAt: time,
    endedAt: time,
    twins: {
      ...list(object({ requestId: text, state: text })),
      description:
        'Other requests that ask for the same, as duplicates compare them, and how they stand now; those that may have been written first, at most 20. Only where one approval is read',
    },
  }),
  ApprovalPage: page('Approval', { nextCursor: text }),
  Control: object(
    {
      id: text,
      target: TARGET,
      reason: text,
      at: time,
      by: { ...text, description: 'Who stopped it: an e-mail, a token id, or the command line' },
      liftedAt: time,
      liftedBy: text,
      liftReason: text,
    },
    ['id', 'target', 'reason', 'at', 'by'],
  ),
  ControlPage: page('Control', { nextCursor: text }),
  ...whatIfSchemas,
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
    problemCount: { type: 'integer' },
    problems: list(
      object({
        code: text,
        sequence: { type: 'integer' },
        type: text,
        requestId: text,
        message: text,
      }),
    ),
  }),
  ...policySchemas,
  Problem: object(
    {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { ...text, description: 'Stable' },
      detail: { ...text, description: 'What to do' },
      errors: list(ISSUE),
      traceId: text,
      request: {
        ...object(
          {
            id: text,
            state: { enum: [...REQUEST_STATES] },
            links: object({ self: text, timeline: text, page: text, status: text }),
          },
          ['id', 'state', 'links'],
        ),
        description:
          'The request that exists although the call was refused; in full after the last check',
      },
      policy: {
        ...object({ version: text }, ['version']),
        description: 'The bundle that is stored, or activated, although the call was refused',
      },
    },
    ['type', 'title', 'status', 'code', 'detail', 'traceId'],
  ),
};
