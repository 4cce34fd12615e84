import { signIn, signOut } from '../../application/identity/sign-in';
import { callerAddress } from '../../web/caller-address';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../../web/session-cookie';
import { CREDENTIALS } from '../body-schemas';
import type { Route } from '../route';

export const sessionRoutes: Route[] = [
  {
    method: 'post',
    path: '/v1/session',
    tag: 'Session',
    summary: 'Sign in: sets the session cookie and answers the CSRF token',
    reads: true,
    access: { kind: 'open' },
    body: CREDENTIALS,
    status: 200,
    answer: 'Session',
    handle: async ({ deps, body, req, res, traceId }) => {
      const session = await signIn(deps, {
        email: String(body['email']),
        password: String(body['password']),
        address: callerAddress(req),
        traceId,
      });
      setSessionCookie(res, deps.settings.publicUrl, session);
      return {
        csrfToken: session.csrfToken,
        expiresAt: session.expiresAt,
        person: {
          email: session.person.email,
          name: session.person.name,
          roles: session.person.roles,
        },
      };
    },
  },
  {
    method: 'delete',
    path: '/v1/session',
    tag: 'Session',
    summary: 'Sign out',
    reads: true,
    access: { kind: 'people' },
    status: 204,
    answer: 'Nothing',
    handle: async ({ deps, req, res }) => {
      const cookie = readSessionCookie(req);
      if (cookie) await signOut(deps, cookie);
      clearSessionCookie(res, deps.settings.publicUrl);
      return undefined;
    },
  },
];
