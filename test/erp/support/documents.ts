import type { RunningErp } from '../../../scripts/erp/erp';
import { OdooDirect } from './odoo-direct';
import { TrytonDirect } from './tryton-direct';

/** What an ERP really holds, in words that both share. */
export interface ErpRecords {
  onHand(sku: string): Promise<number>;
  /** States of the payments that carry the request's id. */
  payments(requestId: string): Promise<string[]>;
  /** States of the changes of stock that carry the request's id. */
  changes(requestId: string): Promise<string[]>;
  email(contact: string): Promise<string | undefined>;
}

export const PAID = { tryton: 'succeeded', odoo: 'in_process' };
export const TAKEN_BACK = { tryton: 'failed', odoo: 'canceled' };
/** Bytes of the call that creates a payment. */
export const CREATE_PAYMENT = {
  tryton: 'model.account.payment.create"',
  odoo: '/json/2/account.payment/load ',
};

export async function recordsOf(erp: RunningErp): Promise<ErpRecords> {
  return erp.erp === 'tryton' ? ofTryton(erp) : ofOdoo(erp);
}

const states = (rows: Record<string, unknown>[]): string[] =>
  rows.map(({ state }) => String(state));
const warehouseOf = (erp: RunningErp): number =>
  (erp.ids['warehouses'] as Record<string, { id: number }>)['WH-01']?.id ?? 0;

async function ofTryton(erp: RunningErp): Promise<ErpRecords> {
  const tryton = await TrytonDirect.signIn(erp);
  const search = (model: string, field: string, requestId: string) =>
    tryton.search(model, [[field, 'like', `${requestId}/%`]], ['state']);
  return {
    onHand: (sku) => tryton.onHand(sku, warehouseOf(erp)),
    payments: async (id) => states(await search('account.payment', 'description', id)),
    changes: async (id) => states(await search('stock.shipment.internal', 'reference', id)),
    email: async (contact) => {
      const domain = [
        ['party.code', '=', contact],
        ['type', '=', 'email'],
        ['active', '=', true],
      ];
      const rows = await tryton.search('party.contact_mechanism', domain, ['value']);
      return rows.map(({ value }) => String(value)).join();
    },
  };
}

function ofOdoo(erp: RunningErp): ErpRecords {
  const odoo = new OdooDirect(erp);
  const search = (model: string, field: string, requestId: string) =>
    odoo.search(model, [[field, '=like', `${requestId}/%`]], ['state']);
  return {
    onHand: async (sku) => (await odoo.onHand(sku, warehouseOf(erp))).onHand,
    payments: async (id) => states(await search('account.payment', 'memo', id)),
    changes: async (id) => states(await search('stock.picking', 'origin', id)),
    email: async (contact) => {
      const rows = await odoo.search('res.partner', [['ref', '=', contact]], ['email']);
      return rows.map(({ email }) => String(email)).join();
    },
  };
}
