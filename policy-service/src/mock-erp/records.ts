import type { ErpDatabase } from './database';
import { journalEntries } from './documents/journal';
import { notFound } from './refusal';

export type ErpRecord = Record<string, unknown>;

/** Kinds of GET /records/{kind} and the table or view that holds them. */
const TABLE_OF: Record<string, string> = {
  vendors: 'vendors',
  items: 'items',
  warehouses: 'warehouses',
  stock: 'stock_levels',
  movements: 'movements',
  payments: 'payments',
  contacts: 'contacts',
  contact_changes: 'contact_changes',
  tickets: 'tickets',
  ticket_routings: 'ticket_routings',
  notifications: 'notifications',
  customers: 'customers',
  invoices: 'invoices',
  accounts: 'accounts',
};

/** Master data that can be read one by one: path -> name of the record and of its key. */
export const MASTER_DATA = {
  vendors: { name: 'vendor', key: 'vendor_id' },
  items: { name: 'item', key: 'sku' },
  warehouses: { name: 'warehouse', key: 'warehouse_id' },
  customers: { name: 'customer', key: 'customer_id' },
  contacts: { name: 'contact', key: 'contact_id' },
  tickets: { name: 'ticket', key: 'ticket_id' },
  invoices: { name: 'invoice', key: 'invoice_ref' },
  accounts: { name: 'account', key: 'account' },
} as const;
export type MasterDataKind = keyof typeof MASTER_DATA;

/** Documents that writes book: path -> kind of record. Each may carry an external reference. */
export const DOCUMENTS = {
  payments: 'payments',
  'stock-movements': 'movements',
  'contact-changes': 'contact_changes',
  'ticket-routings': 'ticket_routings',
  notifications: 'notifications',
  'journal-entries': 'journal',
} as const;
export type DocumentPath = keyof typeof DOCUMENTS;

export const RECORD_KINDS = [...Object.keys(TABLE_OF), 'journal'];

/**
 * Everything of one kind, oldest first.
 * @throws ErpRefusal 404 for a kind that is not listed in RECORD_KINDS
 */
export function allRecords(db: ErpDatabase, kind: string): ErpRecord[] {
  if (kind === 'journal') return journalEntries(db).map((entry) => ({ ...entry }));
  const table = Object.hasOwn(TABLE_OF, kind) ? TABLE_OF[kind] : undefined;
  if (table === undefined) throw notFound('record kind', kind);
  return db.prepare<[], ErpRecord>(`SELECT * FROM ${table}`).all().map(asJson);
}

/** The documents of one kind that carry an external reference, oldest first. */
export function documentsWith(db: ErpDatabase, path: DocumentPath, reference: string): ErpRecord[] {
  const kind = DOCUMENTS[path];
  if (kind === 'journal') return journalEntries(db, reference).map((entry) => ({ ...entry }));
  return db
    .prepare<[string], ErpRecord>(`SELECT * FROM ${kind} WHERE external_reference = ?`)
    .all(reference);
}

/** One document by its number. @throws ErpRefusal 404 */
export function oneDocument(db: ErpDatabase, path: DocumentPath, number: string): ErpRecord {
  const found = allRecords(db, DOCUMENTS[path]).find((document) => document.number === number);
  if (!found) throw notFound('document', number);
  return found;
}

/** Kind of document -> external reference -> how many documents carry it. */
export function countsByReference(db: ErpDatabase): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.values(DOCUMENTS).map((kind) => {
      const rows = db
        .prepare<[], { reference: string; count: number }>(
          `SELECT external_reference AS reference, COUNT(*) AS count
           FROM ${kind === 'journal' ? 'journal_entries' : kind}
           WHERE external_reference IS NOT NULL GROUP BY external_reference`,
        )
        .all();
      return [kind, Object.fromEntries(rows.map(({ reference, count }) => [reference, count]))];
    }),
  );
}

/** One record of the master data. @throws ErpRefusal 404 */
export function oneRecord(db: ErpDatabase, kind: MasterDataKind, id: string): ErpRecord {
  const { name, key } = MASTER_DATA[kind];
  const row = db
    .prepare<[string], ErpRecord>(`SELECT * FROM ${TABLE_OF[kind]} WHERE ${key} = ?`)
    .get(id);
  if (!row) throw notFound(name, id);
  return asJson(row);
}

/** Stock of an item, in one warehouse or in all. @throws ErpRefusal 404 for an unknown item or warehouse */
export function stockOf(db: ErpDatabase, sku: string, warehouseId?: string): ErpRecord[] {
  oneRecord(db, 'items', sku);
  if (warehouseId !== undefined) oneRecord(db, 'warehouses', warehouseId);
  return db
    .prepare<[string, string | null, string | null], ErpRecord>(
      `SELECT * FROM stock_levels WHERE sku = ? AND (? IS NULL OR warehouse_id = ?)`,
    )
    .all(sku, warehouseId ?? null, warehouseId ?? null);
}

/** SQLite has no booleans. */
function asJson(row: ErpRecord): ErpRecord {
  return 'active' in row ? { ...row, active: row.active === 1 } : row;
}
