import type { ExtractionInput, Extractor } from '../application/ports';
import type { EvidenceSpan, Intent, JsonObject } from '../domain/request';
import { type Arguments, readArguments } from './arguments';
import { type Compiled, compile } from './compiled';
import { confidenceOf } from './confidence';
import { asksForChange, conditions, isQuestion, sentenceOf } from './cues/attitude';
import { language } from './cues/language';
import { type Cue, findCues } from './cues/phrases';
import { findFigures } from './numbers/figures';
import { type Found, type Operation, findOperations } from './operations';
import type { Scene } from './readers/scene';
import { isReported } from './scoring';
import type { Match } from './text/phrases';
import { type Token, tokenise } from './text/tokens';
import { type View, view } from './text/view';

/** Longer texts are read up to here, and told so. */
const LIMIT = 16_384;

/**
 * Recognises the catalogue's actions in plain English, offline and deterministically. Everything
 * it knows of an action comes from the action's schema and `extraction` block. What is unclear
 * is left out and lowers the confidence.
 */
export class PatternExtractor implements Extractor {
  readonly name = 'pattern';

  async extract(input: ExtractionInput): Promise<Intent> {
    return recognise(input.text, compile(input.actions));
  }
}

function recognise(text: string, compiled: Compiled): Intent {
  const seen = view(text.slice(0, LIMIT), compiled.ids);
  const tokens = tokenise(seen.spoken, compiled.shapes);
  const figures = findFigures(tokens);
  const cues = findCues(tokens);
  const { foreign, dotThousands } = language(tokens);
  const { closed, leading } = conditions(tokens, cues);
  const found = findOperations(compiled, tokens, figures, cues, closed);
  const doubts = generalDoubts(seen, text.length > LIMIT, foreign);
  const [operation] = found.operations;
  const refusal = operation ? refused(operation, tokens, cues, found) : undefined;
  if (!operation || refusal) return nothing(tokens, found, seen, doubts, refusal);
  const scene: Scene = { view: seen, tokens, figures, from: operation.from, to: operation.to, closed, soft: new Set([...leading, ...found.dropped]), cues, roles: operation.roles, dotThousands, used: new Set() };
  const { readings, troubles } = readOperation(operation, scene);
  doubts.push(...troubles, ...operationDoubts(operation, found, scene, readings));
  const values: JsonObject = {};
  const evidence: Record<string, EvidenceSpan> = {};
  for (const [name, reading] of readings) {
    values[name] = reading.value;
    if (reading.span) evidence[name] = { text: text.slice(reading.span.start, reading.span.end), ...reading.span };
  }
  const { vocabulary } = operation.action;
  const missing = vocabulary.arguments.filter((words) => words.required && !readings.has(words.name)).length;
  const reasons = [`The text asks for ${vocabulary.actionId}.`, ...new Set(doubts)];
  return { action: vocabulary.actionId, arguments: values, confidence: confidenceOf(new Set(doubts).size, missing), reasons, evidence, extractor: 'pattern' };
}

function nothing(tokens: Token[], found: Found, seen: View, doubts: string[], refusal: string | undefined): Intent {
  const reasons = [...doubts];
  if (refusal) reasons.push(refusal);
  else if (found.negated) reasons.push('The text says that something is not to be done.');
  else if (found.ambiguous) reasons.push('Two actions fit the text equally well.');
  else if (seen.quotedSpeech) reasons.push('The text quotes words of somebody else and asks for nothing by itself.');
  else if (asksForChange(tokens)) reasons.push('The text asks for something that no action of the catalogue does.');
  const confidence = reasons.length > 0 ? confidenceOf(reasons.length + 1, 0) : 0.85;
  return { action: null, arguments: {}, confidence, reasons: reasons.length > 0 ? [...new Set(reasons)] : ['The text asks for no action of the catalogue.'], evidence: {}, extractor: 'pattern' };
}

/** Reads the first of several like operations; what it shares with the later ones is added. */
function readOperation(operation: Operation, scene: Scene): Arguments {
  const list = operation.action.vocabulary.arguments;
  const second = secondRecord(operation, scene);
  if (second === undefined) return readArguments(list, scene);
  const own = readArguments(list, { ...scene, to: second });
  const shared = readArguments(list.filter((words) => words.kind === 'id' || words.kind === 'choice'), { ...scene, used: new Set() });
  for (const [name, reading] of shared.readings) if (!own.readings.has(name) && !reading.trouble) own.readings.set(name, reading);
  return { readings: own.readings, troubles: [...own.troubles, 'The text asks for more than one operation; only the first was taken.'] };
}

/** Where a second record of the action's main kind begins, joined by `and`, a comma or a new sentence. */
function secondRecord(operation: Operation, scene: Scene): number | undefined {
  const main = operation.action.vocabulary.arguments.find((words) => words.kind === 'id' && words.required) ?? operation.action.vocabulary.arguments.find((words) => words.kind === 'code');
  if (main?.kind === 'code') return secondLine(scene);
  if (main?.kind !== 'id') return undefined;
  let first: Token | undefined;
  for (let at = scene.from; at < scene.to; at += 1) {
    const token = scene.tokens[at];
    if (token?.kind !== 'id' || token.prefix !== main.shape.prefix || scene.closed.has(at) || scene.soft.has(at)) continue;
    if (!first) first = token;
    else if (token.norm !== first.norm) {
      const start = scene.tokens.indexOf(first);
      const between = scene.tokens.slice(start + 1, at);
      const joined = between.some((one) => /^(?:and|&|,|plus|then|also)$/.test(one.norm) || one.kind === 'break');
      const corrected = scene.cues.correction.some((cue) => cue.first > start && cue.first < at);
      return joined && !corrected && !between.some((one) => one.norm === 'or') ? at : undefined;
    }
  }
  return undefined;
}

