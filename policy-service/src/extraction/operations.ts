import { clauseEnd, negatorOf } from './cues/attitude';
import type { Cue } from './cues/phrases';
import type { Compiled, CompiledAction } from './compiled';
import type { Figure } from './numbers/figures';
import type { Match } from './text/phrases';
import type { Token } from './text/tokens';
import { CLEAR, type Reading, type Score, isReported, scoreClause } from './scoring';

/** One thing that a text asks for, and where. */
export interface Operation {
  action: CompiledAction;
  roles: Reading['roles'];
  score: Score;
  from: number;
  to: number;
}
export interface Found {
  /** In text order; the first one is extracted. */
  operations: Operation[];
  negated: boolean;
  /** Two actions fit the text equally well. */
  ambiguous: boolean;
  /** Words of a changing action occur, even where they ask for nothing. */
  mentioned: boolean;
  /** Tokens of negated parts. */
  dropped: Set<number>;
}

const MARGIN = 0.25;

/** Finds the operations of a text: clause by clause, then over the whole. */
export function findOperations(
  compiled: Compiled,
  tokens: Token[],
  figures: Figure[],
  cues: Record<Cue, Match<Cue>[]>,
  closed: Set<number>,
): Found {
  const readings = compiled.actions.map((action) => readAction(action, tokens, cues, closed));
  const dropped = droppedBy(readings, tokens, cues);
  const negated = readings.some((reading) => reading.negated.length > 0);
  const outside = new Set([...dropped, ...closed]);
  const starts = clauseStarts(readings, tokens);
  const operations: Operation[] = [];
  let ambiguous = false;
  for (const [index, from] of starts.entries()) {
    const to = starts[index + 1] ?? tokens.length;
    const best = bestOf(readings, tokens, figures, from, to, outside);
    if (best === 'tie') ambiguous = true;
    else if (best) {
      const previous = operations.at(-1);
      if (previous?.action !== best.action) operations.push({ ...best, from, to });
      else
        previous.score = {
          ...previous.score,
          reported: previous.score.reported && best.score.reported,
        };
    }
  }
  const asked = operations.filter(
    (operation) => !operation.score.reported && operation.score.worded,
  );
  const kept = merge(
    asked.length > 0 ? operations.filter((operation) => !operation.score.reported) : operations,
  );
  if (kept.length === 0 && !ambiguous) {
    const whole = bestOf(readings, tokens, figures, 0, tokens.length, outside);
    if (whole === 'tie') ambiguous = true;
    else if (whole) kept.push({ ...whole, from: 0, to: tokens.length });
  }
  kept.forEach((operation, index) => {
    operation.from = index === 0 ? 0 : operation.from;
    operation.to = kept[index + 1]?.from ?? tokens.length;
  });
  const mentioned = readings.some(
    (reading) =>
      !reading.action.vocabulary.readOnly &&
      reading.roles.some((match) => match.payload.list === 'commands'),
  );
  return { operations: kept, negated, ambiguous, mentioned, dropped };
}

function merge(operations: Operation[]): Operation[] {
  return operations.filter(
    (operation, index) => operations[index - 1]?.action !== operation.action,
  );
}

function readAction(
  action: CompiledAction,
  tokens: Token[],
  cues: Record<Cue, Match<Cue>[]>,
  closed: Set<number>,
): Reading {
  const all = action.book.find(tokens);
  const ignored = all.filter((match) => match.payload.list === 'ignores');
  const roles = all.filter(
    (match) =>
      !ignored.some(
        (one) =>
          match.payload.list !== 'excludes' &&
          match !== one &&
          match.first >= one.first &&
          match.last <= one.last,
      ),
  );
  const triggers = roles.filter(
    (match) => /^(?:commands|hints|reports)$/.test(match.payload.list) && !closed.has(match.first),
  );
  const negated = triggers.filter((match) => negatorOf(match, tokens, cues) !== undefined);
  return { action, roles, triggers: triggers.filter((match) => !negated.includes(match)), negated };
}

function droppedBy(
  readings: Reading[],
  tokens: Token[],
  cues: Record<Cue, Match<Cue>[]>,
): Set<number> {
  const dropped = new Set<number>();
  for (const reading of readings)
    for (const match of reading.negated) {
      const cue = negatorOf(match, tokens, cues);
      const end = clauseEnd(tokens, match.last);
      for (let at = cue?.first ?? match.first; at < end; at += 1) dropped.add(at);
    }
  return dropped;
}

/** Clauses begin after a sentence end, and where `and`, `then` or a comma leads to a new command. */
function clauseStarts(readings: Reading[], tokens: Token[]): number[] {
  const commands = new Set(
    readings.flatMap((reading) =>
      reading.triggers.filter((match) => !isReported(match, tokens)).map((match) => match.first),
    ),
  );
  const starts = [0];
  for (let at = 1; at < tokens.length; at += 1) {
    if (tokens[at - 1]?.kind === 'break') starts.push(at);
    else if (/^(?:and|then|also|plus|&|,|but|afterwards)$/.test(tokens[at - 1]?.norm ?? '')) {
      let next = at;
      while (
        /^(?:then|also|please|to|and|just|after|afterwards|that|,)$/.test(
          tokens[next]?.norm ?? '',
        ) &&
        next < at + 4
      )
        next += 1;
      if (commands.has(next)) starts.push(at);
    }
  }
  return [...new Set(starts)];
}

function bestOf(
  readings: Reading[],
  tokens: Token[],
  figures: Figure[],
  from: number,
  to: number,
  outside: Set<number>,
): { action: CompiledAction; roles: Reading['roles']; score: Score } | 'tie' | undefined {
  const scores = readings
    .map((reading) => ({
      action: reading.action,
      roles: reading.roles,
      score: scoreClause(reading, tokens, figures, from, to, outside),
    }))
    .filter((one) => one.score.score >= CLEAR)
    .sort((a, b) => b.score.score - a.score.score);
  const [best, second] = scores;
  if (!best) return undefined;
  return second && best.score.score - second.score.score < MARGIN ? 'tie' : best;
}
