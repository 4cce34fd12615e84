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

const FIELDS = ['email', 'phone', 'address', 'owner', 'status'] as const;
type ContactField = (typeof FIELDS)[number];

export interface ContactChangeRow {
  number: string;
  contact_id: string;
  field: ContactField;
  old_value: string;
  new_value: string;
  reverses: string | null;
  external_reference: string | null;
  created_at: string;
}

/** Changes one field of a contact and keeps the change, with the old value, as a document. */
export function changeContact(
  context: WriteContext,
  contactId: string,
  value: unknown,
): ContactChangeRow {
  const { db } = context;
  const body = new Body(value, ['field', 'value', ...DOCUMENT_FIELDS]);
  const field = body.oneOf('field', FIELDS) as ContactField;
  const newValue =
    field === 'status' ? body.oneOf('value', ['active', 'inactive']) : body.text('value');
  if (field === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(newValue)) {
    throw new ErpRefusal('bad_email', 'The value is not an e-mail address.', 'value');
  }
  return book(db, {
    number: nextNumber(db, 'CHG'),
    contact_id: contactId,
    field,
    old_value: currentValue(db, contactId, field),
    new_value: newValue,
    ...documentColumns(context, body),
  });
}

/** Puts the old value back, unless somebody has changed the field since. */
export function reverseContactChange(
  context: WriteContext,
  number: string,
  value: unknown,
): ContactChangeRow {
  const { db } = context;
  const body = new Body(value, DOCUMENT_FIELDS);
  const change = db
    .prepare<[string], ContactChangeRow>('SELECT * FROM contact_changes WHERE number = ?')
    .get(number);
  if (!change) throw notFound('contact change', number);
  assertReversible(db, change);
  if (currentValue(db, change.contact_id, change.field) !== change.new_value) {
    throw new ErpRefusal(
      'changed_since',
      `The ${change.field} of ${change.contact_id} was changed again after ${number}.`,
    );
  }
  return book(db, {
    ...change,
    number: nextNumber(db, 'CHG'),
    old_value: change.new_value,
    new_value: change.old_value,
    ...documentColumns(context, body, number),
  });
}

function currentValue(db: ErpDatabase, contactId: string, field: ContactField): string {
  const contact = db
    .prepare<[string], Record<ContactField, string>>('SELECT * FROM contacts WHERE contact_id = ?')
    .get(contactId);
  if (!contact) throw notFound('contact', contactId);
  return contact[field];
}

function book(db: ErpDatabase, row: ContactChangeRow): ContactChangeRow {
  // `field` is one of FIELDS, never text from the call.
  db.prepare(`UPDATE contacts SET ${row.field} = ? WHERE contact_id = ?`).run(
    row.new_value,
    row.contact_id,
  );
  insert(db, 'contact_changes', { ...row });
  return row;
}
