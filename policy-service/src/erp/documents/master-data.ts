import type { JsonObject } from '../../domain/request/request';
import { textOf } from './arguments';
import type { Lookup, Operation } from './connector';
import { Refused } from './outcomes';
import type { Walk } from './walk';

/** A record that people know by a code. The id is the ERP's own and differs in each database. */
export interface Named {
  id: number;
  code: string;
  name: string;
}
/** A vendor or a contact. */
export interface Party extends Named {
  active: boolean;
}
export interface StockItem extends Named {
  active: boolean;
}

/** How an ERP is asked for its records by their codes. Inactive ones are found too. */
export interface MasterData<Item extends StockItem, Warehouse extends Named> {
  /** Name of the ERP, for sentences. */
  readonly erp: string;
  party(walk: Walk, code: string): Promise<Party | undefined>;
  item(walk: Walk, sku: string): Promise<Item | undefined>;
  warehouse(walk: Walk, code: string): Promise<Warehouse | undefined>;
  warehouses(walk: Walk): Promise<Warehouse[]>;
  /** Units of an item in a warehouse, all of its places together. */
  onHand(walk: Walk, item: Item, warehouse: Warehouse): Promise<number>;
}

/** The ERP itself would pay a vendor that is not active. @throws Refused */
export async function activeVendor<I extends StockItem, W extends Named>(
  records: MasterData<I, W>,
  walk: Walk,
  values: JsonObject,
): Promise<Party> {
  const vendor = await knownVendor(records, walk, values);
  if (!vendor.active) throw new Refused(`The vendor ${vendor.code} is not active.`);
  return vendor;
}

/** @throws Refused */
export async function knownItem<I extends StockItem, W extends Named>(
  records: MasterData<I, W>,
  walk: Walk,
  values: JsonObject,
): Promise<I> {
  const sku = textOf(values, 'sku');
  const item = await records.item(walk, sku);
  if (!item) throw new Refused(`There is no item ${sku} in ${records.erp}.`);
  return item;
}

/** @throws Refused */
export async function knownWarehouse<I extends StockItem, W extends Named>(
  records: MasterData<I, W>,
  walk: Walk,
  values: JsonObject,
): Promise<W> {
  const code = textOf(values, 'warehouse_id');
  const warehouse = await records.warehouse(walk, code);
  if (!warehouse) throw new Refused(`There is no warehouse ${code} in ${records.erp}.`);
  return warehouse;
}

/** The records that rules and entity references are about. */
export function lookupsOf<I extends StockItem, W extends Named>(
  records: MasterData<I, W>,
): Record<string, Lookup> {
  const party =
    (id: string): Lookup =>
    async (walk, parameters) => {
      const found = await records.party(walk, textOf(parameters, id));
      return found && partyFields(id, found);
    };
  return {
    vendor: party('vendor_id'),
    contact: party('contact_id'),
    item: async (walk, parameters) => {
      const item = await records.item(walk, textOf(parameters, 'sku'));
      return item && { sku: item.code, name: item.name, active: item.active };
    },
    warehouse: async (walk, parameters) => {
      const warehouse = await records.warehouse(walk, textOf(parameters, 'warehouse_id'));
      return warehouse && { warehouse_id: warehouse.code, name: warehouse.name };
    },
    stock: async (walk, parameters) => {
      const item = await records.item(walk, textOf(parameters, 'sku'));
      const warehouse = await records.warehouse(walk, textOf(parameters, 'warehouse_id'));
      return item && warehouse && { on_hand: await records.onHand(walk, item, warehouse) };
    },
  };
}

const READS = { reads: true, idempotency: 'A', findable: false, uniqueReference: false } as const;

/** Operations that only read. */
export function readsOf<I extends StockItem, W extends Named>(
  records: MasterData<I, W>,
): Record<'stock_read' | 'vendor_read', Operation> {
  return {
    stock_read: {
      traits: READS,
      perform: async (walk, { arguments: values }) => {
        const item = await knownItem(records, walk, values);
        const asked =
          values['warehouse_id'] === undefined
            ? await records.warehouses(walk)
            : [await knownWarehouse(records, walk, values)];
        const warehouses = await Promise.all(
          asked.map(async (warehouse) => ({
            warehouse_id: warehouse.code,
            on_hand: await records.onHand(walk, item, warehouse),
          })),
        );
        const onHand = warehouses.reduce((sum, { on_hand }) => sum + on_hand, 0);
        return { result: { sku: item.code, on_hand: onHand, warehouses } };
      },
    },
    vendor_read: {
      traits: READS,
      perform: async (walk, { arguments: values }) => ({
        result: partyFields('vendor_id', await knownVendor(records, walk, values)),
      }),
    },
  };
}

async function knownVendor<I extends StockItem, W extends Named>(
  records: MasterData<I, W>,
  walk: Walk,
  values: JsonObject,
): Promise<Party> {
  const code = textOf(values, 'vendor_id');
  const vendor = await records.party(walk, code);
  if (!vendor) throw new Refused(`There is no vendor ${code} in ${records.erp}.`);
  return vendor;
}

/** The same words in every ERP, so that one rule serves all of them. */
function partyFields(id: string, { code, name, active }: Party): JsonObject {
  return { [id]: code, name, status: active ? 'active' : 'inactive' };
}
