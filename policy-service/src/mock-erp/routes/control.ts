import { Router } from 'express';
import { resetErpDatabase, type ErpDatabase } from '../database';
import type { FaultQueue } from '../faults';

/** Health, fault injection and reset: the doors that a real ERP does not have. */
export function controlRoutes(db: ErpDatabase, faults: FaultQueue): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/faults', (_req, res) => {
    res.json(faults.list());
  });
  router.post('/faults', (req, res) => {
    res.status(201).json(faults.add(req.body));
  });
  router.delete('/faults', (_req, res) => {
    faults.clear();
    faults.release();
    res.status(204).end();
  });
  router.post('/reset', (_req, res) => {
    faults.clear();
    resetErpDatabase(db);
    res.status(204).end();
  });
  return router;
}
