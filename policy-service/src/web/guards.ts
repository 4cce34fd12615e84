import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { AppError } from '../domain/errors';
import { callerAddress } from './caller-address';
import type { Viewer, WebDeps } from './deps';
import { readSessionCookie } from './session-cookie';

/** One text field of a posted form; undefined when absent or repeated. */
export function field(req: Request, name: string): string | undefined {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  const value = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

/** One query parameter; undefined when absent, repeated or empty. */
export function parameter(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Refuses a POST that a page of another origin sent, before its body is read.
 * The address in the browser may be another name of this host than the public URL.
 */
export function sameOrigin(deps: WebDeps): RequestHandler {
  const own = new URL(deps.publicUrl).origin;
  return (req, _res, next) => {
    const origin = req.get('origin');
    const ours =
      origin === undefined ||
      origin === own ||
      (URL.canParse(origin) && new URL(origin).host === req.get('host'));
    if (!ours) {
      throw new AppError(
        'csrf_failed',
        'This form was sent from another site. Open the page here and send it again.',
      );
    }
    next();
  };
}

/** Reads HTML forms, and nothing else. */
export const readForm = express.urlencoded({ extended: false, limit: '16kb' });

/**
 * Counts a page or form for whoever is signed in, or else for the address it comes from.
 * @throws AppError `rate_limited`
 */
export function counted(deps: WebDeps): RequestHandler {
  return async (req, res, next) => {
    const viewer = await deps.session(readSessionCookie(req));
    // Not the viewer yet: a form of another site is not told as this person's.
    res.locals.session = viewer;
    try {
      deps.takeCall({ person: viewer?.person, address: callerAddress(req) });
    } catch (error) {
      res.locals.viewer = viewer;
      throw error;
    }
    next();
  };
}

/**
 * The same where nobody is asked who looks.
 * @throws AppError `rate_limited`
 */
export function countedByAddress(deps: WebDeps): RequestHandler {
  return (req, _res, next) => {
    deps.takeCall({ person: undefined, address: callerAddress(req) });
    next();
  };
}

/** Lets only signed-in people pass. @throws AppError `unauthenticated`, shown as the sign-in page */
export const signedIn: RequestHandler = (_req, res, next) => {
  res.locals.viewer = res.locals.session as Viewer | undefined;
  viewerOf(res);
  next();
};

/** The person who is signed in. @throws AppError `unauthenticated` */
export function viewerOf(res: Response): Viewer {
  const viewer = res.locals.viewer as Viewer | undefined;
  if (viewer === undefined) throw new AppError('unauthenticated', 'Sign in to continue.');
  return viewer;
}

const hash = (text: string) => createHash('sha256').update(text).digest();

/** Lets only forms of this very session pass. @throws AppError `csrf_failed` */
export const csrfChecked: RequestHandler = (req, res, next) => {
  const given = field(req, 'csrf');
  const expected = viewerOf(res).csrfToken;
  if (given === undefined || expected === '' || !timingSafeEqual(hash(given), hash(expected))) {
    throw new AppError(
      'csrf_failed',
      'This form is too old or was not made for you. Open the page again and repeat your choice.',
    );
  }
  next();
};
