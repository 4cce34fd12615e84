import type { ErrorRequestHandler, Request, Response } from 'express';
import { AppError } from '../domain/errors';
import type { Viewer, WebDeps } from './deps';
import { localPath } from './local-path';
import { ErrorPage } from './pages/error';
import { goTo, sendPage, tellWhen } from './respond';

const TITLES: Record<number, string> = {
  400: 'This address or form is not right',
  403: 'This is not allowed',
  404: 'There is nothing here',
  409: 'This is no longer possible',
  413: 'The form is too large',
  429: 'Too many tries',
  503: 'Not available right now',
};

/** Where the current state can be seen after a form was refused. */
const wayBack = (req: Request) =>
  req.originalUrl.replace(/\/vote$/, '').replace(/^\/controls\/.*/, '/controls');

function toSignIn(req: Request, res: Response): void {
  goTo(res, `/sign-in?next=${encodeURIComponent(localPath(wayBack(req)))}`);
}

/** Express's own refusals (wrong encoding, form too large) carry a status below 500. */
function clientStatus(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function explain(error: unknown): { status: number; message: string } {
  if (error instanceof AppError && error.code !== 'internal') {
    return { status: error.status, message: error.message };
  }
  const status = error instanceof AppError ? undefined : clientStatus(error);
  return status === undefined
    ? {
        status: 500,
        message: 'Something went wrong here. Open the page again to see how it stands.',
      }
    : { status, message: 'What the browser sent could not be read. Go back and try again.' };
}

/** Every error of the pages as a page. Errors that nobody foresaw are reported, never shown. */
export function errorPages(deps: WebDeps): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof AppError && error.code === 'unauthenticated') return toSignIn(req, res);
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
