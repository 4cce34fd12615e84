import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { AppError } from '../domain/errors';
import { errorPages } from '../web/error-pages';
import { counted } from '../web/guards';
import { createWebRouter } from '../web/router';
import type { WebDeps } from '../web/deps';
import { docsPage } from './docs-page';
import { healthRoutes } from './health';
import { createMetrics } from './metrics';
import { mountRoutes, type HttpDeps } from './mount';
import { openApiDocument } from './openapi';
import { NO_ROUTE, noteRefusal, whoeverCalls } from './refused-call';
import { sendProblem, toAppError } from './problem';
import { routes } from './routes';
import { traceIdOf } from './trace';

/** Failed sign-ins from one address in five minutes, before the address has to wait. */
const SIGN_INS = 20;

/** The whole HTTP side of the service: API, documentation, health, pages. */
export function createApp(http: HttpDeps, web: WebDeps, version: string): Express {
  const app = express();
  app.disable('x-powered-by');
  // Answers are never cached, so a hash of each would be work for nobody.
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', [...http.deps.settings.trustedProxies]);
  app.use((req, res, next) => {
    res.locals['traceId'] = traceIdOf(req.headers);
    res.setHeader('X-Trace-Id', String(res.locals['traceId']));
    next();
  });
  const metrics = createMetrics(http.deps);
  app.use(metrics.measure);
  app.use(security());
  const guessing = slowDownGuessing(http);
  app.use('/v1/session', guessing);
  app.use('/sign-in', guessing, errorPages(web));
  // The API first: its calls are many, and need not pass by the pages.
  app.use(mountRoutes(routes, http));
  app.use(healthRoutes(http.deps));
  app.get('/metrics', metrics.expose);
  const document = openApiDocument(routes, http.deps.settings.publicUrl, version);
  app.use(['/docs', '/openapi.json'], counted(web), errorPages(web));
  app.use(docsPage(document));
  app.get('/openapi.json', (_req, res) => {
    res.json(document);
  });
  app.use(createWebRouter(web));
  app.use(nothingHere(http));
  app.use(lastResort(http));
  return app;
}

/**
 * Pages have no script at all, and nothing of ours may be framed. Helmet gives every answer the
 * same headers, so it is asked once.
 */
function security(): express.RequestHandler {
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    strictTransportSecurity: false,
  })(sample.req, sample, () => undefined);
  const headers = new Map(Object.entries(sample.getHeaders() as Record<string, string>));
  return (_req, res, next) => {
    res.setHeaders(headers);
    next();
  };
}

function nothingHere({ deps }: HttpDeps): express.RequestHandler {
  return async (req, res) => {
    const asked = `${req.method} ${req.originalUrl.slice(0, 80)}`;
    const error = new AppError('not_found', `There is no ${asked} here; see /docs.`);
    const traceId = String(res.locals['traceId']);
    const caller = await whoeverCalls(deps, req, traceId);
    await noteRefusal(deps, req, NO_ROUTE, traceId, error, caller);
    sendProblem(res, error, traceId);
  };
}

function slowDownGuessing({ deps }: HttpDeps): express.RequestHandler {
  return rateLimit({
    windowMs: 5 * 60_000,
    limit: SIGN_INS,
    skip: (req) => req.method !== 'POST',
    skipSuccessfulRequests: true,
    standardHeaders: false,
    legacyHeaders: false,
    handler: async (req, res, next) => {
      const { resetTime } = (req as unknown as { rateLimit: { resetTime: Date } }).rateLimit;
      const seconds = Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000));
      const message = `Too many failed sign-ins from this address. Wait ${seconds} s and try again.`;
      const error = new AppError('rate_limited', message, { retryAfter: seconds });
      await noteRefusal(deps, req, req.baseUrl.toLowerCase(), String(res.locals['traceId']), error);
      next(error);
    },
    // What a proxy that nobody named says of an address is not looked at, and needs no warning.
    validate: { xForwardedForHeader: false },
  });
}

function lastResort(http: HttpDeps): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return async (error: unknown, req, res, _next) => {
    const refusal = toAppError(error);
    if (refusal.code === 'internal') http.deps.log.error({ err: error }, 'unexpected error');
    const traceId = String(res.locals['traceId']);
    await noteRefusal(http.deps, req, NO_ROUTE, traceId, refusal);
    if (res.headersSent) res.destroy();
    else sendProblem(res, refusal, traceId);
  };
}
