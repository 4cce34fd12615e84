import type { Json } from '../../domain/request/request';
import { valueAt } from './pointer';

/**
 * Whether what stands around an empty list says that there are rows which the list does not show: a
 * next page, or a count above 0. Envelopes follow no standard, so their usual names are read; a
 * search that is refused for one too many costs a look by a person, and one too few a second write.
 * @param list JSON pointer of the list, which is not looked into
 */
export function saysMore(answer: Json, list: string): boolean {
  const rows = valueAt(answer, list);
  const inside = (value: Json): boolean =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).some(
      ([name, member]) => member !== rows && (isMore(wordsOf(name), member) || inside(member)),
    );
  return inside(answer);
}

function isMore(words: string[], value: Json): boolean {
  const has = (...some: string[]): boolean => some.some((word) => words.includes(word));
  if (has('next', 'more')) return isSomething(value);
  if (has('last', 'done')) return value === false;
  return has('total', 'count') && !has('page', 'pages', 'limit', 'size') && Number(value) > 0;
}

function isSomething(value: Json): boolean {
  return value !== null && value !== '' && value !== false && value !== 0;
}

/** `nextPageToken`, `next_page_token` and `@odata.nextLink` in small words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}
