import { RegExpParser, type AST } from '@eslint-community/regexpp';
import { charsOf, overlap, type Chars } from './pattern-chars';

/** Steps that a check may take at worst: a tenth of a second. */
export const MAX_STEPS = 20_000_000;
/** Counted repeats are looked at one by one as long as a pattern has no more places than this. */
const MAX_PLACES = 600;

/** Repeats that multiply without end show it at this length already. */
const SHORT = 2;

/**
 * Why checking a pattern could take too long for some text; undefined when it cannot. Sound and
 * simple rather than complete: a pattern passes when at each character only one way goes on, or
 * when all its ways together are few enough for the longest text.
 * @param longest length of the longest text
 */
export function patternProblem(pattern: string, longest: number): string | undefined {
  let steps: (length: number) => number;
  try {
    steps = stepsOf(pattern);
  } catch (error) {
    return (error as Error).message;
  }
  if (looksAround(pattern)) return 'it looks ahead, looks behind, or refers back to a group';
  return steps(Math.max(longest, SHORT)) <= MAX_STEPS
    ? undefined
    : 'there can be too many ways to try on a long text';
}

/**
 * How many steps a check takes at worst, by the length of the text.
 * @throws Error when the pattern itself is wrong
 */
export function stepsOf(pattern: string): (length: number) => number {
  const tree = new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode: true });
  const anchored = tree.alternatives.every(
    ({ elements: [first] }) => first?.type === 'Assertion' && first.kind === 'start',
  );
  const longestMatch = !looksAround(pattern) && oneWay(tree) ? lengthOf(tree) : undefined;
  return (length) => {
    const starts = anchored ? 1 : length;
    const perStart =
      longestMatch === undefined ? waysOf(tree, length) : Math.min(length, longestMatch);
    return starts * perStart;
  };
}

function looksAround(pattern: string): boolean {
  return /\(\?<?[=!]|\\[1-9]|\\k</.test(pattern.replace(/\\\\/g, ''));
}

type Part = AST.Pattern | AST.Alternative | AST.Element;

/** Length of the longest text that a part can match. */
function lengthOf(part: Part): number {
  switch (part.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return Math.max(...part.alternatives.map(lengthOf));
    case 'Alternative':
      return part.elements.reduce((sum, one) => sum + lengthOf(one), 0);
    case 'Quantifier': {
      const length = lengthOf(part.element);
      return length === 0 ? 0 : length * part.max;
    }
    case 'Assertion':
    case 'Backreference':
      return 0;
    default:
      return 1;
  }
}

/** How many ways a part can be matched at most, whatever the text of a length is. */
function waysOf(part: Part, longest: number): number {
  switch (part.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return part.alternatives.reduce((sum, one) => sum + waysOf(one, longest), 0);
    case 'Alternative':
      return part.elements.reduce((product, one) => product * waysOf(one, longest), 1);
    case 'Quantifier': {
      const inner = waysOf(part.element, longest);
      const counts = Math.min(part.max, longest) - Math.min(part.min, longest) + 1;
      // What varies in its length or in its ways multiplies with each round.
      return inner === 1 ? counts : counts * inner ** part.max;
    }
    case 'Assertion':
      return 'alternatives' in part
        ? part.alternatives.reduce((sum, one) => sum + waysOf(one, longest), 0)
        : 1;
    default:
      return 1;
  }
}

/** A place of the pattern that takes one character, and the places that can come next. */
interface Place {
  chars: Chars;
  next: Set<Place>;
}

interface Piece {
  first: Place[];
  last: Place[];
  /** Matches the empty text too. */
  empty: boolean;
}

/** There are too many places, or one of them can be reached in two ways. */
class NotOneWay extends Error {}

function link(from: Place[], to: Place[]): void {
  for (const place of from) {
    for (const next of to) {
      if (place.next.has(next)) throw new NotOneWay();
      place.next.add(next);
    }
  }
}

/** Whether at each character at most one place can come next, so that nothing is tried twice. */
function oneWay(tree: AST.Pattern): boolean {
  const places: Place[] = [];
  try {
    const { first } = pieceOf(tree, places);
    return [first, ...places.map(({ next }) => [...next])].every(apart);
  } catch (error) {
    if (error instanceof NotOneWay) return false;
    throw error;
  }
}

function apart(places: Place[]): boolean {
  return places.every((one, index) =>
    places.slice(index + 1).every((other) => !overlap(one.chars, other.chars)),
  );
}

function pieceOf(part: Part, places: Place[]): Piece {
  switch (part.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup': {
      const pieces = part.alternatives.map((one) => pieceOf(one, places));
      return {
        first: pieces.flatMap(({ first }) => first),
        last: pieces.flatMap(({ last }) => last),
        empty: pieces.some(({ empty }) => empty),
      };
    }
    case 'Alternative':
      return part.elements.map((one) => pieceOf(one, places)).reduce(then, EMPTY);
    case 'Quantifier':
      return repeated(part, places);
    case 'Assertion':
    case 'Backreference':
      return EMPTY;
    default: {
      if (places.length >= MAX_PLACES) throw new NotOneWay();
      const place: Place = { chars: charsOf(part), next: new Set() };
      places.push(place);
      return { first: [place], last: [place], empty: false };
    }
  }
}

const EMPTY: Piece = { first: [], last: [], empty: true };

function then(a: Piece, b: Piece): Piece {
  link(a.last, b.first);
  return {
    first: a.empty ? [...a.first, ...b.first] : a.first,
    last: b.empty ? [...a.last, ...b.last] : b.last,
    empty: a.empty && b.empty,
  };
}

function repeated({ element, min, max }: AST.Quantifier, places: Place[]): Piece {
  const piece = (): Piece => pieceOf(element, places);
  let whole: Piece = EMPTY;
  if (max === Infinity) {
    const round = piece();
    // Rounds of nothing could be tried without end.
    if (round.empty) throw new NotOneWay();
    link(round.last, round.first);
    whole = { ...round, empty: min === 0 };
  } else {
    for (let count = min; count < max; count += 1) whole = { ...then(piece(), whole), empty: true };
  }
  const fixed = max === Infinity ? Math.max(min - 1, 0) : min;
  for (let count = 0; count < fixed; count += 1) whole = then(piece(), whole);
  return whole;
}
