import { foldText } from '../../domain/identity/address';
import { AppError } from '../../domain/errors';
import type { Person } from '../../domain/identity/identity';
import type { Deps } from '../change/deps';

/** NIST SP 800-63B: at least eight characters. */
const SHORTEST = 8;
const LONGEST = 256;
/** What withstands guessing for long although the database was stolen: scrypt makes each one slow. */
const ENOUGH_GUESSES = 1e8;
/** Shorter ones are part of too many words. */
const SHORTEST_WORD = 3;
const PRODUCT = ['execution layer', 'execution', 'layer'];

const CHOOSE = 'Choose a sentence of several words that you have not used elsewhere.';

/**
 * Refuses what is too short, and what is among the first that somebody would try: passwords that
 * many people have, keys in a row, repetitions, dates, and names of the person or the product, in
 * whatever spelling. Passwords that are in use already are not looked at.
 * @throws AppError `invalid_parameter`
 */
export function assertPassword(
  { passwords }: Pick<Deps, 'passwords'>,
  password: string,
  person: Pick<Person, 'email' | 'name' | 'aliases'>,
): void {
  if (password.length > LONGEST) {
    throw refused(`A password has at most ${LONGEST} characters. Choose a shorter one.`);
  }
  const folded = foldText(password);
  if ([...folded].length < SHORTEST) {
    throw refused(`A password needs at least ${SHORTEST} characters. ${CHOOSE}`);
  }
  const own = wordsOf(person);
  const weak = (text: string): boolean => passwords.guesses(text, own) < ENOUGH_GUESSES;
  if ([password, folded, unmarked(folded)].some(weak)) {
    throw refused(
      `This password is too easily guessed: it is close to one that many people use, to a name, a date, or to keys in a row. ${CHOOSE}`,
    );
  }
  // A name is known to everybody, so only what stands beside it counts.
  const rest = own.reduce((text, word) => text.replaceAll(word, ''), unmarked(folded));
  if (rest !== unmarked(folded) && weak(rest)) {
    throw refused(
      `This password is little more than a name or an address of its person, or of this product. ${CHOOSE}`,
    );
  }
}

/** Names and addresses, whole and in parts; longer ones first. */
function wordsOf({ email, name, aliases }: Pick<Person, 'email' | 'name' | 'aliases'>): string[] {
  const whole = [email, email.split('@')[0] ?? '', name, ...aliases].map((one) =>
    unmarked(foldText(one)),
  );
  const parts = whole.flatMap((one) => [...one.split(/[^\p{L}\p{N}]+/u), one.replaceAll(' ', '')]);
  const words = new Set([...whole, ...parts, ...PRODUCT]);
  return [...words]
    .filter(({ length }) => length >= SHORTEST_WORD)
    .sort((a, b) => b.length - a.length);
}

/** Without accents. */
function unmarked(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '');
}

function refused(sentence: string): AppError {
  return new AppError('invalid_parameter', sentence);
}
