import type { Undone } from '../../application/ports';
import type { Json } from '../../domain/request/request';
import type { ErpDocument } from '../documents/advance';
import { carriesReference, likeWithMemo } from '../documents/arguments';
import { isOfUndone, likeOfUndone } from '../documents/undone';
import type { Walk } from '../documents/walk';
import { idOf, type Item, type OdooRecords } from './records';

const MODEL = 'stock.picking';

export interface Transfer extends ErpDocument {
  name: string;
  origin: string;
  from: number;
  to: number;
}

/** The transfers of an Odoo: how they are read, and the buttons that they have. */
export class OdooTransfers {
  constructor(private readonly records: OdooRecords) {}

  async withReference(walk: Walk, reference: string): Promise<Transfer[]> {
    const found = await this.search(walk, [
      '|',
      ['origin', '=', reference],
      ['origin', '=like', likeWithMemo(reference)],
    ]);
    return found.filter(({ origin }) => carriesReference(origin, reference));
  }

  async writtenBy(walk: Walk, undone: Undone): Promise<Transfer[]> {
    const found = await this.search(walk, [['origin', '=like', likeOfUndone(undone)]]);
    return found.filter(({ origin }) => isOfUndone(origin, undone));
  }

  /** Units of the item that the transfer moves; NaN when it moves another item too. */
  async moves(
    walk: Walk,
    { id }: Transfer,
    item: Item,
  ): Promise<{ demanded: number; reserved: number }> {
    const fields = ['product_id', 'product_uom_qty', 'quantity'];
    const rows = await this.records.search(walk, 'stock.move', [['picking_id', '=', id]], fields);
    const sum = (field: string): number =>
      rows.reduce(
        (total, row) => (idOf(row['product_id']) === item.id ? total + Number(row[field]) : NaN),
        0,
      );
    return { demanded: sum('product_uom_qty'), reserved: sum('quantity') };
  }

  async isReserved(walk: Walk, transfer: Transfer, item: Item): Promise<boolean> {
    const { demanded, reserved } = await this.moves(walk, transfer, item);
    return reserved >= demanded;
  }

  /** Cancelling frees what was reserved. */
  async cancel(walk: Walk, { id }: Transfer): Promise<boolean> {
    const lost = await walk.settled(() => this.press(walk, 'action_cancel', id));
    const [after] = await this.search(walk, [['id', '=', id]]);
    walk.readBack();
    if (lost && after?.state !== 'cancel') throw lost;
    return after?.state === 'cancel';
  }

  createOnce(walk: Walk, externalId: string, row: Record<string, string>): Promise<number> {
    return this.records.createOnce(walk, MODEL, externalId, row);
  }

  press(walk: Walk, button: string, id: number): Promise<Json> {
    return this.records.press(walk, MODEL, button, id);
  }

  private async search(walk: Walk, domain: Json[]): Promise<Transfer[]> {
    const fields = ['name', 'state', 'origin', 'location_id', 'location_dest_id'];
    const rows = await this.records.search(walk, MODEL, domain, fields);
    return rows.map((row) => ({
      id: Number(row['id']),
      state: String(row['state']),
      name: String(row['name'] || row['id']),
      origin: String(row['origin'] || ''),
      from: idOf(row['location_id']),
      to: idOf(row['location_dest_id']),
    }));
  }
}
