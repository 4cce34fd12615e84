/** What every sealed text begins with. */
export const SEALED = 'sealed:';

/** Keeps texts from whoever reads the database alone. */
export interface Sealer {
  /** @returns a text that begins with SEALED */
  seal(text: string): string;
  /**
   * A text that was never sealed is given back as it is.
   * @returns undefined when it was sealed with another key
   */
  open(sealed: string): string | undefined;
}
