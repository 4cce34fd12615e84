import { join } from 'node:path';
import express, { Router } from 'express';
import { AppError } from '../domain/errors';
import type { WebDeps } from './deps';
import { errorPages } from './error-pages';
import { goTo } from './respond';
import { addInboxRoutes } from './routes/inbox';
import { addRequestRoutes } from './routes/requests';
import { addSignInRoutes } from './routes/sign-in';
import { addStatusRoute } from './routes/status';

/** Addresses that belong to the pages: what is not found below them is told as a page. */
const OWN = ['/assets', '/inbox', '/requests', '/sign-in', '/sign-out', '/status'];

/**
 * The server-rendered pages, without any client script. Other addresses pass through untouched.
 * Security headers (CSP) are the app's; caching and referrer headers of pages are set here.
 */
export function createWebRouter(deps: WebDeps): Router {
  const router = Router();
  router.use('/assets', express.static(join(__dirname, 'assets'), { cacheControl: false }));
  router.get('/', (_req, res) => goTo(res, '/inbox'));
  addSignInRoutes(router, deps);
  addInboxRoutes(router, deps);
  addRequestRoutes(router, deps);
  addStatusRoute(router, deps);
  router.use(OWN, () => {
    throw new AppError('not_found', 'Check the address: there is no such page.');
  });
  router.use(errorPages(deps));
  return router;
}
