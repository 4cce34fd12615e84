import type { Response } from 'express';
import { logBroken } from '../application/change/log-broken';
import { LogBroken } from '../application/ports';
import { AppError, retryAfter } from '../domain/errors';

/** What a body-parsing library throws; only these fields are used. */
interface LibraryError {
  status?: number;
  type?: string;
  /** Bytes. */
  limit?: number;
}

/** Any thrown value as one of our refusals; what is not ours is `internal` and says nothing more. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof LogBroken) return logBroken(error.problem);
  const { status, type, limit = 0 } = (error ?? {}) as LibraryError;
  if (type === 'entity.too.large') {
    return new AppError(
      'body_too_large',
      `The body is larger than ${Math.floor(limit / 1024)} KB.`,
    );
  }
  if (status === 415) {
    return new AppError(
      'unsupported_media_type',
      'Send an uncompressed or gzip JSON body in UTF-8.',
    );
  }
  if (status === 400) return new AppError('malformed_json', 'The body could not be read.');
  return new AppError(
    'internal',
    'Something went wrong on our side. The trace id finds it in the log.',
  );
}

/** RFC 9457 problem+json. */
export function sendProblem(res: Response, error: AppError, traceId: string): void {
  const seconds = retryAfter(error);
  if (seconds !== undefined) res.setHeader('Retry-After', String(seconds));
  res
    .status(error.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:execution-layer:problem:${error.code}`,
        title: error.code.replaceAll('_', ' '),
        status: error.status,
        code: error.code,
        detail: error.message,
        ...(error.errors.length > 0 ? { errors: error.errors } : {}),
        traceId,
        ...error.extra,
      }),
    );
}
