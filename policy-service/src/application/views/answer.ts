import type { Approval } from '../../domain/approval/approval';
import type { ExecutionStep } from '../../domain/request/execution';
import { knownBy } from '../../domain/request/known-by';
import type { GovernedRequest } from '../../domain/request/request';
import type { RequestState } from '../../domain/request/states';
import type { Deps } from '../change/deps';
import { messageFor } from './message';
import { WEAKER_GUARANTEE } from '../execution/permits/weaker-guarantee';
import { statusLink } from '../change/status-link';

/** The public form of a request; parts that are not there yet are undefined, so absent in JSON. */
export interface RequestAnswer {
  id: string;
  state: string;
  [member: string]: unknown;
}

/** States in which the deadline says when the service looks into it again. */
const LOOKED_INTO: ReadonlySet<RequestState> = new Set(['outcome_unknown', 'compensating']);

export function requestAnswer(
  deps: Pick<Deps, 'sealer' | 'settings'>,
  request: GovernedRequest,
  approval: Approval | undefined,
): RequestAnswer {
  const { publicUrl } = deps.settings;
  const { intent, validation, decision, execution } = request;
  const api = `${publicUrl}/v1/requests/${request.id}`;
  return {
    id: request.id,
    kind: request.kind,
    state: request.state,
    message: messageFor(request, approval),
    traceId: request.traceId,
    source: request.source,
    subject: {
      requestedBy: request.subject.requestedBy,
      verified: request.subject.verified,
      ...(request.subject.roles.length > 0 ? { roles: request.subject.roles } : {}),
    },
    requestText: request.requestText,
    intent: intent && {
      action: intent.action,
      arguments: request.arguments ?? intent.arguments,
      confidence: intent.confidence,
      reasons: intent.reasons,
      evidence: intent.evidence,
      extractor: intent.extractor,
      model: intent.model,
    },
    validation: validation && { valid: validation.valid, errors: validation.errors },
    decision: decision && {
      effect: decision.effect,
      reasons: decision.reasons,
      policyVersion: decision.policyVersion,
      ...(decision.shadow.length > 0 ? { shadow: decision.shadow } : {}),
    },
    approval: approval && {
      id: approval.id,
      state: approval.state,
      expiresAt: approval.expiresAt,
      url: `${publicUrl}/inbox/${approval.id}`,
    },
    execution: execution && {
      status: execution.status,
      knownBy: knownBy(execution),
      steps: execution.steps.map(stepAnswer),
      undo: execution.undo?.map(stepAnswer),
      erpReference: execution.erpReference,
      result: execution.result,
      attempts: execution.attempts.length,
      message: execution.message,
      nextLookAt: LOOKED_INTO.has(request.state) ? request.deadline : undefined,
      permit: execution.permit && {
        id: execution.permit.id,
        expiresAt: execution.permit.expiresAt,
        report: execution.permit.report,
      },
      guarantee: execution.permit && WEAKER_GUARANTEE,
    },
    needsPerson: request.needsPerson,
    resubmittedFrom: request.resubmittedFrom,
    compensates: request.compensates,
    compensatedBy: request.compensatedBy,
    inCharge: request.inCharge,
    restored: request.restored,
    createdAt: request.createdAt,
    updatedAt: request.updatedAt,
    links: {
      self: api,
      timeline: `${api}/timeline`,
      page: `${publicUrl}/requests/${request.id}`,
      status: statusLink(deps, request),
    },
  };
}

function stepAnswer({
  name,
  status,
  erpReference,
  evidence,
}: ExecutionStep): Partial<ExecutionStep> {
  return { name, status, erpReference, evidence };
}
