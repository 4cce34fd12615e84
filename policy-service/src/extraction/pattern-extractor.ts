import type { ExtractionInput, Extractor } from '../application/ports';
import type { EvidenceSpan, Intent, JsonObject } from '../domain/request/request';
import { readOperation } from './arguments';
import { type Compiled, compile } from './compiled';
import { confidenceOf } from './confidence';
import { asksForChange, conditions } from './cues/attitude';
import { language } from './cues/language';
import { type Cue, findCues } from './cues/phrases';
import { findFigures } from './numbers/figures';
import { generalDoubts, operationDoubts, refused } from './doubts';
import { type Found, findOperations } from './operations';
import type { Scene } from './readers/scene';
import type { Match } from './text/phrases';
import { type Token, tokenise } from './text/tokens';
import { type View, view } from './text/view';

/** Longer texts are read up to here, and told so. */
const LIMIT = 8_192;

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
  if (!operation || refusal)
    return nothing(tokens, found, seen, cues, [...doubts, ...(refusal ? [refusal] : [])]);
  const scene: Scene = {
    view: seen,
    tokens,
    figures,
    from: operation.from,
    to: operation.to,
    closed,
    soft: new Set([...leading, ...found.dropped]),
    cues,
    roles: operation.roles,
    dotThousands,
    used: new Set(),
  };
  const { readings, troubles } = readOperation(operation, scene);
  doubts.push(...troubles, ...operationDoubts(operation, found, scene, readings));
  const values: JsonObject = {};
  const evidence: Record<string, EvidenceSpan> = {};
  for (const [name, reading] of readings) {
    values[name] = reading.value;
    if (reading.span)
      evidence[name] = { text: text.slice(reading.span.start, reading.span.end), ...reading.span };
  }
  const { vocabulary } = operation.action;
  const missing = vocabulary.arguments.filter(
    (words) => words.required && !readings.has(words.name),
  ).length;
  const reasons = [`The text asks for ${vocabulary.actionId}.`, ...new Set(doubts)];
  return {
    action: vocabulary.actionId,
    arguments: values,
    confidence: confidenceOf(new Set(doubts).size, missing),
    reasons,
    evidence,
    extractor: 'pattern',
  };
}

function nothing(
  tokens: Token[],
  found: Found,
  seen: View,
  cues: Record<Cue, Match<Cue>[]>,
  doubts: string[],
): Intent {
  const reasons = [...doubts];
  const open =
    found.mentioned &&
    (cues.hypothetical.length > 0 || cues.condition.length > 0 || cues.retraction.length > 0);
  if (reasons.length > 0) reasons.push('No action was taken from the text.');
  else if (open) reasons.push('The text speaks of an action without asking for it.');
  else if (found.negated) reasons.push('The text says that something is not to be done.');
  else if (found.ambiguous) reasons.push('Two actions fit the text equally well.');
  else if (seen.quotedSpeech)
    reasons.push('The text quotes words of somebody else and asks for nothing by itself.');
  else if (asksForChange(tokens))
    reasons.push('The text asks for something that no action of the catalogue does.');
  const confidence = reasons.length > 0 ? confidenceOf(reasons.length, 0) : 0.85;
  return {
    action: null,
    arguments: {},
    confidence,
    reasons:
      reasons.length > 0
        ? [...new Set(reasons)]
        : ['The text asks for no action of the catalogue.'],
    evidence: {},
    extractor: 'pattern',
  };
}
