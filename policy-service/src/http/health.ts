import { Router } from 'express';
import type { Deps } from '../application/deps';
import { StorageUnavailable } from '../application/ports';

/** /healthz: the process answers. /readyz: it can store, and has a bundle to decide by. */
export function healthRoutes(deps: Deps): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const problem = await deps.store.ping().then(() => undefined, asSentence);
    const storage = problem === undefined ? 'ok' : 'unavailable';
    const policy = deps.policy.state.valid ? 'ok' : 'unavailable';
    const ready = storage === 'ok' && policy === 'ok';
    res.status(ready ? 200 : 503).json({
      status: ready ? 'ok' : 'unavailable',
      checks: { storage, policy },
      ...(problem === undefined ? {} : { problems: [problem] }),
      // An ERP that does not answer makes its actions wait, not the service.
      connectors: deps.connectorHealth(),
    });
  });
  return router;
}

function asSentence(error: unknown): string {
  return error instanceof StorageUnavailable
    ? error.message
    : 'The database cannot be read; the log of the service says why.';
}
