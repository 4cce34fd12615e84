import type { ErrorRequestHandler, Request, Response } from 'express';
import { AppError } from '../domain/errors';
import type { Viewer, WebDeps } from './deps';
import { libraryRefusal } from './library-refusal';
import { localPath } from './local-path';
import { ErrorPage } from './pages/error';
import { noteRefused } from './note-refused';
import { goTo, sendPage, tellWhen } from './respond';

const TITLES: Record<number, string> = {
  400: 'This address or form is not right',
  403: 'This is not allowed',
  404: 'There is nothing here',
  409: 'This is no longer possible',
  413: 'The form is too large',
  415: 'This form cannot be read',
  422: 'This cannot be used',
  429: 'Too many tries',
  503: 'Not available right now',
};

/** Where the current state can be seen after a form was refused. */
const wayBack = (req: Request) =>
  req.originalUrl.replace(/\/vote$/, '').replace(/^\/controls\/.*/, '/controls');

function toSignIn(req: Request, res: Response): void {
  goTo(res, `/sign-in?next=${encodeURIComponent(localPath(wayBack(req)))}`);
}

function explain(error: unknown): { status: number; message: string } {
  if (error instanceof AppError && error.code !== 'internal') {
    return { status: error.status, message: error.message };
  }
  return {
    status: 500,
    message: 'Something went wrong here. Open the page again to see how it stands.',
  };
}

/** Every error of the pages as a page. Errors that nobody foresaw are reported, never shown. */
export function errorPages(deps: WebDeps): ErrorRequestHandler {
  return async (thrown: unknown, req, res, next) => {
    if (res.headersSent) return next(thrown);
    const error = libraryRefusal(thrown) ?? thrown;
    const toBeAsked = error instanceof AppError && error.code === 'unauthenticated';
    // Who opens a page before signing in is asked to, and not refused.
    if (error instanceof AppError && !(toBeAsked && req.method !== 'POST')) {
      await noteRefused(deps, req, res, error);
    }
    if (toBeAsked) return toSignIn(req, res);
    const { status, message } = explain(error);
    if (status === 500) deps.unexpected(error);
    if (error instanceof AppError) tellWhen(res, error);
    const viewer = res.locals.viewer as Viewer | undefined;
    const isForm = wayBack(req) !== req.originalUrl;
    const back =
      viewer === undefined
        ? undefined
        : isForm && status !== 404
          ? { href: localPath(wayBack(req)), text: 'See how it stands' }
          : { href: '/inbox', text: 'Go to the inbox' };
    const title = TITLES[status] ?? 'Something went wrong';
    sendPage(res, status, <ErrorPage {...{ status, title, message, back, viewer }} />);
  };
}
