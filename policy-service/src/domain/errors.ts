/** Every refusal has one of these codes; `status` is the HTTP status it is told with. */
export const ERROR_STATUS = {
  malformed_json: 400,
  malformed_encoding: 400,
  malformed_url: 400,
  incomplete_body: 400,
  invalid_body: 400,
  invalid_parameter: 400,
  idempotency_key_missing: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  insufficient_scope: 403,
  action_not_permitted: 403,
  csrf_failed: 403,
  not_an_approver: 403,
  self_approval: 403,
  permit_invalid: 403,
  callback_host_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  illegal_transition: 409,
  not_executable: 409,
  approval_closed: 409,
  digest_mismatch: 409,
  already_voted: 409,
  concurrent_request: 409,
  already_exists: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  bundle_invalid: 422,
  bundle_too_costly: 422,
  rate_limited: 429,
  internal: 500,
  facts_unavailable: 503,
  connector_unavailable: 503,
  storage_unavailable: 503,
  log_broken: 503,
  policy_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Refusals that end by themselves. */
const TRY_AGAIN: ReadonlySet<ErrorCode> = new Set([
  'rate_limited',
  'facts_unavailable',
  'connector_unavailable',
  'storage_unavailable',
]);
const TRY_AGAIN_SECONDS = 5;

/** One wrong place in an input: RFC 6901 pointer, stable code, a sentence on what to do. */
export interface ErrorDetail {
  pointer: string;
  code?: string;
  message: string;
}

/** What ends a refusal: time (`silent`), or only somebody who mends what its message names. */
export type Remedy = 'silent' | 'mend';

/** When the same call may be worth sending again. */
export function againOnce(remedy: Remedy): string {
  return remedy === 'silent'
    ? 'Send the same call again later.'
    : 'Send the same call again once somebody has mended this; until then it is refused the same way.';
}

/**
 * A refusal with a stable code and a sentence that says what to do.
 * `extra` members are added to the problem+json answer (RFC 9457).
 */
export class AppError extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly extra: Record<string, unknown> = {},
    readonly errors: ErrorDetail[] = [],
  ) {
    super(message);
    this.name = 'AppError';
    this.status = ERROR_STATUS[code];
  }
}

/** Seconds after which the same call may succeed; undefined for a refusal that does not end by itself. */
export function retryAfter({ code, extra }: AppError): number | undefined {
  // What somebody has to mend does not end by waiting.
  if (!TRY_AGAIN.has(code) || extra['remedy'] === 'mend') return undefined;
  return typeof extra['retryAfter'] === 'number' ? extra['retryAfter'] : TRY_AGAIN_SECONDS;
}
