import { foldText } from './address';

/** Written together in one word without a reader taking one for another. */
const TOGETHER =
  /[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u;
const ALONE = [
  TOGETHER,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];
/** RFC 2047 words, numbers of HTML, and escapes of programs: nobody's name, and read by some as one. */
const CODED = /=\?[^?\s]+\?[bq]\?[^?\s]*\?=|&#x?[0-9a-f]{1,6};|\\u\{?[0-9a-f]{2}|\\x[0-9a-f]{2}/iu;

/**
 * Why a name that comes in is not taken: it would be shown as somebody else's than it is compared
 * as. Names that are stored already stay what they are.
 * @returns a sentence that says what to write; undefined for a plain name
 */
export function whyNotPlain(name: string): string | undefined {
  const mixed = foldText(name)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .find(mixesAlphabets);
  if (mixed !== undefined) {
    return `The word "${mixed}" mixes letters of several alphabets, so it looks like another one. Write it in one alphabet.`;
  }
  return CODED.test(name) ? 'The name holds coded characters. Write them as they are.' : undefined;
}

function mixesAlphabets(word: string): boolean {
  const letters = word.match(/\p{L}/gu) ?? [];
  return ALONE.some((alphabet) => {
    const of = letters.filter((letter) => alphabet.test(letter)).length;
    return of > 0 && of < letters.length;
  });
}
