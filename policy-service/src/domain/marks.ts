/**
 * More marks on one letter than any script writes (UAX 15, Stream-Safe Text Format). Normalising a
 * longer run takes time by its square: a body of 60 KB would hold everybody up for a second.
 */
export const MOST_MARKS = 30;
const TOO_MANY = new RegExp(`\\p{M}{${MOST_MARKS + 1}}`, 'u');
const BEYOND = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu');

/** Whether a text holds a run of marks that is no writing. */
export function hasTooManyMarks(text: string): boolean {
  return TOO_MANY.test(text);
}

/** The text without the marks that are too many. */
export function withoutTooManyMarks(text: string): string {
  return text.replace(BEYOND, '$1');
}
