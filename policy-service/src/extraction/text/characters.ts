/** Stands in for text that nothing may be read from; one per UTF-16 unit, so offsets stay true. */
export const MASK = '\u0000';

const INVISIBLE = /[\p{Cf}\u034f\u115f\u1160\u180b-\u180d\u3164\ufe00-\ufe0f\uffa0]/gu;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

export function hasInvisible(text: string): boolean {
  return text.search(INVISIBLE) >= 0;
}

export function stripInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** Compatibility form with plain dashes: for telling what a text imitates, never for reading it. */
export function lookalike(text: string): string {
  return stripInvisible(text).normalize('NFKC').replace(DASHES, '-');
}

export function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Lower case, plain apostrophes, no invisible characters. */
export function normalise(word: string): string {
  return stripInvisible(word)
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .toLowerCase();
}

/** A common root for the endings of an English word; both sides of a comparison go through it. */
export function stem(word: string): string {
  let root = word.replace(/'s?$/, '');
  if (root.length < 4 || !/^[a-z']+$/.test(root)) return root;
  if (/ie[sd]$/.test(root) && root.length > 4) return `${root.slice(0, -3)}y`;
  const bare = /(?:ing|ed)$/.exec(root);
  if (bare && root.length - bare[0].length >= 3) {
    root = root.slice(0, -bare[0].length);
    if (/([bdgmnprt])\1$/.test(root)) root = root.slice(0, -1);
  } else if (/(?:[sxz]|ch|sh)es$/.test(root)) root = root.slice(0, -2);
  else if (/[^su]s$/.test(root) && !/is$/.test(root)) root = root.slice(0, -1);
  return root.length > 3 ? root.replace(/e$/, '') : root;
}
