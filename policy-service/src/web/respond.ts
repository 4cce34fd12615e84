import type { Response } from 'express';
import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { retryAfter, type AppError } from '../domain/errors';
import { PageNotices, type Notices } from './parts/notices';

/** Marks an answer whose very address is secret, so that not even our own pages are told of it. */
export function secretAddress(res: Response): void {
  res.locals.secretAddress = true;
}

/**
 * Sends a page. With `no-referrer` browsers send `Origin: null` for the page's own forms, which the
 * origin check must refuse; `same-origin` keeps addresses from other sites all the same.
 */
export function sendPage(res: Response, status: number, page: VNode): void {
  const notices = res.locals.notices as Notices | undefined;
  res
    .status(status)
    .set({
      'Cache-Control': 'no-store',
      'Referrer-Policy': res.locals.secretAddress === true ? 'no-referrer' : 'same-origin',
      'X-Robots-Tag': 'noindex, nofollow',
    })
    .type('html')
    .send(`<!doctype html>${renderToString(h(PageNotices.Provider, { value: notices }, page))}`);
}

/** Says when the same form may be sent again, where that is known. */
export function tellWhen(res: Response, error: AppError): void {
  const seconds = retryAfter(error);
  if (seconds !== undefined) res.set('Retry-After', String(seconds));
}

/** Goes on to a path of this service with GET, whatever the method was. */
export function goTo(res: Response, path: string): void {
  res.set('Cache-Control', 'no-store').redirect(303, path);
}
