import type { AST } from '@eslint-community/regexpp';

/** Ranges of code points, both ends included. */
export type Chars = [from: number, to: number][];

const LAST = 0x10ffff;
const EVERYTHING: Chars = [[0, LAST]];
const DIGIT: Chars = [[48, 57]];
const WORD: Chars = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: Chars = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** The characters that one place of a pattern takes, or more. */
export function charsOf(part: AST.Element | AST.CharacterClassElement): Chars {
  switch (part.type) {
    case 'Character':
      return [[part.value, part.value]];
    case 'CharacterClassRange':
      return [[part.min.value, part.max.value]];
    case 'CharacterClass': {
      const chars = (part.elements as AST.CharacterClassElement[]).flatMap(charsOf);
      return part.negate ? without(chars) : chars;
    }
    case 'CharacterSet': {
      if (part.kind === 'any' || part.kind === 'property') return EVERYTHING;
      const chars = { digit: DIGIT, word: WORD, space: SPACE }[part.kind];
      return part.negate ? without(chars) : chars;
    }
    default:
      return EVERYTHING;
  }
}

export function overlap(a: Chars, b: Chars): boolean {
  return a.some(([from, to]) => b.some(([start, end]) => from <= end && start <= to));
}

function without(chars: Chars): Chars {
  // Of what it leaves out we may know too much, never too little: a property is not known.
  const sorted = [...chars].sort(([a], [b]) => a - b);
  const rest: Chars = [];
  let from = 0;
  for (const [start, end] of sorted) {
    if (start > from) rest.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  if (from <= LAST) rest.push([from, LAST]);
  return rest;
}
