import type { Json } from '../../domain/request/request';
import type { Cue } from '../cues/phrases';
import type { Figure } from '../numbers/figures';
import type { Match } from '../text/phrases';
import type { Span } from '../text/spans';
import type { Token } from '../text/tokens';
import type { View } from '../text/view';

/** Role of a vocabulary phrase: which list of which argument it stands in. */
export interface Role {
  list: string;
  argument?: string;
  /** Enum value. */
  value?: string;
}

/** Everything the argument readers look at: one operation's part of a text. */
export interface Scene {
  view: View;
  tokens: Token[];
  figures: Figure[];
  /** The operation's tokens, end exclusive. */
  from: number;
  to: number;
  /** Tokens of conditions: nothing is read there. */
  closed: Set<number>;
  /** Tokens of leading conditions and negated parts: ids only, and only when there are no others. */
  soft: Set<number>;
  cues: Record<Cue, Match<Cue>[]>;
  roles: Match<Role>[];
  dotThousands: boolean;
  /** First tokens of figures that another argument has used. */
  used: Set<number>;
}

/** What a reader found. `trouble` is a sentence for the reviewer; `several` tells of a further operation. */
export interface Reading {
  value?: Json;
  span?: Span;
  trouble?: string;
}

export function inWindow(scene: Scene, index: number): boolean {
  return index >= scene.from && index < scene.to && !scene.closed.has(index);
}

/** Phrases of one list of an argument inside the operation. */
export function phrases(scene: Scene, argument: string, list: string): Match<Role>[] {
  return scene.roles.filter(
    (match) =>
      match.payload.argument === argument &&
      match.payload.list === list &&
      inWindow(scene, match.first),
  );
}

export function freeFigures(scene: Scene): Figure[] {
  return scene.figures.filter(
    (figure) =>
      inWindow(scene, figure.start) &&
      !scene.soft.has(figure.start) &&
      !scene.used.has(figure.start),
  );
}

export function spanOf(scene: Scene, first: number, last: number): Span {
  return { start: scene.tokens[first]?.start ?? 0, end: scene.tokens[last]?.end ?? 0 };
}

/** Whether the writer corrects themselves between two tokens. */
export function correctedBetween(scene: Scene, from: number, to: number): boolean {
  return scene.cues.correction.some((match) => match.first > from && match.first < to);
}

/** The word that joins two values: `or`, `and`, or neither. */
export function joinedBy(scene: Scene, from: number, to: number): 'or' | 'and' | undefined {
  const between = scene.tokens.slice(from + 1, to).map((token) => token.norm);
  if (
    between.includes('or') ||
    between.includes('oder') ||
    between.includes('ou') ||
    between.includes('/')
  )
    return 'or';
  return between.some((word) => word === 'and' || word === '&' || word === 'plus' || word === ',')
    ? 'and'
    : undefined;
}

export interface Candidate {
  value: string;
  first: number;
  last: number;
}

/**
 * Chooses among the values found for one argument, in text order: the only one, the last one
 * after a self-correction, the first of several operations, or none.
 */
export function choose(
  scene: Scene,
  list: Candidate[],
  name: string,
  several: 'first' | 'none',
): Reading {
  const [first] = list;
  const last = list.at(-1);
  if (!first || !last) return {};
  const reading = (one: Candidate): Reading => ({
    value: one.value,
    span: spanOf(scene, one.first, one.last),
  });
  const different = list.find((one) => one.value !== first.value);
  if (!different) return reading(first);
  if (correctedBetween(scene, first.last, last.first))
    return {
      ...reading(last),
      trouble: `The text corrects itself on ${name}; the last value was taken.`,
    };
  const or = joinedBy(scene, first.last, different.first) === 'or';
  if (or || several === 'none') return { trouble: `The text names more than one ${name}.` };
  return {
    ...reading(first),
    trouble: `The text names more than one ${name}; only the first was taken.`,
  };
}
