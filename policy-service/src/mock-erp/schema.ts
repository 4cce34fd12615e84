/** Columns of every document: who it came from, when, and what it undoes. */
const DOCUMENT = `
  reverses TEXT,
  external_reference TEXT,
  created_at TEXT NOT NULL`;

/** Tables of the mock ERP. Column names are the field names of its JSON answers. */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS vendors (
  vendor_id TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS items (
  sku TEXT PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS warehouses (
  warehouse_id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS stock (
  sku TEXT NOT NULL REFERENCES items, warehouse_id TEXT NOT NULL REFERENCES warehouses,
  on_hand INTEGER NOT NULL CHECK (on_hand >= 0), PRIMARY KEY (sku, warehouse_id)) STRICT;
CREATE TABLE IF NOT EXISTS customers (
  customer_id TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL,
  email TEXT, phone TEXT) STRICT;
CREATE TABLE IF NOT EXISTS contacts (
  contact_id TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, customer_id TEXT REFERENCES customers,
  email TEXT NOT NULL, phone TEXT NOT NULL, address TEXT NOT NULL, owner TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tickets (
  ticket_id TEXT PRIMARY KEY, subject TEXT NOT NULL, customer_id TEXT REFERENCES customers,
  queue TEXT NOT NULL, priority TEXT NOT NULL, status TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS invoices (
  invoice_ref TEXT PRIMARY KEY, vendor_id TEXT NOT NULL REFERENCES vendors, amount TEXT NOT NULL,
  open_amount TEXT NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS accounts (
  account TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS payments (
  number TEXT PRIMARY KEY, vendor_id TEXT NOT NULL REFERENCES vendors, amount TEXT NOT NULL,
  currency TEXT NOT NULL, invoice_ref TEXT REFERENCES invoices, memo TEXT, status TEXT NOT NULL,
  ${DOCUMENT}) STRICT;
CREATE TABLE IF NOT EXISTS movements (
  number TEXT PRIMARY KEY, sku TEXT NOT NULL REFERENCES items,
  warehouse_id TEXT NOT NULL REFERENCES warehouses, quantity INTEGER NOT NULL, reason TEXT,
  ${DOCUMENT}) STRICT;
CREATE TABLE IF NOT EXISTS contact_changes (
  number TEXT PRIMARY KEY, contact_id TEXT NOT NULL REFERENCES contacts, field TEXT NOT NULL,
  old_value TEXT NOT NULL, new_value TEXT NOT NULL,
  ${DOCUMENT}) STRICT;
CREATE TABLE IF NOT EXISTS ticket_routings (
  number TEXT PRIMARY KEY, ticket_id TEXT NOT NULL REFERENCES tickets, from_queue TEXT NOT NULL,
  from_priority TEXT NOT NULL, queue TEXT NOT NULL, priority TEXT NOT NULL,
  ${DOCUMENT}) STRICT;
CREATE TABLE IF NOT EXISTS notifications (
  number TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, template TEXT NOT NULL,
  channel TEXT NOT NULL, status TEXT NOT NULL,
  ${DOCUMENT}) STRICT;
CREATE TABLE IF NOT EXISTS journal_entries (
  number TEXT PRIMARY KEY, currency TEXT NOT NULL, memo TEXT,
  ${DOCUMENT}) STRICT;
CREATE TABLE IF NOT EXISTS journal_lines (
  number TEXT NOT NULL REFERENCES journal_entries, line INTEGER NOT NULL,
  account TEXT NOT NULL REFERENCES accounts, debit TEXT NOT NULL, credit TEXT NOT NULL,
  PRIMARY KEY (number, line)) STRICT;

CREATE TABLE IF NOT EXISTS counters (
  prefix TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS idempotency_keys (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  created_at TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS idempotency_keys_age ON idempotency_keys (created_at);

CREATE INDEX IF NOT EXISTS payments_reference ON payments (external_reference);
CREATE INDEX IF NOT EXISTS movements_reference ON movements (external_reference);
CREATE INDEX IF NOT EXISTS contact_changes_reference ON contact_changes (external_reference);
CREATE INDEX IF NOT EXISTS ticket_routings_reference ON ticket_routings (external_reference);
CREATE INDEX IF NOT EXISTS notifications_reference ON notifications (external_reference);
CREATE INDEX IF NOT EXISTS journal_entries_reference ON journal_entries (external_reference);

CREATE VIEW IF NOT EXISTS stock_levels AS
  SELECT i.sku, w.warehouse_id, COALESCE(s.on_hand, 0) AS on_hand
  FROM items i CROSS JOIN warehouses w
  LEFT JOIN stock s ON s.sku = i.sku AND s.warehouse_id = w.warehouse_id;
CREATE VIEW IF NOT EXISTS documents AS
  SELECT number, reverses FROM payments UNION ALL SELECT number, reverses FROM movements
  UNION ALL SELECT number, reverses FROM contact_changes
  UNION ALL SELECT number, reverses FROM ticket_routings
  UNION ALL SELECT number, reverses FROM journal_entries;
`;

/** Children before parents, so that a reset can empty them in this order. */
export const TABLES = [
  'journal_lines',
  'journal_entries',
  'notifications',
  'ticket_routings',
  'contact_changes',
  'movements',
  'payments',
  'invoices',
  'accounts',
  'tickets',
  'contacts',
  'customers',
  'stock',
  'warehouses',
  'items',
  'vendors',
  'counters',
  'idempotency_keys',
] as const;
