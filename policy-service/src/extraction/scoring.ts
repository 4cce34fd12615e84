import type { CompiledAction } from './compiled';
import type { Figure } from './numbers/figures';
import type { Role } from './readers/scene';
import type { Match } from './text/phrases';
import type { Token } from './text/tokens';
import type { ArgumentWords } from './vocabulary';

/** A clear command. An action is recognised from this score on. */
export const CLEAR = 3;
const HINT = 1.5;
const REPORT = 2;

/** One action's phrases in the whole text, after negations and ignored words are taken out. */
export interface Reading {
  action: CompiledAction;
  roles: Match<Role>[];
  /** Phrases that ask for the action or state it, usable ones only. */
  triggers: Match<Role>[];
  /** Triggers that the writer negates or takes back. */
  negated: Match<Role>[];
}

export interface Score {
  action: CompiledAction;
  score: number;
  /** The action follows from a statement of fact; nobody asks for it. */
  reported: boolean;
  /** Words tell the action, not only its arguments. */
  worded: boolean;
}

/** How clearly a part of a text (tokens `from` to `to`) speaks of an action. */
export function scoreClause(
  reading: Reading,
  tokens: Token[],
  figures: Figure[],
  from: number,
  to: number,
  dropped: Set<number>,
): Score {
  const { action, roles } = reading;
  const inside = (index: number): boolean => index >= from && index < to && !dropped.has(index);
  const here = roles.filter((match) => inside(match.first));
  if (here.some((match) => match.payload.list === 'excludes' && !insideText(match, here, action)))
    return { action, score: 0, reported: false, worded: false };
  const triggers = reading.triggers.filter((match) => inside(match.first));
  const asks = triggers.filter(
    (match) => match.payload.list !== 'reports' && !isReported(match, tokens),
  );
  const command = Math.max(0, ...triggers.map((match) => weightOf(match, tokens)));
  const nouns = new Set(
    here
      .filter((match) => match.payload.list === 'nouns' && !match.payload.argument)
      .map((match) => tokens[match.first]?.stem),
  );
  let evidence = Math.min(1, nouns.size * 0.5);
  let formal = 0;
  const codes = action.vocabulary.arguments.filter((words) => words.kind === 'code');
  for (const words of action.vocabulary.arguments) {
    if (!isPresent(words, here, tokens, figures, from, to, inside)) continue;
    evidence += words.weight;
    if (
      words.kind === 'quantity' &&
      figures.some((figure) => inside(figure.start) && figure.sign && figure.mentions.length === 0)
    )
      formal = Math.max(formal, HINT);
  }
  const told = codes.filter((words) => isPresent(words, here, tokens, figures, from, to, inside));
  if (codes.length > 1 && told.length === codes.length) formal = CLEAR;
  const strength = Math.max(command, formal);
  const score = strength === 0 ? 0 : strength + evidence;
  return {
    action,
    score,
    reported: asks.length === 0 && formal === 0 && triggers.length > 0,
    worded: command > 0,
  };
}

/** A word of a memo or a reason is not about the action. */
function insideText(match: Match<Role>, here: Match<Role>[], action: CompiledAction): boolean {
  const texts = new Set(
    action.vocabulary.arguments.filter((words) => words.kind === 'text').map((words) => words.name),
  );
  return here.some((label) => texts.has(label.payload.argument ?? '') && label.last < match.first);
}

function weightOf(match: Match<Role>, tokens: Token[]): number {
  if (match.payload.list === 'hints') return HINT;
  return match.payload.list === 'reports' || isReported(match, tokens) ? REPORT : CLEAR;
}

/** `received 25 units` tells what happened; `needs to be paid` still asks for it. */
export function isReported(match: Match<Role>, tokens: Token[]): boolean {
  if (match.payload.list === 'reports') return true;
  if (!match.past) return false;
  const before = tokens.slice(Math.max(0, match.first - 4), match.first).map((token) => token.norm);
  return !before.some((word) =>
    /^(?:be|get|gets|have|want|needs?|getting|like|please|should|must)$/.test(word),
  );
}

function isPresent(
  words: ArgumentWords,
  here: Match<Role>[],
  tokens: Token[],
  figures: Figure[],
  from: number,
  to: number,
  inside: (index: number) => boolean,
): boolean {
  switch (words.kind) {
    case 'id':
      return tokens
        .slice(from, to)
        .some(
          (token, index) =>
            inside(from + index) &&
            (token.kind === 'id' || token.kind === 'nearId') &&
            token.prefix === words.shape.prefix,
        );
    case 'code':
      return (
        here.some(
          (match) => match.payload.argument === words.name && match.payload.list === 'labels',
        ) &&
        tokens
          .slice(from, to)
          .some(
            (token) =>
              token.kind === 'number' &&
              token.text.length === words.shape.digits &&
              /^\d+$/.test(token.text),
          )
      );
    case 'amount':
      return figures.some((figure) => inside(figure.start) && figure.mentions.length > 0);
    case 'quantity':
      return figures.some((figure) => inside(figure.start) && figure.mentions.length === 0);
    case 'choice':
      return here.some(
        (match) => match.payload.argument === words.name && match.payload.list === 'values',
      );
    case 'count':
      return here.some(
        (match) => match.payload.argument === words.name && match.payload.list === 'units',
      );
    case 'currency':
    case 'text':
    case 'value':
      return false;
  }
}
