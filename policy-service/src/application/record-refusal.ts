import type { AppError, ErrorCode } from '../domain/errors';
import { actorOf, type Caller } from './caller';
import type { Deps } from './deps';

/** Not attempts on a request: nothing there, our own failure, or too many calls. */
const NOT_RECORDED: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'internal',
  'storage_unavailable',
  'rate_limited',
]);

/**
 * Leaves an entry on a request's timeline when a command on it was refused. The refusal is told
 * all the same when the entry cannot be written: it changed nothing.
 */
export async function recordRefusal(
  deps: Deps,
  caller: Caller,
  requestId: string,
  command: string,
  error: AppError,
): Promise<void> {
  if (NOT_RECORDED.has(error.code)) return;
  try {
    await deps.store.commit({
      audit: [
        {
          type: 'request.command_refused',
          at: deps.clock.now().toISOString(),
          requestId,
          traceId: caller.traceId,
          actor: actorOf(caller),
          data: { command, code: error.code, message: error.message },
        },
      ],
    });
  } catch (cause) {
    deps.log.error({ err: String(cause), requestId }, 'a refused command could not be recorded');
  }
}
