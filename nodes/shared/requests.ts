import type { IDataObject } from 'n8n-workflow';
import { digestOf } from './call-key';
import {
  callService,
  unreadable,
  type ServiceCall,
  type ServiceContext,
  type ServiceResult,
} from './transport';

/** The service's answer for a request; parts that are not there yet are absent. */
export interface RequestAnswer extends IDataObject {
  id: string;
  state: string;
  validation?: { valid?: boolean } & IDataObject;
  decision?: { effect?: string } & IDataObject;
  approval?: { state?: string; expiresAt?: string } & IDataObject;
  /** The stop that holds its execution back now; absent without one. */
  stopped?: { reason?: string } & IDataObject;
}

/** Proposes a request; the service extracts its intent or takes the given one. */
export async function propose(
  context: ServiceContext,
  body: IDataObject,
  idempotencyKey: string,
): Promise<ServiceResult<RequestAnswer>> {
  return asRequest(
    await callService(context, { method: 'POST', path: '/v1/requests', body, idempotencyKey }),
  );
}

/** Reads the one truth about a request. */
export async function readRequest(
  context: ServiceContext,
  requestId: string,
): Promise<ServiceResult<RequestAnswer>> {
  return asRequest(
    await callService(context, { method: 'GET', path: pathOf(requestId) }),
    requestId,
  );
}

/** Sends a command to a request. */
export async function commandRequest(
  context: ServiceContext,
  requestId: string,
  command: 'validate' | 'decide' | 'execute' | 'callbacks' | 'outcome',
  more: { body?: IDataObject; idempotencyKey?: string } = {},
): Promise<ServiceResult<RequestAnswer>> {
  const path = `${pathOf(requestId)}/${command}`;
  return asRequest(
    await callOnce(context, { method: 'POST', path, body: more.body ?? {}, ...more }),
    requestId,
  );
}

/**
 * Sends a call whose key comes from the request. In other words than before (another reason for an
 * undo, another report) it is not a repeat: under a key of its content, the service judges it.
 */
async function callOnce(
  context: ServiceContext,
  call: ServiceCall,
): Promise<ServiceResult<IDataObject>> {
  const first = await callService(context, call);
  if (first.ok || !call.idempotencyKey || first.problem.code !== 'idempotency_key_reused') {
    return first;
  }
  const idempotencyKey = `${call.idempotencyKey}:${digestOf(call.body)}`;
  return callService(context, { ...call, idempotencyKey });
}

/** A permit as the service gives it; `permit` is its secret, which is told only once. */
export interface PermitAnswer extends IDataObject {
  requestId: string;
  permit?: string;
}

/** Asks for the one-time permit of a request. */
export async function askForPermit(
  context: ServiceContext,
  requestId: string,
): Promise<ServiceResult<PermitAnswer>> {
  const result = await callService(context, {
    method: 'POST',
    path: `${pathOf(requestId)}/permits`,
    body: {},
    idempotencyKey: `permit:${requestId}`,
  });
  if (!result.ok) return result;
  return result.value.requestId === requestId
    ? { ok: true, value: result.value as PermitAnswer }
    : unreadable(`It is no permit for request ${requestId}.`, 201);
}

/** Asks for the undo of an executed request; the answer is the new request that undoes it. */
export async function compensateRequest(
  context: ServiceContext,
  requestId: string,
  undo: { reason: string; requestedBy?: string },
): Promise<ServiceResult<RequestAnswer>> {
  const result = await callOnce(context, {
    method: 'POST',
    path: `${pathOf(requestId)}/compensate`,
    body: { ...undo },
    // From the request, so that a repeat finds the same undo.
    idempotencyKey: `compensate:${requestId}`,
  });
  if (result.ok && result.value.compensates !== requestId) {
    return unreadable(`It does not undo request ${requestId}.`, 201);
  }
  return asRequest(result);
}

/**
 * Sends a command that may have been sent before: when the service says that the request has
 * moved on, the truth is read instead.
 */
export async function commandOrTruth(
  context: ServiceContext,
  requestId: string,
  command: 'validate' | 'decide',
): Promise<ServiceResult<RequestAnswer>> {
  const first = await commandRequest(context, requestId, command);
  if (first.ok || first.problem.code !== 'illegal_transition') return first;
  return readRequest(context, requestId);
}

/** The request inside a refusal (`not_executable` carries it), if it is the one asked about. */
export function requestInRefusal(request: unknown, requestId: string): RequestAnswer | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const result = asRequest({ ok: true, value: request as IDataObject }, requestId);
  return result.ok ? result.value : undefined;
}

export function pathOf(requestId: string): string {
  return `/v1/requests/${encodeURIComponent(requestId)}`;
}

function asRequest(
  result: ServiceResult<IDataObject>,
  requestId?: string,
): ServiceResult<RequestAnswer> {
  if (!result.ok) return result;
  const { id, state } = result.value;
  if (typeof id !== 'string' || typeof state !== 'string') {
    return unreadable('It is not the answer for a request.', 200);
  }
  if (requestId !== undefined && id !== requestId) {
    return unreadable(`It is about request ${id}, not about ${requestId}.`, 200);
  }
  return { ok: true, value: result.value as RequestAnswer };
}
