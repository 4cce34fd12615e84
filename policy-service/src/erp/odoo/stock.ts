import type { FindResult, PerformInput, StepOutcome } from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request/request';
import { advance, single, type DocumentFlow, type NextMove } from '../documents/advance';
import { optionalTextOf, quantityOf, referenceOf, withMemo } from '../documents/arguments';
import { theUndone, undoneOf } from '../documents/undone';
import type { Operation } from '../documents/connector';
import { knownItem, knownWarehouse } from '../documents/master-data';
import { Refused } from '../documents/outcomes';
import type { Walk } from '../documents/walk';
import { externalIdOf, type Item, type OdooRecords, type Warehouse } from './records';
import { OdooTransfers, type Transfer } from './transfers';

interface Change {
  item: Item;
  warehouse: Warehouse;
  /** Units; below 0 they are taken out. */
  quantity: number;
}

/**
 * Changes of stock as internal transfers between the warehouse and "inventory adjustment". The
 * count of a quant is never applied: done twice it sets the stock to 0.
 */
export class OdooStock {
  private readonly transfers: OdooTransfers;

  constructor(private readonly records: OdooRecords) {
    this.transfers = new OdooTransfers(records);
  }

  readonly adjust: Operation = {
    // The external id makes a repeated creation harmless, at any time.
    traits: {
      reads: false,
      idempotency: 'A',
      findable: true,
      uniqueReference: true,
      reverse: 'stock_adjust_reverse',
    },
    perform: async (walk, input) =>
      this.book(walk, input, await this.changeOf(walk, input.arguments)),
    find: (walk, input) => this.look(walk, input),
  };

  /** The opposite transfer; one that was not finished yet is cancelled instead. */
  readonly reverse: Operation = {
    traits: { reads: false, idempotency: 'A', findable: true, uniqueReference: true },
    perform: async (walk, input) => {
      const undone = undoneOf(input);
      const found = await this.transfers.writtenBy(walk, undone);
      const original = theUndone('transfer', 'Odoo', undone, found);
      const { name } = original;
      const change = await this.changeOf(walk, input.arguments);
      if (!(await this.isMadeFor(walk, original, change))) {
        throw new Refused(`The transfer ${name} in Odoo is not the one that is to be undone.`);
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
    const { item, warehouse, quantity } = change;
    const { from, to } = wayOf(change);
    const reference = referenceOf(input);
    const flow: DocumentFlow<Transfer> = {
      what: 'transfer',
      find: () => this.transfers.withReference(walk, reference),
      createsOnce: true,
      create: async () => {
        // Up to Odoo 18 a move needs a description.
        const named: Record<string, string> = (await this.records.has(walk, 'stock.move', 'name'))
          ? { 'move_ids/name': item.name }
          : {};
        await this.transfers.createOnce(walk, externalIdOf(reference), {
          'picking_type_id/.id': String(warehouse.internalTransfers),
          'location_id/.id': String(from),
          'location_dest_id/.id': String(to),
          origin: withMemo(reference, optionalTextOf(input.arguments, 'reason')),
          ...named,
          'move_ids/product_id/.id': String(item.id),
          'move_ids/product_uom_qty': String(Math.abs(quantity)),
          'move_ids/product_uom/.id': String(item.unit),
          'move_ids/location_id/.id': String(from),
          'move_ids/location_dest_id/.id': String(to),
        });
      },
      differs: async (transfer) =>
        (await this.isMadeFor(walk, transfer, change))
          ? undefined
          : `The transfer ${transfer.name} carries this reference, but moves something else.`,
      next: (transfer) => this.next(walk, transfer, change),
      abandon: (transfer) => this.transfers.cancel(walk, transfer),
    };
    const { name } = await advance(walk, flow);
    // The write is done by now: that the new stock cannot be read does not make it undone.
    const onHand = await this.records.onHand(walk, item, warehouse).catch(() => null);
    return {
      erpReference: name,
      result: {
        number: name,
        sku: item.code,
        warehouse_id: warehouse.code,
        quantity,
        on_hand: onHand,
      },
    };
  }

  private async isMadeFor(walk: Walk, transfer: Transfer, change: Change): Promise<boolean> {
    const { from, to } = wayOf(change);
    const { demanded } = await this.transfers.moves(walk, transfer, change.item);
    return transfer.from === from && transfer.to === to && demanded === Math.abs(change.quantity);
  }

  private next(walk: Walk, transfer: Transfer, { item, warehouse, quantity }: Change): NextMove {
    const { id, state } = transfer;
    const tooLittle = `There is not enough stock of ${item.code} in ${warehouse.code} to take ${-quantity} out.`;
    const move = (
      name: string,
      after: (answer: Json) => Promise<string | undefined>,
    ): NextMove => ({
      name,
      repeatable: true,
      press: async () => after(await this.transfers.press(walk, name, id)),
    });
    switch (state) {
      case 'draft':
        return move('action_confirm', async () => undefined);
      case 'waiting':
      case 'confirmed':
        return move('action_assign', async () =>
          (await this.transfers.isReserved(walk, transfer, item)) ? undefined : tooLittle,
        );
      case 'assigned':
        return {
          name: 'button_validate',
          repeatable: true,
          press: async () => {
            // Odoo would ask whether to move what there is and order the rest.
            if (quantity < 0 && !(await this.transfers.isReserved(walk, transfer, item)))
              return tooLittle;
            const answer = await this.transfers.press(walk, 'button_validate', id);
            return answer === true || answer === null
              ? undefined
              : 'Odoo asked a question instead of moving the stock.';
          },
        };
      case 'done':
        return { finished: true };
      default:
        return { ended: `The transfer ${transfer.name} is ${state} in Odoo.` };
    }
  }

  private async look(walk: Walk, input: PerformInput): Promise<FindResult> {
    const find = () => this.transfers.withReference(walk, referenceOf(input));
    const transfer = await single({ what: 'transfer', find });
    if (!transfer || transfer.state === 'cancel') return { found: 'none' };
    const { name, state } = transfer;
    return state === 'done'
      ? { found: 'done', erpReference: name, result: { number: name } }
      : {
          found: 'partial',
          erpReference: name,
          message: `The transfer ${name} is ${state} in Odoo.`,
        };
  }

  private async cancelOriginal(walk: Walk, original: Transfer): Promise<StepOutcome> {
    const { name } = original;
    if (original.state !== 'cancel' && !(await this.transfers.cancel(walk, original))) {
      throw new Refused(`Odoo did not cancel the transfer ${name}.`);
    }
    return { erpReference: name, result: { number: name, state: 'cancelled' } };
  }
}

/** Locations that the change moves between. */
function wayOf({ item, warehouse, quantity }: Change): { from: number; to: number } {
  const { inventoryLoss: loss } = item;
  const { storage } = warehouse;
  return quantity > 0 ? { from: loss, to: storage } : { from: storage, to: loss };
}
