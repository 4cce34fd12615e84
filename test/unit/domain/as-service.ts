import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import { decide, type DecideInput } from '../../../policy-service/src/domain/decision/decide';
import type { Decision } from '../../../policy-service/src/domain/request/decision';
import { limitShare } from '../../../policy-service/src/domain/decision/limit';
import {
  compilePolicy,
  type ActionPolicy,
} from '../../../policy-service/src/domain/decision/policy';
import type {
  GovernedRequest,
  JsonObject,
} from '../../../policy-service/src/domain/request/request';
import type { ApprovalTerms, LimitRule } from '../../../policy-service/src/domain/decision/rule';
import {
  WEEKDAYS,
  type PlainDecision,
  type PlainPolicy,
  type PlainRequest,
  type PlainTerms,
} from './oracle/plain';
import { asCondition } from './oracle/render';

/** The oracle's policies and requests in the form that the service takes them. */

export const PAYMENT = {
  id: 'payment.create',
  version: 1,
  class: 'write',
  risk: 'medium',
  stage: 'auto',
  money: { amount: 'amount', currency: 'currency' },
  schema: {
    type: 'object',
    properties: {
      vendor_id: { type: 'string' },
      amount: { type: 'string' },
      currency: { type: 'string' },
      count: { type: 'integer' },
      memo: { type: 'string' },
      note: { type: 'string' },
      invoice_ref: { type: 'string' },
    },
  },
  entities: [
    {
      name: 'vendor',
      lookup: 'vendor',
      with: { vendor_id: 'vendor_id' },
      pointer: '/vendor_id',
      fields: { status: 'string' },
    },
    {
      name: 'invoice',
      lookup: 'invoice',
      with: { invoice_ref: 'invoice_ref' },
      pointer: '/invoice_ref',
      fields: { status: 'string' },
    },
  ],
} as unknown as Action;

/** @throws Error with the problems when the loader would refuse the policy */
export function compiled(plain: PlainPolicy): ActionPolicy {
  const action: Action = {
    ...PAYMENT,
    stage: plain.stage,
    ...(plain.requesterRoles ? { requesterRoles: plain.requesterRoles } : {}),
  };
  const common = (part: { id: string; onTrial: boolean }) => ({
    id: part.id,
    actions: [action.id],
    message: `${part.id} objects.`,
    mode: part.onTrial ? ('log_only' as const) : ('enforce' as const),
  });
  const { byAction, problems } = compilePolicy(
    [action],
    {
      rules: plain.rules.map((rule) => ({
        ...common(rule),
        when: asCondition(rule.when),
        effect: rule.effect,
        ...(rule.terms ? { approval: asTerms(rule.terms) } : {}),
      })),
      tiers: plain.tiers.map((tiers) => ({
        ...common(tiers),
        amounts: Object.entries(tiers.currencies).map(([currency, steps]) => ({
          currencies: [currency],
          tiers: steps.map(({ upTo, terms }) => ({
            ...(upTo === Number.MAX_SAFE_INTEGER ? {} : { upTo: asAmount(upTo) }),
            approval: terms === 'none' ? terms : asTerms(terms),
          })),
        })),
        ...(tiers.otherwise ? { otherwise: asTerms(tiers.otherwise) } : {}),
      })),
      limits: plain.limits.map((limit): LimitRule => ({
        ...common(limit),
        kind: limit.kind,
        key: [
          'arguments.vendor_id',
          'arguments.currency',
          ...(limit.byMemo ? ['arguments.memo'] : []),
        ],
        ...(limit.kind === 'sum' ? { sum: 'arguments.amount' } : {}),
        max:
          limit.kind === 'sum'
            ? asAmount(limit.max)
            : limit.kind === 'duplicates'
              ? '1'
              : String(limit.max),
        windowSeconds: 3600,
        ...(limit.when ? { when: asCondition(limit.when) } : {}),
        effect: limit.effect,
        ...(limit.terms ? { approval: asTerms(limit.terms) } : {}),
      })),
      defaultApproval: asTerms(plain.defaults),
    },
    'test',
  );
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return byAction.get(action.id) as ActionPolicy;
}

export function inputFor(policy: ActionPolicy, plain: PlainRequest): DecideInput {
  const now = new Date(Date.UTC(2026, 0, 5 + WEEKDAYS.indexOf(plain.weekday), plain.hour, 30));
  const values: JsonObject = {
    vendor_id: 'V-1',
    amount: asAmount(plain.cents),
    currency: plain.currency,
    ...(plain.count === undefined ? {} : { count: plain.count }),
    ...(plain.memo === undefined ? {} : { memo: plain.memo }),
    ...(plain.note === undefined ? {} : { note: plain.note }),
    ...(plain.invoiceRef === undefined ? {} : { invoice_ref: plain.invoiceRef }),
  };
  const fact = (value: JsonObject) => ({ value, fetchedAt: now.toISOString(), connectorId: 'erp' });
  const status = (text: string | undefined): JsonObject =>
    text === undefined ? {} : { status: text };
  const request = requestWith(values, plain);
  return {
    request,
    policy,
    policyVersion: policy.version,
    facts: {
      vendor: fact(status(plain.vendorStatus)),
      ...(plain.invoiceRef === undefined ? {} : { invoice: fact(status(plain.invoiceStatus)) }),
    },
    limits: policy.limits.map(({ rule: limit }) => ({
      limitId: limit.id,
      share: limitShare(limit, values, request.subject, policy.action.id),
      // Amounts are counted in ten-thousandths.
      used: BigInt(plain.used) * (limit.kind === 'sum' ? 100n : 1n),
    })),
    now,
    timeZone: 'UTC',
  };
}

function requestWith(values: JsonObject, plain: PlainRequest): GovernedRequest {
  return {
    id: 'req_1',
    kind: 'action',
    state: 'validated',
    traceId: '0'.repeat(32),
    subject: {
      tokenId: 'tok_1',
      tokenOwner: null,
      requestedBy: 'ana',
      verified: plain.verified,
      roles: plain.roles,
    },
    source: 'test',
    context: plain.channel === undefined ? {} : { channel: plain.channel },
    intent: {
      action: PAYMENT.id,
      arguments: values,
      confidence: plain.confidence,
      reasons: [],
      extractor: 'submitted',
    },
    actionVersion: 1,
    connectorId: 'erp',
    arguments: values,
    needsPerson: false,
    statusToken: 'x',
    statusExpiresAt: '2026-02-01T00:00:00.000Z',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  };
}

export function decideOn(policy: PlainPolicy, request: PlainRequest): Decision {
  return decide(inputFor(compiled(policy), request));
}

/** A decision in the oracle's words. */
export function asPlain(decision: Decision): PlainDecision {
  const { obligations } = decision;
  return {
    effect: decision.effect,
    reasons: decision.reasons.map(({ ruleId }) => ruleId),
    shadow: decision.shadow.map(({ ruleId, effect, flips }) => ({
      id: ruleId,
      effect,
      ...(flips === undefined ? {} : { flips }),
    })),
    ...(obligations
      ? {
          obligations: {
            stages: obligations.stages,
            seconds: obligations.expiresInSeconds,
            comment: obligations.comment === 'required',
            evidence: obligations.evidence,
          },
        }
      : {}),
  };
}

function asAmount(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

function asTerms({ stages, seconds, comment, evidence }: PlainTerms): ApprovalTerms {
  return {
    stages,
    expiresInSeconds: seconds,
    comment: comment ? 'required' : 'optional',
    evidence,
  };
}
