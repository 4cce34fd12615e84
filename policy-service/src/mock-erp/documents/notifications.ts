import { Body } from '../body';
import { insert } from '../database';
import { ErpRefusal } from '../refusal';
import { DOCUMENT_FIELDS, documentColumns, nextNumber, type WriteContext } from './document';

const TEMPLATES = ['order_delayed', 'invoice_due', 'order_shipped', 'account_update'] as const;
const CHANNELS = ['email', 'sms'] as const;

export interface NotificationRow {
  number: string;
  customer_id: string;
  template: string;
  channel: string;
  status: 'sent';
  reverses: null;
  external_reference: string | null;
  created_at: string;
}

/** Sends a prepared message to an active customer, by e-mail unless told otherwise. It cannot be undone. */
export function sendNotification(context: WriteContext, value: unknown): NotificationRow {
  const { db } = context;
  const body = new Body(value, ['customer_id', 'template', 'channel', ...DOCUMENT_FIELDS]);
  const customerId = body.text('customer_id');
  const customer = db
    .prepare<[string], { status: string; email: string | null; phone: string | null }>(
      'SELECT status, email, phone FROM customers WHERE customer_id = ?',
    )
    .get(customerId);
  if (!customer) {
    throw new ErpRefusal('unknown_customer', `There is no customer ${customerId}.`, 'customer_id');
  }
  if (customer.status !== 'active') {
    throw new ErpRefusal(
      'inactive_customer',
      `The customer ${customerId} is ${customer.status}.`,
      'customer_id',
    );
  }
  const channel = body.raw('channel') === undefined ? 'email' : body.oneOf('channel', CHANNELS);
  if ((channel === 'sms' ? customer.phone : customer.email) === null) {
    throw new ErpRefusal(
      'no_address',
      `The customer ${customerId} cannot be reached by ${channel}.`,
      'channel',
    );
  }
  const row: NotificationRow = {
    number: nextNumber(db, 'NTF'),
    customer_id: customerId,
    template: body.oneOf('template', TEMPLATES),
    channel,
    status: 'sent',
    ...documentColumns(context, body),
    reverses: null,
  };
  insert(db, 'notifications', { ...row });
  return row;
}
