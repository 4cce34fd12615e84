import {
  formatAmount,
  knownCurrency,
  parseAmount,
  storedAmount,
  type Thousandths,
} from '../amount';
import { Body } from '../body';
import { insert, type ErpDatabase } from '../database';
import { ErpRefusal, notFound } from '../refusal';
import {
  assertReversible,
  DOCUMENT_FIELDS,
  documentColumns,
  nextNumber,
  type WriteContext,
} from './document';

export interface PaymentRow {
  number: string;
  vendor_id: string;
  /** Decimal string; negative on a reversal. */
  amount: string;
  currency: string;
  invoice_ref: string | null;
  memo: string | null;
  status: 'posted' | 'reversed';
  reverses: string | null;
  external_reference: string | null;
  created_at: string;
}

interface InvoiceRow {
  invoice_ref: string;
  vendor_id: string;
  amount: string;
  open_amount: string;
  currency: string;
  status: 'open' | 'paid';
}

/** Books a payment to an active vendor; with an invoice, lowers what is open on it. */
export function createPayment(context: WriteContext, value: unknown): PaymentRow {
  const { db } = context;
  const body = new Body(value, [
    'vendor_id',
    'amount',
    'currency',
    'invoice_ref',
    'memo',
    ...DOCUMENT_FIELDS,
  ]);
  const vendorId = body.text('vendor_id');
  assertPayable(db, vendorId);
  const currency = knownCurrency(body.text('currency'));
  const amount = parseAmount(body.raw('amount'), currency);
  const invoiceRef = body.optionalText('invoice_ref');
  if (invoiceRef !== null) settle(db, openInvoice(db, invoiceRef, vendorId, currency), amount);
  return book(db, {
    number: nextNumber(db, 'PAY'),
    vendor_id: vendorId,
    amount: formatAmount(amount, currency),
    currency,
    invoice_ref: invoiceRef,
    memo: body.optionalText('memo'),
    status: 'posted',
    ...documentColumns(context, body),
  });
}

/** Books the opposite payment and opens the invoice again. */
export function reversePayment(context: WriteContext, number: string, value: unknown): PaymentRow {
  const { db } = context;
  const body = new Body(value, DOCUMENT_FIELDS);
  const payment = db
    .prepare<[string], PaymentRow>('SELECT * FROM payments WHERE number = ?')
    .get(number);
  if (!payment) throw notFound('payment', number);
  assertReversible(db, payment);
  const amount = storedAmount(payment.amount);
  if (payment.invoice_ref !== null) settle(db, invoice(db, payment.invoice_ref), -amount);
  db.prepare(`UPDATE payments SET status = 'reversed' WHERE number = ?`).run(number);
  return book(db, {
    ...payment,
    number: nextNumber(db, 'PAY'),
    amount: formatAmount(-amount, payment.currency),
    ...documentColumns(context, body, number),
  });
}

function book(db: ErpDatabase, row: PaymentRow): PaymentRow {
  insert(db, 'payments', { ...row });
  return row;
}

function assertPayable(db: ErpDatabase, vendorId: string): void {
  const vendor = db
    .prepare<[string], { name: string; status: string }>(
      'SELECT name, status FROM vendors WHERE vendor_id = ?',
    )
    .get(vendorId);
  if (!vendor)
    throw new ErpRefusal('unknown_vendor', `There is no vendor ${vendorId}.`, 'vendor_id');
  if (vendor.status !== 'active') {
    throw new ErpRefusal(
      'inactive_vendor',
      `The vendor ${vendorId} is ${vendor.status}, so it cannot be paid.`,
      'vendor_id',
    );
  }
}

function invoice(db: ErpDatabase, ref: string): InvoiceRow {
  const row = db
    .prepare<[string], InvoiceRow>('SELECT * FROM invoices WHERE invoice_ref = ?')
    .get(ref);
  if (!row) throw new ErpRefusal('unknown_invoice', `There is no invoice ${ref}.`, 'invoice_ref');
  return row;
}

function openInvoice(db: ErpDatabase, ref: string, vendorId: string, currency: string): InvoiceRow {
  const row = invoice(db, ref);
  if (row.vendor_id !== vendorId) {
    throw new ErpRefusal(
      'invoice_of_other_vendor',
      `The invoice ${ref} belongs to ${row.vendor_id}, not to ${vendorId}.`,
      'invoice_ref',
    );
  }
  if (row.status === 'paid') {
    throw new ErpRefusal(
      'invoice_already_paid',
      `The invoice ${ref} is already paid.`,
      'invoice_ref',
    );
  }
  if (row.currency !== currency) {
    throw new ErpRefusal('wrong_currency', `The invoice ${ref} is in ${row.currency}.`, 'currency');
  }
  return row;
}

/** A surplus stays with the vendor; a reversal never opens more than the invoice was about. */
function settle(db: ErpDatabase, row: InvoiceRow, paid: Thousandths): void {
  const total = storedAmount(row.amount);
  const rest = storedAmount(row.open_amount) - paid;
  const open = rest < 0n ? 0n : rest > total ? total : rest;
  db.prepare('UPDATE invoices SET open_amount = ?, status = ? WHERE invoice_ref = ?').run(
    formatAmount(open, row.currency),
    open === 0n ? 'paid' : 'open',
    row.invoice_ref,
  );
}
