import type { EntryBody } from '../../audit/entry';
import { AppError } from '../../domain/errors';
import type { Person, TokenRecord } from '../../domain/identity/identity';
import type { GovernedRequest } from '../../domain/request/request';

/** Who makes a call: never the requester that a body claims. */
export type Caller =
  | { kind: 'token'; token: TokenRecord; traceId: string }
  | { kind: 'person'; person: Person; traceId: string }
  | { kind: 'service'; id: string; traceId: string };

/** The caller as the log names it: a token by its id, a person by e-mail. */
export function actorOf(caller: Caller): EntryBody['actor'] {
  switch (caller.kind) {
    case 'token':
      return { kind: 'token', id: caller.token.id };
    case 'person':
      return { kind: 'person', id: caller.person.email };
    case 'service':
      return { kind: 'service', id: caller.id };
  }
}

/** The service itself, for work that no caller began (expiry, recovery). */
export function serviceCaller(id: string, traceId: string): Caller {
  return { kind: 'service', id, traceId };
}

/** Whether a caller's list of actions, if it has one, holds an action. */
export function mayUse(caller: Caller, action: string): boolean {
  return caller.kind !== 'token' || (caller.token.actions?.includes(action) ?? true);
}

/**
 * Holds a token to its list of actions, whoever proposed the request.
 * @throws AppError `action_not_permitted`
 */
export function assertMayUse(caller: Caller, action: string | null | undefined): void {
  if (action && !mayUse(caller, action)) {
    throw new AppError('action_not_permitted', `This token may not use the action ${action}.`);
  }
}

/**
 * Whether a caller may reach a request at all, to read or to change it: a token with a list of
 * actions reaches requests of these, and those of its own in which no action was recognised.
 * @throws AppError `action_not_permitted`
 */
export function assertMayReach(caller: Caller, { intent, subject }: GovernedRequest): void {
  if (caller.kind !== 'token' || !caller.token.actions) return;
  const action = intent?.action;
  if (!action && subject.tokenId === caller.token.id) return;
  if (!action) {
    const message = 'This token reaches only requests of its actions, and this one has no action.';
    throw new AppError('action_not_permitted', message);
  }
  assertMayUse(caller, action);
}

/** Whether a caller may reach a request at all; see assertMayReach. */
export function mayReach(caller: Caller, request: GovernedRequest): boolean {
  try {
    assertMayReach(caller, request);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'action_not_permitted') return false;
    throw error;
  }
}

/** The actions that a caller is held to; undefined where it may use every one. */
export function actionsOf(caller: Caller): string[] | undefined {
  return (caller.kind === 'token' && caller.token.actions) || undefined;
}

/**
 * For what concerns the requests of every action at once.
 * @param what as in "This token may not <what>"
 * @throws AppError `action_not_permitted`
 */
export function assertEveryAction(caller: Caller, what: string): void {
  if (!actionsOf(caller)) return;
  throw new AppError(
    'action_not_permitted',
    `This token may not ${what}: that concerns every action, and the token is limited to some. Use a token without a list of actions.`,
  );
}
