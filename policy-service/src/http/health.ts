import { Router } from 'express';
import type { Deps } from '../application/deps';

/** /healthz: the process answers. /readyz: it can store, and has a bundle to decide by. */
export function healthRoutes(deps: Deps): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const storage = await deps.store.ping().then(
      () => 'ok',
      () => 'unavailable',
    );
    const policy = policyCheck(deps);
    const ready = storage === 'ok' && policy === 'ok';
    res.status(ready ? 200 : 503).json({
      status: ready ? 'ok' : 'unavailable',
      checks: { storage, policy },
    });
  });
  return router;
}

function policyCheck(deps: Deps): 'ok' | 'unavailable' {
  try {
    deps.bundle();
    return 'ok';
  } catch {
    return 'unavailable';
  }
}
