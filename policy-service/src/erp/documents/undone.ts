import type { PerformInput, Undone } from '../../application/ports';
import { Refused } from './outcomes';

/**
 * How the document of an undo is known: by the external reference that was written with it. Its
 * number only tells people which one is meant; the ERP may have given it to another document.
 */

/** @throws Refused when nobody said what is undone */
export function undoneOf({ undoes }: PerformInput): Undone {
  if (undoes) return undoes;
  throw new Refused('It is not known which request wrote what is to be undone.');
}

/** A SQL LIKE pattern for the references of what is undone, with or without free text after them. */
export function likeOfUndone({ requestId, step = '' }: Undone): string {
  return `${`${requestId}/${step}`.replace(/[\\%_]/g, '\\$&')}%`;
}

/** Whether a text is a reference of what is undone, with or without free text after it. */
export function isOfUndone(text: string, { requestId, step }: Undone): boolean {
  const [, id, name] = /^([^/\s]+)\/([^:\s]+)(?::? |$)/.exec(text) ?? [];
  return id === requestId && (step === undefined || name === step);
}

/**
 * The one document of those that were found.
 * @param what for sentences: "payment"
 * @throws Refused when there is none, or more than one
 */
export function theUndone<D extends { id: number }>(
  what: string,
  erp: string,
  undone: Undone,
  found: D[],
): D {
  const [only, ...more] = found;
  if (more.length > 0) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new Refused(`${erp} holds several documents with the reference of this ${what}: ${ids}.`);
  }
  if (only) return only;
  const { requestId, erpReference } = undone;
  const number = erpReference === undefined ? '' : ` (it was ${erpReference})`;
  throw new Refused(
    `${erp} holds no ${what} with the reference of ${requestId}${number}: it was deleted, or its reference was changed. What has that number by now may be somebody else's, so nothing is undone.`,
  );
}
