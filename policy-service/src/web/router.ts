import { join } from 'node:path';
import express, { Router } from 'express';
import { AppError } from '../domain/errors';
import type { WebDeps } from './deps';
import { errorPages } from './error-pages';
import { counted, countedByAddress } from './guards';
import type { Notices } from './parts/notices';
import { goTo } from './respond';
import { addAttentionRoutes } from './routes/attention';
import { addControlRoutes } from './routes/controls';
import { addInboxRoutes } from './routes/inbox';
import { addPolicyRoutes } from './routes/policies';
import { addRequestRoutes } from './routes/requests';
import { addSignInRoutes } from './routes/sign-in';
import { addStatusRoute } from './routes/status';
import { addWhatIfRoutes } from './routes/what-if';

/** The same page for everybody who has its address. */
const STATUS = '/status';
/** Pages that look at who is signed in. */
const SIGNED_IN = [
  '/assets',
  '/attention',
  '/controls',
  '/inbox',
  '/policies',
  '/requests',
  '/sign-in',
  '/sign-out',
];
/** Addresses that belong to the pages: what is not found below them is told as a page. */
const OWN = [...SIGNED_IN, STATUS];

/**
 * The server-rendered pages, without any client script. Other addresses pass through untouched.
 * Security headers (CSP) are the app's; caching and referrer headers of pages are set here.
 */
export function createWebRouter(deps: WebDeps): Router {
  const router = Router();
  router.use('/assets', express.static(join(__dirname, 'assets'), { cacheControl: false }));
  router.get('/', (_req, res) => goTo(res, '/inbox'));
  router.use(STATUS, countedByAddress(deps));
  router.use(SIGNED_IN, counted(deps));
  router.use(OWN, async (_req, res, next) => {
    const policy = deps.policies.state();
    const logProblem = await deps.logProblem();
    const clockProblem = deps.clockProblem();
    const notices: Notices = {
      stops: await deps.activeStops(),
      ...(logProblem === undefined ? {} : { logProblem }),
      ...(clockProblem === undefined ? {} : { clockProblem }),
      ...(policy.valid
        ? { policyFindings: policy.problems.length }
        : { policyProblem: policy.problem }),
      now: deps.now(),
    };
    res.locals.notices = notices;
    next();
  });
  addSignInRoutes(router, deps);
  addInboxRoutes(router, deps);
  addRequestRoutes(router, deps);
  addAttentionRoutes(router, deps);
  addControlRoutes(router, deps);
  addPolicyRoutes(router, deps);
  addWhatIfRoutes(router, deps);
  addStatusRoute(router, deps);
  router.use(OWN, () => {
    throw new AppError('not_found', 'Check the address: there is no such page.');
  });
  router.use(errorPages(deps));
  return router;
}
