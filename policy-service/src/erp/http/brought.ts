import type { StepOutcome } from '../../application/ports';
import { MOST_MARKS } from '../../domain/marks';
import { REDACTED } from '../secrets';
import type { ReadableAnswer } from './answer';
import { pick, valueAt } from './pointer';
import type { Json } from '../../domain/request/request';

/** As long as a reference may be where it is an argument of an undo. */
const LONGEST_REFERENCE = 200;

export interface Places {
  reference?: string;
  result: Record<string, string>;
}

/**
 * The number and the result at their places in a document, with the names of those that the ERP
 * wrote as numbers, because they are sent back as it gave them.
 * @param at JSON pointer of the document in the answer
 */
export function broughtBy(
  { json, exact }: { json: ReadableAnswer['json']; exact: ReadonlySet<string> },
  at: string,
  { reference, result }: Places,
): StepOutcome {
  const document = (json === undefined ? undefined : valueAt(json, at)) ?? {};
  const erpReference =
    reference === undefined ? undefined : referenceAt(document, reference, exact, at);
  const isNumber = (pointer: string): boolean =>
    typeof valueAt(document, pointer) === 'number' || exact.has(at + pointer);
  const numbers = [
    ...(reference !== undefined && erpReference !== undefined && isNumber(reference)
      ? ['erp_reference']
      : []),
    // A number that is kept as one needs no mark.
    ...Object.keys(result).filter((name) => exact.has(at + result[name])),
  ];
  return {
    ...(erpReference === undefined ? {} : { erpReference }),
    result: pick(document, result),
    ...(numbers.length > 0 ? { numbers } : {}),
  };
}

/**
 * What identifies a document: a text with a letter or digit in it and nothing unseen, or a whole number above 0, which systems
 * without an empty value use for "none". Nothing else does, and nothing that had to be changed.
 */
export function referenceAt(
  document: Json,
  pointer: string,
  exact: ReadonlySet<string>,
  at: string,
): string | undefined {
  const value = valueAt(document, pointer);
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  }
  if (typeof value !== 'string' || value.length > LONGEST_REFERENCE) {
    return undefined;
  }
  if (exact.has(at + pointer)) return /^[1-9][0-9]*$/.test(value) ? value : undefined;
  return isReadable(value) ? value : undefined;
}

/** Signs that nobody sees, so that two references could look alike, or one like none. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800\ufffd]/u;
/** As many marks as are kept: what stood there may have been longer. */
const MAYBE_CUT = new RegExp(`\\p{M}{${MOST_MARKS}}`, 'u');

function isReadable(text: string): boolean {
  return (
    /[\p{L}\p{N}]/u.test(text) &&
    !UNSEEN.test(text) &&
    !MAYBE_CUT.test(text) &&
    !text.includes(REDACTED)
  );
}
