import type { Json, JsonObject } from '../../domain/request/request';
import { cutText } from '../../domain/request/storable';
import type { RpcAnswer } from '../documents/rpc';

const MAX_SENTENCE = 500;

/** Errors by which Odoo refuses on purpose, with a sentence for people. */
const REFUSALS = [
  'odoo.exceptions.UserError',
  'odoo.exceptions.ValidationError',
  'odoo.exceptions.RedirectWarning',
];
/** What the database says when two transactions were in each other's way; Odoo rolled ours back. */
const IN_THE_WAY =
  /SerializationFailure|could not serialize access|concurrent update|deadlock detected|LockNotAvailable/i;

/**
 * An error of Odoo's own, which it answers after it rolled the transaction back. Only the name and
 * the first sentence are looked at: the rest holds a traceback of the server.
 */
export function judgeError(name: unknown, message: unknown): RpcAnswer {
  const sentence = cutText(String(message ?? ''), MAX_SENTENCE);
  if (isInTheWay(`${String(name)} ${sentence}`)) {
    return { outcome: 'transient', message: 'Odoo was in the middle of another change.' };
  }
  return REFUSALS.includes(String(name))
    ? { outcome: 'refused', message: `Odoo refused it: ${sentence}` }
    : { outcome: 'caller_error', message: `Odoo could not carry the call out: ${sentence}` };
}

export function isInTheWay(text: string): boolean {
  return IN_THE_WAY.test(text);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
