import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { AppError } from '../domain/errors';
import { createWebRouter } from '../web/router';
import type { WebDeps } from '../web/deps';
import { docsPage } from './docs-page';
import { healthRoutes } from './health';
import { createMetrics } from './metrics';
import { mountRoutes, type HttpDeps } from './mount';
import { openApiDocument } from './openapi';
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
  app.use((req, res, next) => {
    res.locals['traceId'] = traceIdOf(req.headers);
    res.setHeader('X-Trace-Id', String(res.locals['traceId']));
    next();
  });
  const metrics = createMetrics(http.deps);
  app.use(metrics.measure);
  app.use(security());
  app.use(['/v1/session', '/sign-in'], slowDownGuessing());
  // The API first: its calls are many, and need not pass by the pages.
  app.use(mountRoutes(routes, http));
  app.use(healthRoutes(http.deps));
  app.get('/metrics', metrics.expose);
  const document = openApiDocument(routes, http.deps.settings.publicUrl, version);
  app.use(docsPage(document));
  app.get('/openapi.json', (_req, res) => {
    res.json(document);
  });
  app.use(createWebRouter(web));
  app.use(nothingHere);
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

const nothingHere: express.RequestHandler = (req, res) => {
  const asked = `${req.method} ${req.originalUrl.slice(0, 80)}`;
  const error = new AppError('not_found', `There is no ${asked} here; see /docs.`);
  sendProblem(res, error, String(res.locals['traceId']));
};

function slowDownGuessing(): express.RequestHandler {
  return rateLimit({
    windowMs: 5 * 60_000,
    limit: SIGN_INS,
    skip: (req) => req.method !== 'POST',
    skipSuccessfulRequests: true,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_req, res) => {
      const error = new AppError(
        'rate_limited',
        'Too many failed sign-ins. Wait five minutes and try again.',
      );
      res.setHeader('Retry-After', '300');
      sendProblem(res, error, String(res.locals['traceId']));
    },
  });
}

function lastResort(http: HttpDeps): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error: unknown, _req, res, _next) => {
    const refusal = toAppError(error);
    if (refusal.code === 'internal') http.deps.log.error({ err: error }, 'unexpected error');
    if (res.headersSent) res.destroy();
    else sendProblem(res, refusal, String(res.locals['traceId']));
  };
}
