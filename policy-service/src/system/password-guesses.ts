/** The cost grows faster than the length; what follows the first characters is not looked at. */
const LOOKED_AT = 128;

/** What of zxcvbn is used. */
interface Estimator {
  check(password: string, words: string[]): { guesses: number };
}

let known: Estimator | undefined;

/**
 * About how many guesses a password costs whoever knows the passwords that others have, keyboards,
 * dates and the words that belong to its person. Takes milliseconds, and 50 ms and 20 MB once.
 */
export function guessesFor(password: string, ownWords: readonly string[]): number {
  known ??= load();
  return known.check(password, [...ownWords]).guesses;
}

/** Only a command that sets a password needs the lists, so they are loaded there. */
function load(): Estimator {
  /* eslint-disable @typescript-eslint/no-require-imports */
  const { ZxcvbnFactory } = require('@zxcvbn-ts/core');
  const { dictionary, adjacencyGraphs } = require('@zxcvbn-ts/language-common');
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: LOOKED_AT });
}
