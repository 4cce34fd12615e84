import type { Request } from 'express';
import type { Caller } from '../application/change/caller';
import type { Call } from '../application/change/call-records';
import type { Deps } from '../application/change/deps';
import type { AppError } from '../domain/errors';
import { callerAddress } from '../web/caller-address';
import { authenticate, formerToken } from './authenticate';
import type { Access } from './route';

/** What is asked of the service where no route answers. */
export const NO_ROUTE = 'unknown';

/** A call as the log names it: the template of its route, so that nothing that was sent is in it. */
export function callOf(req: Request, route: string, traceId: string, caller?: Caller): Call {
  return { caller, address: callerAddress(req), traceId, route: `${req.method} ${route}` };
}

/**
 * Leaves an entry of a refused call.
 * @param caller absent where nobody could be identified
 */
export async function noteRefusal(
  deps: Deps,
  req: Request,
  route: string,
  traceId: string,
  error: AppError,
  caller?: Caller,
): Promise<void> {
  const call = callOf(req, route, traceId, caller);
  const former = caller ? undefined : await orNothing(formerToken(deps, req));
  await deps.calls.refused({ ...call, formerToken: former }, error);
}

/** Whom the token or session of a call names that no route looks into. */
export function whoeverCalls(
  deps: Deps,
  req: Request,
  traceId: string,
): Promise<Caller | undefined> {
  const anybody: Access = { kind: 'token', scopes: [], orPeople: true };
  return orNothing(authenticate(deps, req, anybody, traceId));
}

/** The refusal is told whether or not more can be found out about its caller. */
function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch(() => undefined);
}
