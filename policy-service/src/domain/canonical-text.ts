/** Printable ASCII without white space at its ends is its own canonical form, at the cost of one look. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;
const SPACES = /[^\S\t\n\r ]/gu;
/** Not text at all, or read the same as something else: unseen characters but tab and line breaks. */
const REFUSED = /[\p{C}\p{Default_Ignorable_Code_Point}]/u;
/** What free text may hold of it: joiners and variation selectors, which scripts and emoji need. */
const JOINING = /[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
const LINES = /[\t\n\r]/g;

/**
 * The one form of a text: NFC, without white space at its ends, other white space as a space.
 * @returns undefined for a text with characters that nobody sees
 */
export function canonicalText(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  const tidy = text.replace(SPACES, ' ').trim().normalize('NFC');
  return REFUSED.test(tidy.replace(LINES, '')) ? undefined : tidy;
}

/** As canonicalText, for text that is read by people alone: joiners and variation selectors stay. */
export function canonicalFreeText(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  const tidy = text.trim().normalize('NFC');
  return REFUSED.test(tidy.replace(LINES, '').replace(JOINING, '')) ? undefined : tidy;
}
