import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { ErpRefusal } from './refusal';
import { controlRoutes } from './routes/control';
import { readRoutes } from './routes/reads';
import { writeRoutes } from './routes/writes';
import type { WriteDeps } from './write-handler';

/** Where the mock ERP writes what went wrong inside it. */
export type ErpLog = (message: string) => void;

/** The HTTP interface of the mock ERP. Errors are `{"error": {"code", "message", "field"?}}`. */
export function createErpApp(deps: WriteDeps, log: ErpLog): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(onlyLoopbackNames);
  app.use(express.json({ limit: '64kb' }));
  app.use(controlRoutes(deps.db, deps.faults), readRoutes(deps.db), writeRoutes(deps));
  app.use((req) => {
    throw new ErpRefusal('unknown_path', `There is no ${req.method} ${req.path}.`, undefined, 404);
  });
  app.use(errorAnswers(log));
  return app;
}

/** A web page must not reach the ERP by giving 127.0.0.1 a name of its own. */
const onlyLoopbackNames: RequestHandler = (req, _res, next) => {
  if (!['127.0.0.1', 'localhost', '::1', '[::1]'].includes(req.hostname)) {
    throw new ErpRefusal(
      'bad_host',
      'The mock ERP answers under 127.0.0.1 or localhost only.',
      undefined,
      403,
    );
  }
  next();
};

function errorAnswers(log: ErpLog): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof ErpRefusal) {
      res.status(error.status).json(error);
      return;
    }
    const status = (error as { status?: unknown }).status;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      // The router's, of a part of the path.
      const refusal =
        error instanceof URIError
          ? new ErpRefusal('bad_path', 'The path cannot be decoded: encode each part of it.')
          : new ErpRefusal(
              'bad_body',
              'The call cannot be read: send a JSON object of at most 64 KB.',
            );
      res.status(status).json(refusal);
      return;
    }
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    res.status(500).json(new ErpRefusal('internal', 'Something went wrong.'));
  };
}
