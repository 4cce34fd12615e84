import { requestAnswer, type RequestAnswer } from '../application/views/answer';
import { assertMayReach } from '../application/change/caller';
import { AppError } from '../domain/errors';
import type { GovernedRequest } from '../domain/request/request';
import { mayHaveBeenWritten } from '../domain/request/restored';
import { isTerminal, targetsOf } from '../domain/request/states';
import type { Route, RouteContext } from './route';

/**
 * The refusal of a call, with the request that exists all the same: the one that the call made
 * before it was refused, or the one that an outage kept from going on. Without it a caller would
 * take a request that can be executed for one that is not there.
 */
export async function withWhatExists(
  route: Route,
  context: RouteContext,
  refusal: AppError,
): Promise<AppError> {
  if (route.method === 'get') return refusal;
  const made =
    route.answer === 'Request' ? (context.stored as RequestAnswer | undefined) : undefined;
  const named = route.path.startsWith('/v1/requests/{id}') ? context.params['id'] : undefined;
  if (!made && !named) return sayThatNothingWasMade(route, refusal);
  if (!made && refusal.status < 500) return refusal;
  const request = await standing(context, made?.id ?? named ?? '');
  if (request) {
    const unsent = !request.execution && !mayHaveBeenWritten(request);
    const stands = `The request ${request.id} exists and is ${words(request.state)}${unsent ? '; nothing was sent to the ERP' : ''}.`;
    const { id, state, links } = requestAnswer(context.deps, request, undefined);
    return saying(refusal, made ? `${stands} ${wayOn(context, request)}`.trim() : stands, {
      id,
      state,
      links,
    });
  }
  if (!made) return refusal;
  const { id, state, links } = made;
  return saying(
    refusal,
    `The request ${id} was stored as ${words(state)}; how it stands now could not be read. ${again(context)}.`,
    { id, state, links },
  );
}

/** The request as it is now, if it can be read and this caller may know of it. */
async function standing(
  { deps, caller }: RouteContext,
  id: string,
): Promise<GovernedRequest | undefined> {
  try {
    const found = await deps.store.request(id);
    if (found) assertMayReach(caller, found.value);
    return found?.value;
  } catch {
    // The refusal itself has to be told, whatever becomes of this.
    return undefined;
  }
}

/** Facts are looked up before anything is stored, so this is certain. */
function sayThatNothingWasMade(route: Route, refusal: AppError): AppError {
  const certain = route.answer === 'Request' && refusal.code === 'facts_unavailable';
  return certain ? saying(refusal, 'No request was made.') : refusal;
}

function wayOn(context: RouteContext, { state }: GovernedRequest): string {
  if (isTerminal(state)) return '';
  const open = targetsOf(state, 'cancel').length > 0;
  if (state === 'awaiting_approval') return `${again(context)} once it is approved, or cancel it.`;
  return `${again(context)}${open ? ', or cancel it' : ''}.`;
}

/** Without a key, the same call would make another request. */
function again({ req }: RouteContext): string {
  return req.get('idempotency-key') === undefined
    ? 'Carry on with this request'
    : 'Send the same call with the same Idempotency-Key to carry on';
}

function words(state: string): string {
  return state.replaceAll('_', ' ');
}

/** A fuller request that the refusal carries already stays. */
function saying(refusal: AppError, sentence: string, request?: object): AppError {
  const extra = request ? { request, ...refusal.extra } : refusal.extra;
  return new AppError(refusal.code, `${refusal.message} ${sentence}`, extra, refusal.errors);
}
