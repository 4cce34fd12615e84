import type { Response } from 'express';
import { logBroken } from '../application/change/log-broken';
import { LogBroken } from '../application/ports';
import { AppError, retryAfter } from '../domain/errors';
import { libraryRefusal } from '../web/library-refusal';

/** Any thrown value as one of our refusals; what is not ours is `internal` and says nothing more. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof LogBroken) return logBroken(error.problem);
  const refusal = libraryRefusal(error);
  if (refusal) return refusal;
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
