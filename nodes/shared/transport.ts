import type {
  IAllExecuteFunctions,
  IDataObject,
  IExecuteFunctions,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  IWebhookFunctions,
} from 'n8n-workflow';
import { asHeader } from './call-key';
import { limits } from './limits';
import { localProblem, type Problem, type ProblemDetail } from './problem';

/** Everything from which a node can call the service. */
export type ServiceContext = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions;

export interface ServiceCall {
  method: 'GET' | 'POST';
  /** Path with its parameters filled in, from `/v1` on. */
  path: string;
  /** Undefined values are left out. */
  query?: Record<string, string | number | undefined>;
  body?: IDataObject;
  idempotencyKey?: string;
}

/**
 * What became of a call. `settled` is true when the service itself refused, so that nothing was
 * changed by it; false when nobody here can say. `request` is the one that a refusal shows.
 */
export type ServiceResult<T> =
  { ok: true; value: T } | { ok: false; problem: Problem; settled: boolean; request?: unknown };

/** How the service marks the first answer to a call that was made before with the same key. */
const REPLAYED = 'idempotent-replayed';

export const CREDENTIAL = 'executionLayerApi';

/**
 * The one door to the policy service: JSON in, JSON out; it never throws. The first answer to a
 * call that was made before comes with `repeated: true`.
 */
export async function callService(
  context: ServiceContext,
  call: ServiceCall,
): Promise<ServiceResult<IDataObject>> {
  const result = await send(context, call);
  if (!result.ok) return result;
  const { text, repeated } = result.value;
  const value = parseObject(text);
  if (!value) return unreadable('It is not a JSON object.', 200);
  return { ok: true, value: repeated ? { ...value, repeated } : value };
}

/** The same door for an answer that is not JSON, such as an export. */
export async function callForText(
  context: ServiceContext,
  call: ServiceCall,
): Promise<ServiceResult<string>> {
  const result = await send(context, call);
  return result.ok ? { ok: true, value: result.value.text } : result;
}

async function send(
  context: ServiceContext,
  call: ServiceCall,
): Promise<ServiceResult<{ text: string; repeated: boolean }>> {
  let options: IHttpRequestOptions;
  try {
    options = await requestOptions(context, call);
  } catch (error) {
    return notAsked(error);
  }
  let response: { statusCode: number; body: unknown; headers: IDataObject };
  try {
    response = await context.helpers.httpRequestWithAuthentication.call(
      context as IAllExecuteFunctions,
      CREDENTIAL,
      options,
    );
  } catch (error) {
    return unreachable(error);
  }
  const text = typeof response.body === 'string' ? response.body : '';
  if (response.statusCode >= 200 && response.statusCode < 300) {
    return { ok: true, value: { text, repeated: response.headers[REPLAYED] === 'true' } };
  }
  return refused(text, response.statusCode);
}

async function requestOptions(
  context: ServiceContext,
  call: ServiceCall,
): Promise<IHttpRequestOptions> {
  const { baseUrl } = await context.getCredentials<{ baseUrl: string }>(CREDENTIAL);
  const query = Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined);
  return {
    method: call.method,
    url: baseUrl.replace(/\/+$/, '') + call.path,
    qs: Object.fromEntries(query) as IDataObject,
    headers: {
      accept: 'application/json, application/x-ndjson',
      ...(call.body ? { 'content-type': 'application/json' } : {}),
      ...(call.idempotencyKey ? { 'idempotency-key': asHeader(call.idempotencyKey) } : {}),
    },
    ...(call.body ? { body: JSON.stringify(call.body) } : {}),
    // Text, because n8n would hand a malformed JSON answer on as if it were a good one.
    encoding: 'text',
    timeout: limits.callTimeoutMs,
    returnFullResponse: true,
    ignoreHttpStatusErrors: true,
    disableFollowRedirect: true,
    sendCredentialsOnCrossOriginRedirect: false,
  };
}

function refused(text: string, status: number): ServiceResult<never> {
  const body = parseObject(text);
  if (!body || typeof body.code !== 'string') {
    return unreadable('It is neither a result nor a problem of the policy service.', status);
  }
  const { request, code, title, detail, errors, ...more } = body;
  const problem: Problem = {
    ...more,
    code: String(code),
    title: typeof title === 'string' ? title : `The policy service answered ${status}`,
    detail: typeof detail === 'string' ? detail : String(code),
    status,
    ...(Array.isArray(errors) && errors.length > 0 ? { errors: errors as ProblemDetail[] } : {}),
    ...requestIdOf(request),
  };
  // The two refusals after which the first of two calls, or half of a broken one, may have worked.
  const settled = code !== 'internal' && code !== 'concurrent_request';
  return { ok: false, problem, settled, request };
}

function requestIdOf(request: unknown): { requestId?: string } {
  const id = (request as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? { requestId: id } : {};
}

/** The call was not sent; one that was made before it may have been. */
function notAsked(error: unknown): ServiceResult<never> {
  const cause = error instanceof Error ? error.message : String(error);
  const problem = localProblem(
    'service_unreachable',
    'The policy service was not asked',
    `${cause.replace(/[.]?$/, '.')} Choose a credential of the policy service for this node, and check its base URL.`,
  );
  return { ok: false, problem, settled: false };
}

function unreachable(error: unknown): ServiceResult<never> {
  const cause = error instanceof Error ? error.message : String(error);
  const problem = localProblem(
    'service_unreachable',
    'The policy service did not answer',
    `${cause}. Check that the policy service runs and that the credential names its address.`,
  );
  return { ok: false, problem, settled: false };
}

/** @param status HTTP status that came with it */
export function unreadable(why: string, status: number): ServiceResult<never> {
  const problem = localProblem(
    'unreadable_answer',
    "The policy service's answer cannot be read",
    `${why} Check that the credential's base URL leads to the policy service and not to a proxy page (HTTP ${status}).`,
    status,
  );
  return { ok: false, problem, settled: false };
}

function parseObject(text: string): IDataObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as IDataObject) : undefined;
  } catch {
    return undefined;
  }
}
