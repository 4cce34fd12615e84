import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import type * as Common from '@zxcvbn-ts/language-common';

/** The cost grows faster than the length; what follows the first characters is not looked at. */
const LOOKED_AT = 128;

let known: ZxcvbnFactory | undefined;

/**
 * About how many guesses a password costs whoever knows the passwords that others have, keyboards,
 * dates and the words that belong to its person. Takes milliseconds, and 50 ms and 20 MB once.
 */
export function guessesFor(password: string, ownWords: readonly string[]): number {
  known ??= load();
  return known.check(password, [...ownWords]).guesses;
}

/** Only a command that sets a password needs the lists, so they are loaded there. */
function load(): ZxcvbnFactory {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { ZxcvbnFactory: Factory } = require('@zxcvbn-ts/core') as {
    ZxcvbnFactory: typeof ZxcvbnFactory;
  };
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { dictionary, adjacencyGraphs } = require('@zxcvbn-ts/language-common') as typeof Common;
  return new Factory({ dictionary, graphs: adjacencyGraphs, maxLength: LOOKED_AT });
}
