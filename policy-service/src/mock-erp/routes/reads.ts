import { Router } from 'express';
import type { ErpDatabase } from '../database';
import {
  allRecords,
  countsByReference,
  DOCUMENTS,
  documentsWith,
  oneDocument,
  MASTER_DATA,
  oneRecord,
  stockOf,
  type DocumentPath,
  type MasterDataKind,
} from '../records';
import { ErpRefusal } from '../refusal';

/**
 * Reads: single records, stock levels, documents by their external reference, everything of a kind,
 * and how many documents carry each reference. Faults never touch them.
 */
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
  for (const path of Object.keys(DOCUMENTS) as DocumentPath[]) {
    router.get(`/${path}`, (req, res) => {
      const { external_reference: reference } = req.query;
      if (typeof reference !== 'string') {
        throw new ErpRefusal(
          'bad_parameter',
          'Give external_reference once.',
          'external_reference',
          400,
        );
      }
      res.json(documentsWith(db, path, reference));
    });
  }
  for (const path of Object.keys(DOCUMENTS) as DocumentPath[]) {
    router.get(`/${path}/:number`, (req, res) => {
      res.json(oneDocument(db, path, req.params.number));
    });
  }
  router.get('/records', (_req, res) => {
    res.json(countsByReference(db));
  });
  router.get('/records/:kind', (req, res) => {
    res.json(allRecords(db, req.params.kind));
  });
  return router;
}
