import { ExtractionFailed } from '../../application/ports';
import type { Action } from '../../domain/catalogue/action';
import type { EvidenceSpan, Intent, Json, JsonObject } from '../../domain/request/request';
import { isAscii, lookalike, stripInvisible } from '../text/characters';
import { findInjections, pressesForLessControl } from '../text/injection';
import { isObject, propertiesOf } from './tool';

const UNTRUSTED = 0.6;

/**
 * Checks what a model answered against the text and the catalogue. Unknown arguments and evidence
 * that the text does not contain are dropped; each such finding lowers the confidence.
 * @throws ExtractionFailed when the answer does not have the asked form
 */
export function readAnswer(input: unknown, text: string, actions: Action[], model: string): Intent {
  const answer = asAnswer(input);
  const reasons = answer.doubts.map((doubt) => `The model notes: ${plainSentence(doubt)}`);
  const { action: id } = answer;
  if (id === null) {
    return intent(
      null,
      {},
      {},
      answer.confidence,
      reasons.length > 0 ? reasons : ['The model recognised no action in the text.'],
      model,
    );
  }
  const action = actions.find((one) => one.id === id);
  if (!action)
    throw new ExtractionFailed(
      'The model named an action that was not offered to it; try again or submit the intent directly.',
    );
  const problems: string[] = [];
  const properties = propertiesOf(action);
  const values: JsonObject = {};
  const evidence: Record<string, EvidenceSpan> = {};
  for (const [name, value] of Object.entries(answer.arguments)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!property) {
      problems.push(`The model gave an argument that ${id} does not have; it was left out.`);
      continue;
    }
    if (value === null) continue;
    if (typeof value === 'object' || typeof value === 'boolean') {
      problems.push(`The model gave ${name} in a wrong form; it was left out.`);
      continue;
    }
    values[name] = value;
    const span = locate(text, answer.evidence[name]);
    if (span) evidence[name] = span;
    else problems.push(`The words that the model gives for ${name} are not in the text.`);
    if (!isGrounded(value, property, span?.text ?? text))
      problems.push(`The value of ${name} cannot be found in the text.`);
  }
  if (
    findInjections(
      text,
      actions.map((one) => one.id),
    ).length > 0 ||
    pressesForLessControl(text)
  )
    problems.push('The text carries instructions or claims that try to steer the extraction.');
  if (!isAscii(text.replace(/[\n\r\t]/g, ' ')) && lookalike(text) !== stripInvisible(text))
    problems.push('The text carries look-alike characters.');
  const all = [...reasons, ...problems];
  const confidence =
    problems.length === 0
      ? answer.confidence
      : Math.min(answer.confidence, UNTRUSTED - 0.1 * (problems.length - 1));
  return intent(
    id,
    values,
    evidence,
    confidence,
    all.length > 0 ? all : [`The model read the text as ${id}.`],
    model,
  );
}

interface Answer {
  action: string | null;
  arguments: JsonObject;
  evidence: JsonObject;
  confidence: number;
  doubts: string[];
}

function asAnswer(input: unknown): Answer {
  const failed = new ExtractionFailed(
    'The model did not answer in the asked form; try again or submit the intent directly.',
  );
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw failed;
  const body = input as JsonObject;
  const { action, confidence } = body;
  const doubts = body.doubts ?? [];
  if (action !== null && typeof action !== 'string') throw failed;
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) throw failed;
  if (!Array.isArray(doubts) || !isObject(body.arguments ?? {}) || !isObject(body.evidence ?? {}))
    throw failed;
  return {
    action,
    confidence,
    arguments: (body.arguments ?? {}) as JsonObject,
    evidence: (body.evidence ?? {}) as JsonObject,
    doubts: doubts.filter((doubt) => typeof doubt === 'string').slice(0, 10),
  };
}

function intent(
  action: string | null,
  values: JsonObject,
  evidence: Record<string, EvidenceSpan>,
  confidence: number,
  reasons: string[],
  model: string,
): Intent {
  return {
    action,
    arguments: values,
    confidence: Math.max(0, Math.round(confidence * 100) / 100),
    reasons,
    evidence,
    extractor: 'claude',
    model,
  };
}

function locate(text: string, words: Json | undefined): EvidenceSpan | undefined {
  if (typeof words !== 'string' || words.trim() === '') return undefined;
  const start = text.indexOf(words);
  return start < 0 ? undefined : { text: words, start, end: start + words.length };
}

/** Whether a value is what its words say, letters, digits and separators aside. Enum values may be synonyms. */
function isGrounded(value: string | number, property: JsonObject, words: string): boolean {
  if (Array.isArray(property.enum)) return property.enum.includes(value);
  const squeeze = (one: string): string => one.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const plain = squeeze(String(value));
  if (squeeze(words).includes(plain)) return plain !== '';
  // "2,500" stands for 2500.00 and "USD" may be written "$": such values need words, not the same ones.
  const digits = String(value).replace(/^-/, '').replace(/\.0+$/, '').replace(/\D/g, '');
  if (/^-?\d+(?:\.\d+)?$/.test(String(value)))
    return (
      words.replace(/\D/g, '').replace(/0+$/, '').includes(digits.replace(/0+$/, '')) ||
      !/\d/.test(words)
    );
  return property.pattern === '^[A-Z]{3}$' && words.length < 40;
}

/** Model output shown to people: one short line. */
function plainSentence(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}
