import { NodeApiError, type IDataObject, type INode, type JsonObject } from 'n8n-workflow';

/** One wrong place in what was sent: RFC 6901 pointer and a sentence on what to do. */
export interface ProblemDetail extends IDataObject {
  pointer: string;
  code?: string;
  message: string;
}

/**
 * Why a call brought nothing, as items carry it under `problem`, with whatever else the service
 * says about it (`state`, `reasons`, `traceId`).
 */
export interface Problem extends IDataObject {
  /** The service's stable code, or one of {@link LocalCode}. */
  code: string;
  title: string;
  /** A sentence that says what to do. */
  detail: string;
  /** HTTP status; 0 when no answer was received. */
  status: number;
  errors?: ProblemDetail[];
  /** The request that exists although the call was refused: Get Status can look at it. */
  requestId?: string;
}

/** Codes that the nodes give themselves, beside the service's own. */
export type LocalCode =
  | 'service_unreachable'
  | 'unreadable_answer'
  | 'invalid_parameter'
  | 'model_answer_unusable'
  | 'one_request_per_execution'
  | 'node_failed';

/** @param status HTTP status of the answer, 0 when there was none */
export function localProblem(code: LocalCode, title: string, detail: string, status = 0): Problem {
  return { code, title, detail, status };
}

/** True when the service could not be asked at all, so that the same call may succeed later. */
export function isOutage({ code, status }: Problem): boolean {
  return code === 'service_unreachable' || code === 'unreadable_answer' || status >= 500;
}

/** True when the same call may succeed in a moment: an outage, a limit, a twin still running. */
export function mayPass(problem: Problem): boolean {
  return isOutage(problem) || problem.status === 429 || problem.code === 'concurrent_request';
}

/** A problem that is raised while a node's own parameters are read. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
  }
}

/** What anything thrown looks like to the reader of an item. */
export function problemFromThrown(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return localProblem('node_failed', 'The node could not run on this item', detail);
}

/** The error that stops a workflow, naming the item it is about. */
export function toNodeError(node: INode, problem: Problem, itemIndex: number): NodeApiError {
  const places = (problem.errors ?? []).map(({ pointer, message }) => `${pointer}: ${message}`);
  return new NodeApiError(node, problem as JsonObject, {
    message: problem.title,
    description: [problem.detail, ...places].join('\n'),
    httpCode: String(problem.status),
    itemIndex,
  });
}
