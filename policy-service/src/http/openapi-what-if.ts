import type { JsonObject } from '../domain/request/request';

const text: JsonObject = { type: 'string' };
const time: JsonObject = { type: 'string', format: 'date-time' };
const count: JsonObject = { type: 'integer' };
const anything: JsonObject = { type: 'object', additionalProperties: true };
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const object = (properties: Record<string, JsonObject>, required?: string[]): JsonObject => ({
  type: 'object',
  properties,
  ...(required ? { required } : {}),
});

const EFFECT: JsonObject = { enum: ['allow', 'require_approval', 'recommend', 'block'] };
const OUTCOME: JsonObject = {
  enum: ['allow', 'require_approval', 'recommend', 'block', 'invalid'],
};
const REASON = object({ ruleId: text, message: text }, ['ruleId', 'message']);
const MONEY = object({ currency: text, amount: text }, ['currency', 'amount']);
const FLIP = object({ from: EFFECT, to: OUTCOME, count, money: list(MONEY) }, [
  'from',
  'to',
  'count',
  'money',
]);

/** Schemas of what simulate and the shadow report answer. */
export const whatIfSchemas: Record<string, JsonObject> = {
  WhatIf: { oneOf: [ref('Simulation'), ref('Replay')] },
  Simulation: object(
    {
      policyVersion: text,
      effect: OUTCOME,
      decision: { ...anything, description: 'As it would be stored; absent when invalid' },
      errors: list(object({ pointer: text, code: text, message: text })),
      rules: list(
        object({
          ruleId: text,
          kind: { enum: ['rule', 'limit', 'stage', 'check'] },
          mode: { enum: ['enforce', 'log_only'] },
          effect: EFFECT,
          result: { enum: ['matched', 'not_matched', 'error'] },
          why: text,
          values: anything,
        }),
      ),
      arguments: anything,
      facts: { ...anything, description: 'given or looked_up, by record' },
    },
    ['policyVersion', 'effect', 'errors', 'rules', 'arguments', 'facts'],
  ),
  Replay: object(
    {
      from: time,
      to: time,
      policyVersion: text,
      decisions: count,
      unchanged: count,
      changed: count,
      flips: list(FLIP),
      notReplayable: list(object({ why: text, count, requestIds: list(text) })),
      recountedLimits: list(text),
      complete: { type: 'boolean' },
      reached: time,
      items: list(
        object({
          requestId: text,
          at: time,
          action: text,
          requestedBy: text,
          state: text,
          from: EFFECT,
          to: OUTCOME,
          money: MONEY,
          before: list(REASON),
          after: list(REASON),
        }),
      ),
      nextCursor: text,
    },
    [
      'from',
      'to',
      'policyVersion',
      'decisions',
      'unchanged',
      'changed',
      'flips',
      'complete',
      'items',
    ],
  ),
  ShadowReport: object(
    {
      from: time,
      to: time,
      decisions: count,
      rules: list(
        object({
          ruleId: text,
          message: text,
          onTrial: { type: 'boolean' },
          matched: count,
          flipped: count,
          flips: list(FLIP),
        }),
      ),
      items: list(
        object({
          ruleId: text,
          requestId: text,
          at: time,
          action: text,
          requestedBy: text,
          from: EFFECT,
          to: EFFECT,
          money: MONEY,
        }),
      ),
      nextCursor: text,
    },
    ['from', 'to', 'decisions', 'rules', 'items'],
  ),
};
