import type { PerformInput } from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';
import { cutText } from '../../domain/request/storable';
import { Refused } from './outcomes';

/** @throws Refused when the argument is not a text */
export function textOf(values: JsonObject, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Refused(`The argument ${name} must be a text.`);
}

/** @throws Refused when the argument is there and is not a text */
export function optionalTextOf(values: JsonObject, name: string): string | undefined {
  const value = values[name];
  return value === undefined || value === null ? undefined : textOf(values, name);
}

/** A signed change of stock. @throws Refused when it is 0 or not a whole number */
export function quantityOf(values: JsonObject): number {
  const { quantity } = values;
  if (typeof quantity === 'number' && Number.isSafeInteger(quantity) && quantity !== 0) {
    return quantity;
  }
  throw new Refused('The quantity must be a whole number other than 0.');
}

/**
 * An amount in the form in which the ERP gives it back, `12.50` for two digits. ERPs round what is
 * too precise or take a negative amount, so neither is sent.
 * @param digits decimal places of the currency in the ERP
 * @throws Refused
 */
export function amountOf(values: JsonObject, digits: number): string {
  const text = textOf(values, 'amount');
  const [, integer, fraction = ''] = /^(0|[1-9][0-9]{0,13})(?:\.([0-9]+))?$/.exec(text) ?? [];
  if (integer === undefined || /^[0.]*$/.test(text)) {
    throw new Refused(`The amount "${cutText(text, 40)}" is not a plain decimal above 0.`);
  }
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > digits) {
    throw new Refused(
      `The amount ${text} has more than the ${digits} decimal places that the ERP keeps.`,
    );
  }
  return digits === 0 ? integer : `${integer}.${significant.padEnd(digits, '0')}`;
}

/**
 * The external reference that a document carries: the request's id, and the step, so that two
 * steps of one request are two documents.
 */
export function referenceOf({ requestId, step }: PerformInput): string {
  return `${requestId}/${step}`;
}

/** What people want to read on a payment; undefined for nothing. */
export function memoOf(values: JsonObject): string | undefined {
  const parts = [optionalTextOf(values, 'invoice_ref'), optionalTextOf(values, 'memo')];
  const given = parts.filter((part) => part !== undefined);
  return given.length === 0 ? undefined : given.join(' ');
}

const MEMO_BEGINS = ': ';

/** A reference with free text after it, for ERPs that have one field for both. */
export function withMemo(reference: string, memo: string | undefined): string {
  return memo === undefined ? reference : `${reference}${MEMO_BEGINS}${memo}`;
}

/** Whether a text is the reference, with or without a memo. */
export function carriesReference(text: unknown, reference: string): boolean {
  return (
    text === reference ||
    (typeof text === 'string' && text.startsWith(`${reference}${MEMO_BEGINS}`))
  );
}

/** A SQL LIKE pattern that matches the reference with a memo, its own wildcards escaped. */
export function likeWithMemo(reference: string): string {
  return `${reference.replace(/[\\%_]/g, '\\$&')}${MEMO_BEGINS}%`;
}
