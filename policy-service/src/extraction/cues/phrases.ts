import data from './phrases.data.json';
import { type Match, PhraseBook } from '../text/phrases';
import type { Token } from '../text/tokens';

/** What a phrase of plain English says about how a request is meant. */
export type Cue =
  | 'hedge'
  | 'vague'
  | 'correction'
  | 'condition'
  | 'polite'
  | 'future'
  | 'negator'
  | 'retraction'
  | 'hypothetical'
  | 'done'
  | 'elsewhere'
  | 'arithmetic';

const PHRASES: Readonly<Record<Cue, string[]>> = data;

const BOOK = new PhraseBook<Cue>();
for (const [cue, phrases] of Object.entries(PHRASES))
  for (const phrase of phrases) BOOK.add(phrase, cue as Cue);

/** All cues of a text, by kind and position; words inside a polite formula are no other cue. */
export function findCues(tokens: Token[]): Record<Cue, Match<Cue>[]> {
  const found = BOOK.find(tokens);
  const polite = found.filter((match) => match.payload === 'polite');
  const result = Object.fromEntries(
    Object.keys(PHRASES).map((cue) => [cue, []]),
  ) as unknown as Record<Cue, Match<Cue>[]>;
  for (const match of found) {
    const inside = polite.some(
      (one) => one !== match && match.first >= one.first && match.last <= one.last,
    );
    if (!inside) result[match.payload].push(match);
  }
  return result;
}
