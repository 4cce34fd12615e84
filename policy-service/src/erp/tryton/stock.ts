import type { FindResult, PerformInput, StepOutcome } from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';
import { advance, single, type DocumentFlow, type NextMove } from '../documents/advance';
import { optionalTextOf, quantityOf, referenceOf, withMemo } from '../documents/arguments';
import { theUndone, undoneOf } from '../documents/undone';
import type { Operation } from '../documents/connector';
import { knownItem, knownWarehouse } from '../documents/master-data';
import { Refused } from '../documents/outcomes';
import type { Walk } from '../documents/walk';
import type { Item, TrytonRecords, Warehouse } from './records';
import { TrytonShipments, type Shipment } from './shipments';

interface Change {
  item: Item;
  warehouse: Warehouse;
  /** Units; below 0 they are taken out. */
  quantity: number;
}

/**
 * Changes of stock as internal shipments between the warehouse and "lost and found": unlike a move
 * of its own, a shipment has a reference, can be cancelled, and checks what is there.
 */
export class TrytonStock {
  private readonly shipments: TrytonShipments;

  constructor(private readonly records: TrytonRecords) {
    this.shipments = new TrytonShipments(records);
  }

  readonly adjust: Operation = {
    // Tryton takes a second shipment with the same reference.
    traits: {
      reads: false,
      idempotency: 'B',
      findable: true,
      uniqueReference: false,
      resumes: true,
      reverse: 'stock_adjust_reverse',
    },
    perform: async (walk, input) =>
      this.book(walk, input, await this.changeOf(walk, input.arguments)),
    find: (walk, input) => this.look(walk, input),
  };

  /** The opposite shipment; one that was not finished yet is cancelled instead. */
  readonly reverse: Operation = {
    traits: {
      reads: false,
      idempotency: 'B',
      findable: true,
      uniqueReference: false,
      resumes: true,
    },
    perform: async (walk, input) => {
      const undone = undoneOf(input);
      const found = await this.shipments.writtenBy(walk, undone);
      const original = theUndone('shipment', 'Tryton', undone, found);
      const { number } = original;
      const change = await this.changeOf(walk, input.arguments);
      if (!(await this.isMadeFor(walk, original, change))) {
        throw new Refused(`The shipment ${number} in Tryton is not the one that is to be undone.`);
      }
      if (original.state !== 'done') return this.cancelOriginal(walk, original);
      return this.book(walk, input, { ...change, quantity: -change.quantity });
    },
    find: (walk, input) => this.look(walk, input),
  };

  private async changeOf(walk: Walk, values: JsonObject): Promise<Change> {
    const quantity = quantityOf(values);
    const item = await knownItem(this.records, walk, values);
    return { item, quantity, warehouse: await knownWarehouse(this.records, walk, values) };
  }

  private async book(walk: Walk, input: PerformInput, change: Change): Promise<StepOutcome> {
    const { from, to } = await this.wayOf(walk, change);
    const reference = referenceOf(input);
    const flow: DocumentFlow<Shipment> = {
      what: 'shipment',
      find: () => this.shipments.withReference(walk, reference),
      createsOnce: false,
      create: async () => {
        const company = (await this.records.context(walk))['company'] ?? null;
        // Renamed in Tryton 7.0.
        const unit = (await this.records.has(walk, 'stock.move', 'unit')) ? 'unit' : 'uom';
        const move = {
          product: change.item.id,
          [unit]: change.item.unit,
          quantity: Math.abs(change.quantity),
          from_location: from,
          to_location: to,
          company,
        };
        await this.shipments.write(walk, 'create', [
          {
            reference: withMemo(reference, optionalTextOf(input.arguments, 'reason')),
            company,
            from_location: from,
            to_location: to,
            moves: [['create', [move]]],
          },
        ]);
      },
      differs: async (shipment) =>
        (await this.isMadeFor(walk, shipment, change))
          ? undefined
          : `The shipment ${shipment.number} carries this reference, but moves something else.`,
      next: (shipment) => this.next(walk, shipment, change),
      abandon: (shipment) => this.shipments.cancel(walk, shipment),
    };
    const shipment = await advance(walk, flow);
    const { item, warehouse, quantity } = change;
    return {
      erpReference: shipment.number,
      result: {
        number: shipment.number,
        sku: item.code,
        warehouse_id: warehouse.code,
        quantity,
        on_hand: await this.onHandAfter(walk, item, warehouse),
      },
    };
  }

  private async isMadeFor(walk: Walk, shipment: Shipment, change: Change): Promise<boolean> {
    const { from, to } = await this.wayOf(walk, change);
    const moved = await this.shipments.moves(walk, shipment, change.item);
    return shipment.from === from && shipment.to === to && moved === Math.abs(change.quantity);
  }

  /** Locations that the change moves between. */
  private async wayOf(
    walk: Walk,
    { warehouse, quantity }: Change,
  ): Promise<{ from: number; to: number }> {
    const lostAndFound = await this.records.lostAndFound(walk);
    const { storage } = warehouse;
    return quantity > 0 ? { from: lostAndFound, to: storage } : { from: storage, to: lostAndFound };
  }

  private next(
    walk: Walk,
    { id, state }: Shipment,
    { item, warehouse, quantity }: Change,
  ): NextMove {
    const press = (name: string): NextMove => ({
      name,
      repeatable: true,
      press: async () => {
        await this.shipments.write(walk, name, [id]);
        return undefined;
      },
    });
    switch (state) {
      case 'draft':
        return press('wait');
      case 'waiting':
        return {
          name: 'assign_try',
          repeatable: true,
          press: async () =>
            (await this.shipments.write(walk, 'assign_try', [id])) === true
              ? undefined
              : `There is not enough stock of ${item.code} in ${warehouse.code} to take ${-quantity} out.`,
        };
      case 'assigned':
      case 'shipped':
        return {
          name: 'done',
          repeatable: true,
          press: async () => {
            await this.shipments.finish(walk, id);
            return undefined;
          },
        };
      case 'done':
        return { finished: true };
      default:
        return { ended: `The shipment is ${state} in Tryton.` };
    }
  }

  private async look(walk: Walk, input: PerformInput): Promise<FindResult> {
    const find = () => this.shipments.withReference(walk, referenceOf(input));
    const shipment = await single({ what: 'shipment', find });
    if (!shipment || shipment.state === 'cancelled') return { found: 'none' };
    const { number, state } = shipment;
    return state === 'done'
      ? { found: 'done', erpReference: number, result: { number } }
      : {
          found: 'partial',
          erpReference: number,
          message: `The shipment ${number} is ${state} in Tryton.`,
        };
  }

  private async cancelOriginal(walk: Walk, original: Shipment): Promise<StepOutcome> {
    const { number } = original;
    if (original.state !== 'cancelled' && !(await this.shipments.cancel(walk, original))) {
      throw new Refused(`Tryton did not cancel the shipment ${number}.`);
    }
    return { erpReference: number, result: { number, state: 'cancelled' } };
  }

  /** The write is done by now: that the new stock cannot be read does not make it undone. */
  private async onHandAfter(walk: Walk, item: Item, warehouse: Warehouse): Promise<number | null> {
    return this.records.onHand(walk, item, warehouse).catch(() => null);
  }
}
