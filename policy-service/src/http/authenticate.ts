import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { Caller } from '../application/change/caller';
import type { Deps } from '../application/change/deps';
import { issuedToken, tokenOf } from '../application/identity/manage-identities';
import { sessionOf } from '../application/identity/sign-in';
import { AppError } from '../domain/errors';
import { readSessionCookie } from '../web/session-cookie';
import type { Access } from './route';

/**
 * Who calls.
 * @throws AppError `unauthenticated`, `csrf_failed`
 */
export async function authenticate(
  deps: Deps,
  req: Request,
  access: Access,
  traceId: string,
): Promise<Caller> {
  if (access.kind === 'open') return { kind: 'service', id: 'anonymous', traceId };
  const header = req.headers.authorization;
  if (header !== undefined) return tokenCaller(deps, header, traceId);
  const person = access.kind === 'people' || access.orPeople;
  const signedIn = person ? await sessionOf(deps, readSessionCookie(req)) : undefined;
  if (!signedIn) {
    throw new AppError(
      'unauthenticated',
      access.kind === 'people'
        ? 'Sign in first (POST /v1/session); a service token is not a person.'
        : 'Send a service token as "Authorization: Bearer <token>".',
    );
  }
  if (req.method !== 'GET' && !sameSecret(req.get('x-csrf-token'), signedIn.csrfToken)) {
    throw new AppError('csrf_failed', 'Send the csrfToken of your session as X-CSRF-Token.');
  }
  return { kind: 'person', person: signedIn.person, traceId };
}

/**
 * Whether that caller may use the route.
 * @throws AppError `insufficient_scope`
 */
export function authorize(caller: Caller, access: Access): void {
  if (caller.kind !== 'token') return;
  if (access.kind === 'people') {
    throw new AppError(
      'insufficient_scope',
      'Only a signed-in person can do this; a service token never can.',
    );
  }
  if (access.kind !== 'token') return;
  const missing = access.scopes.filter((scope) => !caller.token.scopes.includes(scope));
  if (missing.length > 0) {
    throw new AppError(
      'insufficient_scope',
      `The service token lacks the scope ${missing.join(', ')}.`,
      { missing },
    );
  }
}

/** Id of a token that was sent but is revoked, expired or replaced. */
export async function formerToken(deps: Deps, req: Request): Promise<string | undefined> {
  const secret = secretIn(req.headers.authorization ?? '');
  return secret === undefined ? undefined : (await issuedToken(deps, secret))?.id;
}

function secretIn(header: string): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(header)?.[1];
}

async function tokenCaller(deps: Deps, header: string, traceId: string): Promise<Caller> {
  const secret = secretIn(header);
  const token = secret ? await tokenOf(deps, secret) : undefined;
  if (!token) {
    throw new AppError('unauthenticated', 'The service token is unknown, expired or revoked.');
  }
  return { kind: 'token', token, traceId };
}

function sameSecret(given: string | undefined, expected: string): boolean {
  const a = Buffer.from(given ?? '');
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
