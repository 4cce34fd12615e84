const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** Powers of ten by name; a short form stands right behind its digits. */
export const SCALES: Readonly<Record<string, number>> = {
  hundred: 2,
  thousand: 3,
  thou: 3,
  grand: 3,
  k: 3,
  lakh: 5,
  lakhs: 5,
  lac: 5,
  million: 6,
  millions: 6,
  mio: 6,
  mn: 6,
  m: 6,
  mil: 6,
  crore: 7,
  crores: 7,
  billion: 9,
  bn: 9,
};
/** Counting units of trade. */
export const PACKS: Readonly<Record<string, number>> = {
  dozen: 12,
  dozens: 12,
  gross: 144,
  score: 20,
};

export function smallNumber(word: string): number | undefined {
  const index = SMALL.indexOf(word);
  if (index >= 0) return index;
  const tens = TENS.indexOf(word);
  return tens >= 2 ? tens * 10 : undefined;
}

/**
 * Reads number words such as `two hundred and fifty` or `twenty five hundred`, starting at the
 * first word. Returns the value and how many words belong to it, or undefined.
 */
export function readNumberWords(words: string[]): { value: number; length: number } | undefined {
  let total = 0;
  let group = 0;
  let length = 0;
  let any = false;
  let room = Infinity;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const small = smallNumber(word);
    const scale = SCALES[word];
    if (small !== undefined) {
      // "five six" is two numbers: a following word must fit below the one before.
      if (small >= room) break;
      group += small;
      room = small === 0 ? 0 : small >= 20 ? 10 : small >= 10 ? 0 : 0;
      any = true;
    } else if (word === 'hundred' && any && group > 0 && group < 100) {
      group *= 100;
      room = 100;
    } else if (scale !== undefined && scale > 2 && word.length > 2 && any && group > 0) {
      total += group * 10 ** scale;
      group = 0;
      room = 1000;
    } else if ((word === 'a' || word === 'an') && !any && isLarge(words[at + 1])) {
      group = 1;
      any = true;
      room = 0;
      continue;
    } else if (
      word === 'and' &&
      any &&
      room > 0 &&
      smallNumber(words[at + 1] ?? '') !== undefined &&
      length === at
    ) {
      continue;
    } else break;
    length = at + 1;
  }
  return any && length > 0 ? { value: total + group, length } : undefined;
}

function isLarge(word: string | undefined): boolean {
  return word !== undefined && word.length > 2 && SCALES[word] !== undefined;
}