/** The second item of a numbered list. */
function secondLine(scene: Scene): number | undefined {
  const items = scene.tokens.flatMap((token, index) => (token.kind === 'number' && /^\d$/.test(token.text) && scene.tokens[index + 1]?.text === ')' ? [index] : []));
  const second = items.find((index) => scene.tokens[index]?.text === '2' && index >= scene.from && index < scene.to);
  return second !== undefined && items.some((index) => scene.tokens[index]?.text === '1') ? second : undefined;
}

function generalDoubts(seen: View, cut: boolean, foreign: boolean): string[] {
  const doubts = seen.injections.map((what) => `The text carries ${what}; it was ignored.`);
  if (seen.pressure) doubts.push('The text claims an approval, a rank or an exception; claims count for nothing.');
  if (/[\p{Cf}\u2028\u2029]/u.test(seen.original)) doubts.push('The text carries invisible characters.');
  if (seen.forwarded === 'ignored') doubts.push('The text forwards what somebody else wrote; that part was not read.');
  if (seen.forwarded === 'adopted') doubts.push('The request is in a forwarded part that the writer takes up.');
  if (foreign) doubts.push('The text is not in English.');
  if (cut) doubts.push('The text is too long and was read only in part.');
  return doubts;
}

/** Why a recognised action is still not what the writer asks for. */
function refused(operation: Operation, tokens: Token[], cues: Record<Cue, Match<Cue>[]>, found: Found): string | undefined {
  const write = !operation.action.vocabulary.readOnly;
  const triggers = operation.roles.filter((match) => /^(?:commands|hints|reports)$/.test(match.payload.list) && !found.dropped.has(match.first));
  const last = triggers.at(-1)?.last ?? 0;
  if (cues.retraction.some((cue) => !isObject(cue, operation) && (cue.first > last || write))) return 'The text takes the request back or puts it on hold.';
  if (!write) return undefined;
  const sentences = triggers.map((match) => sentenceOf(tokens, match.first));
  const near = (cue: Match<Cue>): boolean => sentences.some((one) => cue.first >= one.first && cue.first < one.end);
  const other = triggers.some((match) => !cues.hypothetical.some((cue) => sameSentence(tokens, cue.first, match.first)) && !isReported(match, tokens) && match.payload.list === 'commands');
  if (cues.hypothetical.some(near) && !other) return 'The text asks whether to act or what would happen; it does not ask for it.';
  const asked = triggers.some((match) => !isReported(match, tokens) && !(cues.done.some((cue) => cue.first < match.first && sameSentence(tokens, cue.first, match.first))));
  if (!asked && cues.done.some((cue) => near(cue) && (cue.payload === 'done' && (tokens[cue.first]?.norm === 'already' || isQuestion(tokens, cue.first))))) return 'The text is about something that is already done.';
  return undefined;
}

function sameSentence(tokens: Token[], a: number, b: number): boolean {
  return sentenceOf(tokens, a).first === sentenceOf(tokens, b).first;
}

/** A word of the action itself, for example a memo, is no retraction. */
function isObject(cue: Match<Cue>, operation: Operation): boolean {
  return operation.roles.some((match) => match.payload.list === 'ignores' && cue.first >= match.first && cue.last <= match.last);
}

function operationDoubts(operation: Operation, found: Found, scene: Scene, readings: Arguments['readings']): string[] {
  const { tokens, cues } = scene;
  const { vocabulary } = operation.action;
  const doubts: string[] = [];
  if (found.operations.length > 1) doubts.push('The text asks for more than one operation; only the first was taken.');
  if (found.ambiguous) doubts.push('A part of the text fits two actions.');
  if (found.negated) doubts.push('The text also says what is not to be done.');
  if (operation.score.reported) doubts.push('The text reports something rather than asking for it.');
  if (cues.hedge.length > 0) doubts.push('The text is hedged or undecided.');
  if (vocabulary.readOnly) return [...doubts, ...foreignIds(operation, scene, readings)];
  const triggers = operation.roles.filter((match) => /^(?:commands|hints)$/.test(match.payload.list) && match.first >= operation.from && match.first < operation.to);
  const asking = triggers.filter((match) => !isQuestion(tokens, match.first));
  if (triggers.length > 0 && asking.length === 0) doubts.push('The request is phrased as a question.');
  if (cues.condition.length > 0) doubts.push('The request depends on a condition.');
  if (cues.future.length > 0 || datedAhead(tokens)) doubts.push('The request is for a later time.');
  if (cues.negator.some((cue) => /^(?:not|isn't|but not)$/.test(tokens[cue.first]?.norm ?? '') && !scene.soft.has(cue.first))) doubts.push('The text says what does not hold.');
  return [...doubts, ...foreignIds(operation, scene, readings)];
}

function datedAhead(tokens: Token[]): boolean {
  return tokens.some((token, index) => token.kind === 'date' && /^(?:on|from|by|after|before|until|till|effective|starting|at|for)$/.test(tokens[index - 1]?.norm ?? ''));
}

/** A record of another kind stands where a record of the action is missing. */
function foreignIds(operation: Operation, scene: Scene, readings: Arguments['readings']): string[] {
  const own = new Set(operation.action.vocabulary.arguments.flatMap((words) => (words.kind === 'id' ? [words.shape.prefix] : [])));
  const lacking = operation.action.vocabulary.arguments.some((words) => words.kind === 'id' && words.required && !readings.has(words.name));
  if (!lacking) return [];
  const other = scene.tokens.find((token, index) => token.kind === 'id' && !own.has(token.prefix ?? '') && index >= scene.from && index < scene.to);
  return other ? [`${other.norm} is a record of another kind than the action needs.`] : [];
}
