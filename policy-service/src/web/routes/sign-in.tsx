import type { Router } from 'express';
import { AppError } from '../../domain/errors';
import type { WebDeps } from '../deps';
import { callerAddress } from '../caller-address';
import { csrfChecked, field, readForm, sameOrigin, signedIn } from '../guards';
import { localPath } from '../local-path';
import { SignInPage } from '../pages/sign-in';
import { noteRefused } from '../note-refused';
import { goTo, sendPage, tellWhen } from '../respond';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../session-cookie';

/** GET and POST /sign-in, POST /sign-out. */
export function addSignInRoutes(router: Router, deps: WebDeps): void {
  router.get('/sign-in', async (req, res) => {
    const next = localPath(req.query.next);
    if ((await deps.session(readSessionCookie(req))) !== undefined) return goTo(res, next);
    sendPage(res, 200, <SignInPage next={next} email="" />);
  });

  router.post('/sign-in', sameOrigin(deps), readForm, async (req, res) => {
    const email = field(req, 'email')?.trim() ?? '';
    const next = localPath(field(req, 'next'));
    try {
      const session = await deps.signIn({
        email,
        password: field(req, 'password') ?? '',
        address: callerAddress(req),
      });
      setSessionCookie(res, deps.publicUrl, session);
    } catch (error) {
      // Anything else is no answer to what was typed, and becomes an error page.
      const answerable =
        error instanceof AppError &&
        (error.code === 'invalid_credentials' || error.code === 'rate_limited');
      if (!answerable) throw error;
      await noteRefused(deps, req, res, error);
      const page = <SignInPage next={next} email={email} problem={error.message} />;
      tellWhen(res, error);
      return sendPage(res, error.status, page);
    }
    goTo(res, next);
  });

  router.post('/sign-out', sameOrigin(deps), readForm, signedIn, csrfChecked, async (req, res) => {
    const cookie = readSessionCookie(req);
    if (cookie !== undefined) await deps.signOut(cookie);
    clearSessionCookie(res, deps.publicUrl);
    goTo(res, '/sign-in');
  });
}
