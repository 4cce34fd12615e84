import type { AppError, ErrorCode } from '../../domain/errors';
import { actorOf, type Caller } from './caller';
import type { Deps } from './deps';

/** Not attempts on a request: nothing there, our own failure, or too many calls. */
const NOT_RECORDED: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'internal',
  'storage_unavailable',
  'log_broken',
  'rate_limited',
]);

/**
 * Leaves an entry on a request's timeline when a command on it was refused; repeats of a minute are
 * one with their count. The refusal is told all the same when the entry cannot be written: it
 * changed nothing.
 */
export async function recordRefusal(
  deps: Pick<Deps, 'calls'>,
  caller: Caller,
  requestId: string,
  command: string,
  error: AppError,
): Promise<void> {
  if (NOT_RECORDED.has(error.code)) return;
  await deps.calls.note(
    {
      type: 'request.command_refused',
      actor: actorOf(caller),
      requestId,
      traceId: caller.traceId,
      data: { command, code: error.code },
      detail: { message: error.message },
    },
    error,
  );
}
