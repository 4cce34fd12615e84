import { cutText } from '../../domain/request/storable';
import type { Json, JsonObject } from '../../domain/request/request';
import type { MasterData, Named, Party, StockItem } from '../documents/master-data';
import { Refused, Unreachable } from '../documents/outcomes';
import { theOne } from '../documents/the-one';
import type { Walk } from '../documents/walk';
import { isInTheWay, isObject } from './errors';

/** More rows than anything that is looked up here has. */
const MOST_ROWS = 1_000;
/** Keeps what is there: without it a repeated `load` overwrites the document, even a posted one. */
const ONCE = { mode: 'update', noupdate: true };
/** Module name of our external ids. */
const NAMESPACE = 'execution_layer';
/** Loads of one external id that race: one wins, and the others are told to come again. */
const LOADS = 6;
const FIRST_WAIT_MS = 50;

export interface Partner extends Party {
  /** Further fields that were asked for. */
  row: JsonObject;
}
export interface Item extends StockItem {
  unit: number;
  /** The place that stock comes from and goes to when it is only counted differently. */
  inventoryLoss: number;
}
export interface Warehouse extends Named {
  storage: number;
  internalTransfers: number;
}

/** Reads and creates Odoo's records. Ids are never configured: they differ in each database. */
export class OdooRecords implements MasterData<Item, Warehouse> {
  readonly erp = 'Odoo';
  private readonly fields = new Map<string, Set<string>>();

  async search(
    walk: Walk,
    model: string,
    domain: Json[],
    fields: string[],
    context: JsonObject = {},
  ): Promise<JsonObject[]> {
    const params = { domain, fields, limit: MOST_ROWS, context };
    return (await walk.read({ model, method: 'search_read', params })) as JsonObject[];
  }

  /** Whether this version of Odoo has a field. */
  async has(walk: Walk, model: string, field: string): Promise<boolean> {
    let known = this.fields.get(model);
    if (!known) {
      const params = { attributes: ['type'] };
      known = new Set(
        Object.keys((await walk.read({ model, method: 'fields_get', params })) ?? {}),
      );
      this.fields.set(model, known);
    }
    return known.has(field);
  }

