import { stem } from './characters';
import type { Token } from './tokens';

/** A phrase found in a text: indexes of its first and last token. */
export interface Match<T> {
  payload: T;
  first: number;
  last: number;
  /** The token of the phrase's first word is a past form (`received`) of a phrase that is not. */
  past: boolean;
  words: number;
}

type Piece = { word: string; exact: boolean; raw: string } | 'gap';
interface Compiled<T> {
  payload: T;
  pieces: Piece[];
}

const GAP = 6;
const PAST: Readonly<Record<string, string>> = {
  sent: 'send',
  paid: 'pay',
  took: 'take',
  taken: 'take',
  found: 'find',
  wrote: 'write',
  written: 'write',
  gave: 'give',
  made: 'make',
  got: 'get',
  bought: 'buy',
  told: 'tell',
  lost: 'lose',
  brought: 'bring',
  threw: 'throw',
  thrown: 'throw',
  went: 'go',
  held: 'hold',
  put: 'put',
  came: 'come',
};

/** Finds many phrases in one pass: an index by first word, then a bounded comparison. */
export class PhraseBook<T> {
  private readonly byFirst = new Map<string, Compiled<T>[]>();
  private readonly lexicon = new Map<string, string[]>();
  private readonly known = new Set<string>();

  add(phrase: string, payload: T): void {
    const pieces = split(phrase);
    const [first] = pieces;
    if (!first || first === 'gap') return;
    const list = this.byFirst.get(first.word) ?? [];
    this.byFirst.set(first.word, [...list, { payload, pieces }]);
    for (const piece of pieces) {
      if (piece === 'gap' || this.known.has(piece.word)) continue;
      this.known.add(piece.word);
      const initial = piece.word[0] ?? '';
      if (piece.raw.length >= 5)
        this.lexicon.set(initial, [...(this.lexicon.get(initial) ?? []), piece.word]);
    }
  }

  /** All matches, by position; of phrases that start at one token for one payload, each is told. */
  find(tokens: Token[]): Match<T>[] {
    const stems = tokens.map((token) => this.repair(token));
    const found: Match<T>[] = [];
    for (let at = 0; at < tokens.length; at += 1) {
      const present = PAST[stems[at] ?? ''];
      const heads = [stems[at] ?? '', ...(present ? [stem(present)] : [])];
      for (const head of heads)
        for (const phrase of this.byFirst.get(head) ?? []) {
          const last = follow(phrase.pieces, tokens, stems, at, head);
          if (last >= 0) {
            const raw = phrase.pieces[0] === 'gap' ? '' : (phrase.pieces[0]?.raw ?? '');
            const norm = tokens[at]?.norm ?? '';
            const past =
              raw !== norm &&
              (head === stem(present ?? '') && present !== undefined
                ? present !== 'put'
                : /ed$/.test(norm));
            found.push({
              payload: phrase.payload,
              first: at,
              last,
              past,
              words: phrase.pieces.length,
            });
          }
        }
    }
    return found;
  }

  /** The stem of a word, or of the known word that it misspells by one stroke. */
  private repair(token: Token): string {
    if (token.kind !== 'word' || this.known.has(token.stem) || token.norm.length < 5)
      return token.stem;
    if (PAST[token.norm]) return token.stem;
    const candidates = this.lexicon.get(token.norm[0] ?? '') ?? [];
    return candidates.find((word) => misspells(token.stem, word, token.norm.length)) ?? token.stem;
  }
}

function split(phrase: string): Piece[] {
  return phrase
    .toLowerCase()
    .split(/[\s_-]+/)
    .flatMap((part) => (/^[\p{Script=Han}]+$/u.test(part) ? [...part] : [part]))
    .filter((part) => part !== '')
    .map((part) => {
      if (part === '...') return 'gap';
      const exact = part.startsWith('=') && part.length > 1;
      const raw = exact ? part.slice(1) : part;
      return { word: stem(raw), exact, raw };
    });
}

function follow(
  pieces: Piece[],
  tokens: Token[],
  stems: string[],
  start: number,
  head: string,
): number {
  let at = start;
  let slack = 0;
  let last = -1;
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index];
    if (piece === 'gap') {
      slack = GAP;
      continue;
    }
    for (; ; at += 1) {
      const token = tokens[at];
      if (!token || token.kind === 'break' || token.kind === 'masked' || !piece) return -1;
      const root = index === 0 ? head : stems[at];
      if (
        root === piece.word &&
        (!piece.exact || root !== token.stem || token.norm.replace(/'s$/, '') === piece.raw)
      )
        break;
      const joiner = index > 0 && token.kind === 'punct' && /^[-_]$/.test(token.text);
      if (joiner) continue;
      if (slack === 0) return -1;
      slack -= 1;
    }
    last = at;
    at += 1;
    slack = 0;
  }
  return last;
}

/** One letter missing, added or swapped with its neighbour; in long words also one wrong letter. */
function misspells(word: string, right: string, length: number): boolean {
  const difference = word.length - right.length;
  if (Math.abs(difference) > 1 || right.length < 4) return false;
  let at = 0;
  while (at < word.length && word[at] === right[at]) at += 1;
  if (at === 0) return false;
  if (difference === -1) return word.slice(at) === right.slice(at + 1);
  if (difference === 1) return word.slice(at + 1) === right.slice(at);
  const swapped =
    word[at] === right[at + 1] &&
    word[at + 1] === right[at] &&
    word.slice(at + 2) === right.slice(at + 2);
  return swapped || (length >= 7 && word.slice(at + 1) === right.slice(at + 1));
}
