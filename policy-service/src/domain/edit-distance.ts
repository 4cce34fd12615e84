/** Names are shorter; longer texts are nobody's slip of the hand, and comparing them takes a time of its own. */
export const LONGEST_NAME = 100;

/**
 * Levenshtein: insertions, deletions and substitutions between two texts, in upper or lower case.
 * @returns Infinity where it is more than `most` by the lengths alone, and for what is longer than a name
 */
export function editDistance(one: string, other: string, most: number): number {
  if (Math.max(one.length, other.length) > LONGEST_NAME) return Infinity;
  if (Math.abs(one.length - other.length) > most) return Infinity;
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** Of so many candidates at most is one looked for. */
const MOST_CANDIDATES = 500;

/** The beginning of a list of candidates, however long it is. */
export function* someOf(candidates: Iterable<string>): Generator<string> {
  let left = MOST_CANDIDATES;
  for (const candidate of candidates) {
    yield candidate;
    if ((left -= 1) === 0) return;
  }
}
