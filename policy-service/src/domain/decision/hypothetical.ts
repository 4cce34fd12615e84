import { isReferenced, type EntityReference } from '../catalogue/action';
import type { Bundle } from './bundle';
import type { Undecided } from './decide';
import { scopeOf } from './decision-scope';
import type { Decision } from '../request/decision';
import { DIGEST_VERSION } from '../request/digest';
import { explain, type Explanation } from './explain';
import type { FactRecord } from '../request/facts';
import { concerns } from './judge-limit';
import { limitShare, type LimitShare } from './limit';
import type { LimitHeld } from './limit-held';
import { missingEntityIssues } from '../catalogue/missing-entities';
import type { ActionPolicy } from './policy';
import type { GovernedRequest, JsonObject, Subject, ValidationIssue } from '../request/request';
import type { LimitRule } from './rule';
import { unknownActionDecision } from '../catalogue/unknown-action';

/** A request that nobody sent: what it would say. */
export interface Hypothetical {
  action: string;
  arguments: JsonObject;
  subject: Subject;
  source: string;
  confidence: number;
  context: JsonObject;
}

/** What would come of it: the whole explanation, or what is wrong with the request. */
export type Verdict =
  | { valid: true; decision: Decision; explanation: Explanation }
  /** The catalogue does not know the action. */
  | { valid: true; decision: Decision; explanation?: undefined }
  | { valid: false; errors: ValidationIssue[] };

/** A hypothetical request as far as the catalogue alone can judge it. */
export type Checked =
  | { verdict: Verdict }
  | {
      verdict?: undefined;
      request: GovernedRequest;
      policy: ActionPolicy;
      /** Records of the ERP that a decision needs. */
      referenced: EntityReference[];
      /** Limits with what this request takes from each; undefined where a value is missing. */
      shares: { limit: LimitRule; share?: LimitShare }[];
    };

/** A request as the service would have stored it after validation; its id is not a real one. */
export function hypotheticalRequest(asked: Hypothetical, now: Date): GovernedRequest {
  const at = now.toISOString();
  return {
    id: 'req_hypothetical',
    kind: 'action',
    state: 'extracted',
    traceId: '',
    subject: asked.subject,
    source: asked.source,
    context: asked.context,
    intent: {
      action: asked.action,
      arguments: asked.arguments,
      confidence: asked.confidence,
      reasons: [],
      extractor: 'submitted',
    },
    needsPerson: false,
    statusToken: '',
    statusExpiresAt: at,
    createdAt: at,
    updatedAt: at,
  };
}

/** Holds a request that is not validated yet against the catalogue of a bundle. */
export function checkAgainst(bundle: Bundle, request: GovernedRequest, now: Date): Checked {
  const { intent } = request;
  const action = intent?.action ? bundle.action(intent.action) : undefined;
  const policy = action && bundle.policy(action.id);
  if (!intent || !action || !policy) {
    return {
      verdict: { valid: true, decision: unknownActionDecision(request, bundle.version, now) },
    };
  }
  const check = request.arguments
    ? bundle.checkArguments(action, request.arguments, 'stored')
    : bundle.checkArguments(action, intent.arguments);
  if (!check.ok) return { verdict: { valid: false, errors: check.errors } };
  const values = check.arguments;
  return {
    request: {
      ...request,
      state: 'validated',
      ...(request.arguments ? {} : { digestVersion: DIGEST_VERSION }),
      arguments: values,
      actionVersion: action.version,
      connectorId: action.connector,
    },
    policy,
    referenced: action.entities.filter((entity) => isReferenced(entity, values)),
    shares: policy.limits.map(({ rule: limit }) => ({
      limit,
      share: limitShare(limit, values, request.subject, action.id),
    })),
  };
}

/**
 * The decision on a checked request with its explanation.
 * @param facts records by entity name; one that is referenced and not there makes it invalid
 * @param held what other requests hold of each limit that concerns the request
 */
export function judge(
  { request, policy, referenced, shares }: Exclude<Checked, { verdict: Verdict }>,
  facts: Record<string, FactRecord>,
  held: (limit: LimitRule, share: LimitShare | undefined) => LimitHeld,
  now: Date,
  timeZone: string,
): Verdict {
  const missing = referenced.filter(({ name }) => facts[name] === undefined);
  if (missing.length > 0) {
    return { valid: false, errors: missingEntityIssues(missing, request.arguments ?? {}) };
  }
  const input: Undecided = {
    request,
    policy,
    policyVersion: policy.version,
    facts: Object.fromEntries(referenced.map(({ name }) => [name, facts[name] as FactRecord])),
    now,
    timeZone,
  };
  const scope = scopeOf(input);
  const concerned = policy.limits.filter((limit) => concerns(limit, scope));
  const limits = shares.flatMap(({ limit, share }) => {
    if (!concerned.some(({ rule }) => rule === limit)) return [];
    const { units, holders } = held(limit, share);
    return [{ limitId: limit.id, share, used: units, holders }];
  });
  const explanation = explain({ ...input, limits });
  return { valid: true, decision: explanation.decision, explanation };
}
