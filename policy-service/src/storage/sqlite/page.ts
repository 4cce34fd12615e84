/** A page of any list ends with the row that passes so many bytes, however many were asked for. */
export const PAGE_BYTES = 1_000_000;

/**
 * The first rows of a list until the page is full, and the first that is not on it any more. Rows
 * are read one by one: a page of large documents is never in memory as a whole.
 */
export function firstOfPage<T>(
  list: Iterable<T>,
  bounds: { limit: number; maxBytes: number },
  sizeOf: (row: T) => number,
): { rows: T[]; next?: T } {
  const rows: T[] = [];
  let bytes = 0;
  for (const row of list) {
    if (rows.length >= bounds.limit || bytes >= bounds.maxBytes) return { rows, next: row };
    rows.push(row);
    bytes += sizeOf(row);
  }
  return { rows };
}
