import type { Arguments } from './arguments';
import { isQuestion, sentenceOf } from './cues/attitude';
import type { Cue } from './cues/phrases';
import type { Found, Operation } from './operations';
import type { Scene } from './readers/scene';
import { isReported } from './scoring';
import type { Match } from './text/phrases';
import type { Token } from './text/tokens';
import type { View } from './text/view';

/** Doubts that the text as a whole gives rise to, one sentence each. */
export function generalDoubts(seen: View, cut: boolean, foreign: boolean): string[] {
  const doubts = seen.injections.map((what) => `The text carries ${what}; it was ignored.`);
  if (seen.pressure)
    doubts.push('The text claims an approval, a rank or an exception; claims count for nothing.');
  if (/[\p{Cf}\u2028\u2029]/u.test(seen.original))
    doubts.push('The text carries invisible characters.');
  if (seen.forwarded === 'ignored')
    doubts.push('The text forwards what somebody else wrote; that part was not read.');
  if (seen.forwarded === 'adopted')
    doubts.push('The request is in a forwarded part that the writer takes up.');
  if (foreign) doubts.push('The text is not in English.');
  if (cut) doubts.push('The text is too long and was read only in part.');
  return doubts;
}

/** Why a recognised action is still not what the writer asks for. */
export function refused(
  operation: Operation,
  tokens: Token[],
  cues: Record<Cue, Match<Cue>[]>,
  found: Found,
): string | undefined {
  const write = !operation.action.vocabulary.readOnly;
  const triggers = operation.roles.filter(
    (match) =>
      /^(?:commands|hints|reports)$/.test(match.payload.list) && !found.dropped.has(match.first),
  );
  const last = triggers.at(-1)?.last ?? 0;
  if (cues.retraction.some((cue) => !isObject(cue, operation) && (cue.first > last || write)))
    return 'The text takes the request back or puts it on hold.';
  if (!write) return undefined;
  const sentences = triggers.map((match) => sentenceOf(tokens, match.first));
  const near = (cue: Match<Cue>): boolean =>
    sentences.some((one) => cue.first >= one.first && cue.first < one.end);
  const other = triggers.some(
    (match) =>
      !cues.hypothetical.some((cue) => sameSentence(tokens, cue.first, match.first)) &&
      !isReported(match, tokens) &&
      match.payload.list === 'commands',
  );
  if (cues.hypothetical.some(near) && !other)
    return 'The text asks whether to act or what would happen; it does not ask for it.';
  const asked = triggers.some(
    (match) =>
      !isReported(match, tokens) &&
      !cues.done.some(
        (cue) => cue.first < match.first && sameSentence(tokens, cue.first, match.first),
      ),
  );
  if (
    !asked &&
    cues.done.some(
      (cue) =>
        near(cue) &&
        cue.payload === 'done' &&
        (tokens[cue.first]?.norm === 'already' || isQuestion(tokens, cue.first)),
    )
  )
    return 'The text is about something that is already done.';
  return undefined;
}

function sameSentence(tokens: Token[], a: number, b: number): boolean {
  return sentenceOf(tokens, a).first === sentenceOf(tokens, b).first;
}

/** A word of the action itself, for example a memo, is no retraction. */
function isObject(cue: Match<Cue>, operation: Operation): boolean {
  return operation.roles.some(
    (match) =>
      match.payload.list === 'ignores' && cue.first >= match.first && cue.last <= match.last,
  );
}

/** Doubts about one recognised operation, one sentence each. */
export function operationDoubts(
  operation: Operation,
  found: Found,
  scene: Scene,
  readings: Arguments['readings'],
): string[] {
  const { tokens, cues } = scene;
  const { vocabulary } = operation.action;
  const doubts: string[] = [];
  if (found.operations.length > 1)
    doubts.push('The text asks for more than one operation; only the first was taken.');
  if (found.ambiguous) doubts.push('A part of the text fits two actions.');
  if (found.negated) doubts.push('The text also says what is not to be done.');
  if (operation.score.reported)
    doubts.push('The text reports something rather than asking for it.');
  if (cues.hedge.length > 0) doubts.push('The text is hedged or undecided.');
  if (vocabulary.readOnly) return [...doubts, ...foreignIds(operation, scene, readings)];
  const triggers = operation.roles.filter(
    (match) =>
      /^(?:commands|hints)$/.test(match.payload.list) &&
      match.first >= operation.from &&
      match.first < operation.to,
  );
  const asking = triggers.filter((match) => !isQuestion(tokens, match.first));
  if (triggers.length > 0 && asking.length === 0)
    doubts.push('The request is phrased as a question.');
  if (cues.condition.length > 0) doubts.push('The request depends on a condition.');
  if (cues.future.length > 0 || datedAhead(tokens)) doubts.push('The request is for a later time.');
  if (
    cues.negator.some(
      (cue) =>
        /^(?:not|isn't|but not)$/.test(tokens[cue.first]?.norm ?? '') && !scene.soft.has(cue.first),
    )
  )
    doubts.push('The text says what does not hold.');
  return [...doubts, ...foreignIds(operation, scene, readings)];
}

function datedAhead(tokens: Token[]): boolean {
  return tokens.some(
    (token, index) =>
      token.kind === 'date' &&
      /^(?:on|from|by|after|before|until|till|effective|starting|at|for)$/.test(
        tokens[index - 1]?.norm ?? '',
      ),
  );
}

/** A record of another kind stands where a record of the action is missing. */
function foreignIds(operation: Operation, scene: Scene, readings: Arguments['readings']): string[] {
  const own = new Set(
    operation.action.vocabulary.arguments.flatMap((words) =>
      words.kind === 'id' ? [words.shape.prefix] : [],
    ),
  );
  const lacking = operation.action.vocabulary.arguments.some(
    (words) => words.kind === 'id' && words.required && !readings.has(words.name),
  );
  if (!lacking) return [];
  const other = scene.tokens.find(
    (token, index) =>
      token.kind === 'id' &&
      !own.has(token.prefix ?? '') &&
      index >= scene.from &&
      index < scene.to,
  );
  return other ? [`${other.norm} is a record of another kind than the action needs.`] : [];
}
