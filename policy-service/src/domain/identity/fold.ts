/** Nearly every value: it only has to be put in lower case. */
const PLAIN = /^[!-~]*$/;
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{White_Space}]/gu;
/** 32 hex digits, wherever the hyphens stand, in braces or as a URN, are one UUID. */
const UUID_MARKS = /^urn:uuid:|[{}-]/g;
const UUID_DIGITS = /^[0-9a-f]{32}$/;

/**
 * The form in which two texts are the same value to limits and duplicates. It never tells apart what
 * an ERP may take for one: compatibility forms, letter case, white space, invisible characters and
 * the ways to write a UUID are folded. What is stored and sent stays as it is.
 */
export function folded(text: string): string {
  const plain = PLAIN.test(text) ? text : text.normalize('NFKC').replace(UNSEEN, '');
  const digits = plain.toLowerCase().replace(UUID_MARKS, '');
  if (UUID_DIGITS.test(digits)) return digits;
  if (PLAIN.test(plain)) return plain.toLowerCase();
  // Upper case first: ß and SS, and the sigmas, are the same only there. NFKC once more, because
  // folding can bring forth what has a shorter form.
  const lower = plain.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return lower.normalize('NFKC').replace(UNSEEN, '');
}

/** A key of a limit (JSON list of texts) with its parts folded; what is none stays as it is. */
export function foldedKey(key: string): string {
  try {
    const parts: unknown = JSON.parse(key);
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return key;
    return JSON.stringify(parts.map((part: string) => folded(part)));
  } catch {
    return key;
  }
}
