import type { Json, JsonObject } from '../../domain/request/request';
import type { MasterData, Named, Party, StockItem } from '../documents/master-data';
import { Refused } from '../documents/outcomes';
import { theOne } from '../documents/the-one';
import type { Walk } from '../documents/walk';
import { isTrue } from './values';

/** More rows than anything that is looked up here has. */
const MOST_ROWS = 1_000;

export interface Item extends StockItem {
  unit: number;
}
export interface Warehouse extends Named {
  storage: number;
}
export interface PaymentJournal {
  id: number;
  currency: string;
  digits: number;
}

/** Reads Tryton's records by their codes. Ids are never configured: they differ in each database. */
export class TrytonRecords implements MasterData<Item, Warehouse> {
  readonly erp = 'Tryton';
  private company: number | undefined;
  private readonly known = new Map<string, JsonObject>();

  /** Companies are chosen by the login; its first one is used for every call. */
  async context(walk: Walk, more: JsonObject = {}): Promise<JsonObject> {
    this.company ??= await companyOf(walk);
    return { company: this.company, ...more };
  }

  async search(
    walk: Walk,
    model: string,
    domain: Json[],
    fields: string[],
    more: JsonObject = {},
  ): Promise<JsonObject[]> {
    const context = await this.context(walk, more);
    const rows = await walk.read({
      model,
      method: 'search_read',
      params: [domain, 0, MOST_ROWS, null, fields, context],
    });
    return rows as JsonObject[];
  }

  /** Whether documents of this version of Tryton have a state. */
  async hasState(walk: Walk, model: string, state: string): Promise<boolean> {
    const { selection } = (await this.fields(walk, model))['state'] as JsonObject;
    return (selection as [string, string][]).some(([name]) => name === state);
  }

  /** Whether records of this version of Tryton have a field. */
  async has(walk: Walk, model: string, field: string): Promise<boolean> {
    return field in (await this.fields(walk, model));
  }

  private async fields(walk: Walk, model: string): Promise<JsonObject> {
    let known = this.known.get(model);
    if (!known) {
      const params = [null, await this.context(walk)];
      known = (await walk.read({ model, method: 'fields_get', params })) as JsonObject;
      this.known.set(model, known);
    }
    return known;
  }

  /** Inactive ones too: that a vendor is inactive is a fact, not an absence. */
  async party(walk: Walk, code: string): Promise<Party | undefined> {
    const fields = ['code', 'name', 'active'];
    const row = one(
      `party ${code}`,
      await this.search(walk, 'party.party', [['code', '=', code]], fields, { active_test: false }),
      { code },
    );
    return row && { ...named(row), active: isTrue(row['active']) };
  }

  async item(walk: Walk, sku: string): Promise<Item | undefined> {
    const fields = ['code', 'name', 'active', 'default_uom'];
    const row = one(
      `product ${sku}`,
      await this.search(walk, 'product.product', [['code', '=', sku]], fields, {
        active_test: false,
      }),
      { code: sku },
    );
    return (
      row && { ...named(row), active: isTrue(row['active']), unit: Number(row['default_uom']) }
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
    const all = [['type', '=', 'warehouse'], ...domain];
    return this.search(walk, 'stock.location', all, ['code', 'name', 'storage_location']);
  }

  async onHand(walk: Walk, item: Item, warehouse: Warehouse): Promise<number> {
    const [row] = await this.search(walk, 'product.product', [['id', '=', item.id]], ['quantity'], {
      active_test: false,
      locations: [warehouse.id],
    });
    return Number(row?.['quantity'] ?? 0);
  }

  /** The place that stock comes from and goes to when it is only counted differently. */
  async lostAndFound(walk: Walk): Promise<number> {
    const domain = [['type', '=', 'lost_found']];
    const rows = await this.search(walk, 'stock.location', domain, ['type']);
    const row = one('lost and found', rows, { type: 'lost_found' });
    if (!row) throw new Refused('Tryton has no location of the type lost and found.');
    return Number(row['id']);
  }

  async paymentJournal(walk: Walk, name: string, currency: string): Promise<PaymentJournal> {
    const rows = await this.search(
      walk,
      'account.payment.journal',
      [
        ['name', '=', name],
        ['currency.code', '=', currency],
      ],
      ['name', 'currency.code', 'currency.digits'],
    );
    const row = one(`payment journal ${name}`, rows, { name, 'currency.code': currency });
    if (!row) throw new Refused(`Tryton has no payment journal "${name}" in ${currency}.`);
    return { id: Number(row['id']), currency, digits: Number(row['currency.digits']) };
  }

  /** The vendor's own payable account, else the company's. */
  async payableAccount(walk: Walk, vendor: Party): Promise<number> {
    const [party] = await this.search(
      walk,
      'party.party',
      [['id', '=', vendor.id]],
      ['account_payable'],
    );
    if (typeof party?.['account_payable'] === 'number') return party['account_payable'];
    const [settings] = await this.search(
      walk,
      'account.configuration',
      [],
      ['default_account_payable'],
    );
    const account = settings?.['default_account_payable'];
    if (typeof account === 'number') return account;
    throw new Refused(`Tryton has no payable account for ${vendor.code}.`);
  }
}

async function companyOf(walk: Walk): Promise<number> {
  const preferences = await walk.read({
    model: 'res.user',
    method: 'get_preferences',
    params: [true, {}],
  });
  const company = (preferences as JsonObject | null)?.['company'];
  if (typeof company === 'number') return company;
  throw new Refused('The login has no company in Tryton. Choose one in its preferences.');
}

function warehouseOf(row: JsonObject): Warehouse {
  return { ...named(row), storage: Number(row['storage_location']) };
}

const one = theOne.bind(undefined, 'Tryton');

function named(row: JsonObject): Named {
  return {
    id: Number(row['id']),
    code: String(row['code'] ?? ''),
    name: String(row['name'] ?? ''),
  };
}
