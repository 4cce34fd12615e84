import type { Undone } from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request/request';
import type { ErpDocument } from '../documents/advance';
import { carriesReference, likeWithMemo } from '../documents/arguments';
import { Refused } from '../documents/outcomes';
import { isOfUndone, likeOfUndone } from '../documents/undone';
import type { Walk } from '../documents/walk';
import type { Item, TrytonRecords } from './records';

const MODEL = 'stock.shipment.internal';

export interface Shipment extends ErpDocument {
  number: string;
  reference: string;
  from: number;
  to: number;
  moves: number[];
}

/** The internal shipments of a Tryton: how they are read, and the buttons that they have. */
export class TrytonShipments {
  constructor(private readonly records: TrytonRecords) {}

  async withReference(walk: Walk, reference: string): Promise<Shipment[]> {
    const found = await this.search(walk, [
      'OR',
      ['reference', '=', reference],
      ['reference', 'like', likeWithMemo(reference)],
    ]);
    return found.filter((shipment) => carriesReference(shipment.reference, reference));
  }

  async writtenBy(walk: Walk, undone: Undone): Promise<Shipment[]> {
    const found = await this.search(walk, [['reference', 'like', likeOfUndone(undone)]]);
    return found.filter(({ reference }) => isOfUndone(reference, undone));
  }

  /** Units of the item that the shipment moves; NaN when it moves another item too. */
  async moves(walk: Walk, shipment: Shipment, item: Item): Promise<number> {
    const fields = ['product', 'quantity'];
    const rows = await this.records.search(
      walk,
      'stock.move',
      [['id', 'in', shipment.moves]],
      fields,
    );
    return rows.reduce(
      (sum, row) => (row['product'] === item.id ? sum + Number(row['quantity']) : NaN),
      0,
    );
  }

  /** Cancelling frees what `assign_try` reserved. */
  async cancel(walk: Walk, { id }: Shipment): Promise<boolean> {
    const lost = await walk.settled(() => this.write(walk, 'cancel', [id]));
    const [after] = await this.search(walk, [['id', '=', id]]);
    walk.readBack();
    if (lost && after?.state !== 'cancelled') throw lost;
    return after?.state === 'cancelled';
  }

  /** Tryton 7.2 calls the button `do`. A name that it does not know does nothing. */
  async finish(walk: Walk, id: number): Promise<void> {
    try {
      await this.write(walk, 'done', [id]);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await this.write(walk, 'do', [id]).catch((second: unknown) => {
        throw second instanceof Refused ? error : second;
      });
    }
  }

  /** A button, or `create`. */
  async write(walk: Walk, method: string, records: (number | JsonObject)[]) {
    const context = await this.records.context(walk);
    return walk.write({ model: MODEL, method, params: [records, context] });
  }

  private async search(walk: Walk, domain: Json[]): Promise<Shipment[]> {
    const fields = ['number', 'reference', 'state', 'from_location', 'to_location', 'moves'];
    const rows = await this.records.search(walk, MODEL, domain, fields);
    return rows.map((row) => ({
      id: Number(row['id']),
      state: String(row['state']),
      number: String(row['number'] ?? row['id']),
      reference: String(row['reference'] ?? ''),
      from: Number(row['from_location']),
      to: Number(row['to_location']),
      moves: row['moves'] as number[],
    }));
  }
}
