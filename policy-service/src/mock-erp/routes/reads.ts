import { Router } from 'express';
import type { ErpDatabase } from '../database';
import { allRecords, MASTER_DATA, oneRecord, stockOf, type MasterDataKind } from '../records';
import { ErpRefusal } from '../refusal';

/** Reads: single records, stock levels, and everything of a kind. Faults never touch them. */
export function readRoutes(db: ErpDatabase): Router {
  const router = Router();
  for (const kind of Object.keys(MASTER_DATA) as MasterDataKind[]) {
    router.get(`/${kind}/:id`, (req, res) => {
      res.json(oneRecord(db, kind, req.params.id));
    });
  }
  router.get('/stock', (req, res) => {
    const { sku, warehouse_id: warehouseId } = req.query;
    if (typeof sku !== 'string' || (warehouseId !== undefined && typeof warehouseId !== 'string')) {
      throw new ErpRefusal(
        'bad_parameter',
        'Give sku once, and warehouse_id at most once.',
        'sku',
        400,
      );
    }
    const warehouses = stockOf(db, sku, warehouseId);
    const onHand = warehouses.reduce((sum, row) => sum + Number(row.on_hand), 0);
    res.json({ sku, on_hand: onHand, warehouses });
  });
  router.get('/stock/:sku/:warehouseId', (req, res) => {
    res.json(stockOf(db, req.params.sku, req.params.warehouseId)[0]);
  });
  router.get('/records/:kind', (req, res) => {
    res.json(allRecords(db, req.params.kind));
  });
  return router;
}
