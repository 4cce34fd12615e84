import { Body } from '../body';
import { insert, type ErpDatabase } from '../database';
import { ErpRefusal, notFound } from '../refusal';
import {
  assertReversible,
  DOCUMENT_FIELDS,
  documentColumns,
  nextNumber,
  type WriteContext,
} from './document';

export interface MovementRow {
  number: string;
  sku: string;
  warehouse_id: string;
  /** Units added (positive) or removed (negative). */
  quantity: number;
  reason: string | null;
  reverses: string | null;
  external_reference: string | null;
  created_at: string;
}

/** Books a signed change of an item's stock in one warehouse; stock never becomes negative. */
export function createMovement(
  context: WriteContext,
  value: unknown,
): MovementRow & { on_hand: number } {
  const { db } = context;
  const body = new Body(value, ['sku', 'quantity', 'warehouse_id', 'reason', ...DOCUMENT_FIELDS]);
  const sku = body.text('sku');
  const item = db
    .prepare<[string], { active: number }>('SELECT active FROM items WHERE sku = ?')
    .get(sku);
  if (!item) throw new ErpRefusal('unknown_item', `There is no item ${sku}.`, 'sku');
  const warehouseId = body.text('warehouse_id');
  if (!db.prepare('SELECT 1 FROM warehouses WHERE warehouse_id = ?').get(warehouseId)) {
    throw new ErpRefusal(
      'unknown_warehouse',
      `There is no warehouse ${warehouseId}.`,
      'warehouse_id',
    );
  }
  return book(db, {
    number: nextNumber(db, 'MOV'),
    sku,
    warehouse_id: warehouseId,
    quantity: body.quantity('quantity'),
    reason: body.optionalText('reason'),
    ...documentColumns(context, body),
  });
}

/** Books the opposite movement. */
export function reverseMovement(
  context: WriteContext,
  number: string,
  value: unknown,
): MovementRow & { on_hand: number } {
  const { db } = context;
  const body = new Body(value, DOCUMENT_FIELDS);
  const movement = db
    .prepare<[string], MovementRow>('SELECT * FROM movements WHERE number = ?')
    .get(number);
  if (!movement) throw notFound('stock movement', number);
  assertReversible(db, movement);
  return book(db, {
    ...movement,
    number: nextNumber(db, 'MOV'),
    quantity: -movement.quantity,
    ...documentColumns(context, body, number),
  });
}

function book(db: ErpDatabase, row: MovementRow): MovementRow & { on_hand: number } {
  const before =
    db
      .prepare<[string, string], { on_hand: number }>(
        'SELECT on_hand FROM stock_levels WHERE sku = ? AND warehouse_id = ?',
      )
      .get(row.sku, row.warehouse_id)?.on_hand ?? 0;
  const onHand = before + row.quantity;
  if (onHand < 0) {
    throw new ErpRefusal(
      'negative_stock',
      `${row.sku} has ${before} units in ${row.warehouse_id}; ${-row.quantity} cannot be removed.`,
      'quantity',
    );
  }
  if (!Number.isSafeInteger(onHand)) {
    throw new ErpRefusal('bad_quantity', 'The stock would be too large to count.', 'quantity');
  }
  db.prepare(
    'INSERT INTO stock VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET on_hand = excluded.on_hand',
  ).run(row.sku, row.warehouse_id, onHand);
  insert(db, 'movements', { ...row });
  return { ...row, on_hand: onHand };
}