  /**
   * Creates a record under an external id, or leaves the one alone that has it already.
   * @param row field as `load` names it -> text
   * @throws Refused with Odoo's sentences, Unreachable when others were in the way for too long
   */
  async createOnce(
    walk: Walk,
    model: string,
    externalId: string,
    row: Record<string, string>,
  ): Promise<number> {
    const fields = ['id', ...Object.keys(row)];
    const data = [[`${NAMESPACE}.${externalId}`, ...Object.values(row)]];
    for (let tries = 1; ; tries += 1) {
      const answer = await walk.write(
        {
          model,
          method: 'load',
          params: { fields, data, context: ONCE },
          recorded: { externalId, values: row, context: ONCE },
        },
        (said) => loadedId(said) === undefined,
      );
      const id = loadedId(answer);
      if (id !== undefined) return id;
      const { messages } = isObject(answer) ? answer : {};
      const sentences = (Array.isArray(messages) ? messages : [])
        .map((message) => (isObject(message) ? String(message['message']) : ''))
        .join(' ');
      if (!isInTheWay(sentences)) throw new Refused(`Odoo refused it: ${cutText(sentences, 500)}`);
      if (tries === LOADS) throw new Unreachable('Odoo was in the middle of another change.');
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** tries));
    }
  }

  async press(walk: Walk, model: string, method: string, id: number): Promise<Json> {
    return walk.write({ model, method, params: { ids: [id] } });
  }

  /** Archived ones too: that a vendor is inactive is a fact, not an absence. */
  async party(walk: Walk, code: string, more: string[] = []): Promise<Partner | undefined> {
    const fields = ['ref', 'name', 'active', ...more];
    const row = one(
      `partner ${code}`,
      await this.search(walk, 'res.partner', [['ref', '=', code]], fields, { active_test: false }),
      { ref: code },
    );
    return (
      row && {
        id: Number(row['id']),
        code,
        name: String(row['name']),
        active: row['active'] === true,
        row,
      }
    );
  }

  async item(walk: Walk, sku: string): Promise<Item | undefined> {
    const fields = ['default_code', 'name', 'active', 'uom_id', 'property_stock_inventory'];
    const row = one(
      `product ${sku}`,
      await this.search(walk, 'product.product', [['default_code', '=', sku]], fields, {
        active_test: false,
      }),
      { default_code: sku },
    );
    return (
      row && {
        id: Number(row['id']),
        code: sku,
        name: String(row['name']),
        active: row['active'] === true,
        unit: idOf(row['uom_id']),
        inventoryLoss: idOf(row['property_stock_inventory']),
      }
    );
  }

  async warehouse(walk: Walk, code: string): Promise<Warehouse | undefined> {
    const rows = await this.warehouseRows(walk, [['code', '=', code]]);
    const row = one(`warehouse ${code}`, rows, { code });
    return row && warehouseOf(row);
  }

  async warehouses(walk: Walk): Promise<Warehouse[]> {
    return (await this.warehouseRows(walk, [])).map(warehouseOf);
  }

  private warehouseRows(walk: Walk, domain: Json[]): Promise<JsonObject[]> {
    const fields = ['code', 'name', 'lot_stock_id', 'int_type_id'];
    return this.search(walk, 'stock.warehouse', domain, fields);
  }

  async onHand(walk: Walk, item: Item, warehouse: Warehouse): Promise<number> {
    const rows = await this.search(
      walk,
      'product.product',
      [['id', '=', item.id]],
      ['qty_available'],
      // The second name is the one of older versions.
      { active_test: false, warehouse_id: warehouse.id, warehouse: warehouse.id },
    );
    return Number(rows[0]?.['qty_available'] ?? 0);
  }

  /** @throws Refused when the currency is not in use there */
  async currency(walk: Walk, code: string): Promise<{ id: number; digits: number }> {
    const fields = ['name', 'decimal_places'];
    const rows = await this.search(walk, 'res.currency', [['name', '=', code]], fields);
    const row = one(`currency ${code}`, rows, { name: code });
    if (!row) throw new Refused(`The currency ${code} is not active in Odoo.`);
    return { id: Number(row['id']), digits: Number(row['decimal_places']) };
  }

  /** @throws Refused */
  async paymentJournal(walk: Walk, code: string): Promise<number> {
    const domain = [
      ['code', '=', code],
      ['type', 'in', ['bank', 'cash']],
    ];
    const row = one(
      `journal ${code}`,
      await this.search(walk, 'account.journal', domain, ['name', 'code']),
      { code },
    );
    if (!row) throw new Refused(`Odoo has no bank or cash journal with the code ${code}.`);
    return Number(row['id']);
  }
}

/** The id of the record that a `load` made or found; undefined when Odoo rolled it back. */
function loadedId(answer: Json): number | undefined {
  const ids = isObject(answer) ? answer['ids'] : undefined;
  const id = Array.isArray(ids) ? ids[0] : undefined;
  return typeof id === 'number' ? id : undefined;
}

/** The id of a relation, which Odoo reads as `[id, name]`, or `false` for none. */
export function idOf(value: Json | undefined): number {
  return Array.isArray(value) ? Number(value[0]) : Number(value || 0);
}

/** The part of an external id after the namespace: Odoo splits it at the first dot. */
export function externalIdOf(reference: string): string {
  return reference.replace('/', '.');
}

function warehouseOf(row: JsonObject): Warehouse {
  return {
    id: Number(row['id']),
    code: String(row['code']),
    name: String(row['name']),
    storage: idOf(row['lot_stock_id']),
    internalTransfers: idOf(row['int_type_id']),
  };
}

const one = theOne.bind(undefined, 'Odoo');
