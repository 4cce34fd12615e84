import type { Span } from '../text/spans';
import type { TextWords } from '../vocabulary';
import { type Reading, type Scene, inWindow, phrases } from './scene';

const LINKING = /^(?::|=|is|as|of|saying|says|reads|reading|that|to|be|read|-|,)$/;
const TRAILING =
  /[\s,;:.!?\-\u2013("'\u201c]+$|(?:[\s,]+(?:in|at|from|for|to|on|of|and|with|please|pls|thanks|thank you|into|against|by|via|warehouse|vendor|customer|invoice|the|a|per|asap|today))$/i;
const NOT_PURPOSE =
  /^(?:me|us|you|them|him|her|it|this|that|these|those|now|today|all|everyone|invoice|vendor|supplier|customer|approval|review|item|sku|warehouse|inv|each|a total|total|amount|which|what|whom|payment)$/;

/** Free text, verbatim: after its label, or after an introducing word such as `because of`. */
export function readText(words: TextWords, scene: Scene): Reading {
  const labels = phrases(scene, words.name, 'labels');
  for (const label of labels.filter(
    (one) => !labels.some((other) => other.first === one.first && other.last > one.last),
  )) {
    let at = label.last + 1;
    while (LINKING.test(scene.tokens[at]?.norm ?? '') && at < scene.to) at += 1;
    const reading = textAt(scene, at, 'labelled');
    if (reading) return reading;
  }
  for (const match of phrases(scene, words.name, 'introducers')) {
    if (scene.soft.has(match.first)) continue;
    const next = scene.tokens[match.last + 1];
    if (
      !next ||
      next.kind === 'id' ||
      next.kind === 'nearId' ||
      next.kind === 'number' ||
      next.kind === 'symbol' ||
      next.kind === 'date' ||
      NOT_PURPOSE.test(next.norm)
    )
      continue;
    if (scene.figures.some((figure) => figure.first === match.last + 1)) continue;
    const reading = textAt(scene, match.last + 1, 'introduced');
    if (reading?.value !== undefined) return reading;
  }
  return {};
}

/** `line` keeps commas and numbers, `labelled` ends before the next argument, `introduced` at any comma. */
export type TextMode = 'line' | 'labelled' | 'introduced';

/** The text from a token on: a quotation, or words up to the end of the sentence. */
export function textAt(scene: Scene, from: number, mode: TextMode): Reading | undefined {
  const token = scene.tokens[from];
  if (!token || from >= scene.to || token.kind === 'break') return undefined;
  const start = token.start;
  const quote = scene.view.quotes.find((one) => one.outer.start === start);
  if (quote) return verbatim(scene, quote.inner);
  if (token.kind === 'masked')
    return { trouble: 'A free text carries instructions and was left out.' };
  return verbatim(scene, { start, end: plainEnd(scene, from, mode) });
}

function plainEnd(scene: Scene, from: number, mode: TextMode): number {
  const labelled = mode !== 'introduced';
  let end = scene.tokens[from]?.start ?? 0;
  for (let at = from; at < scene.to; at += 1) {
    const token = scene.tokens[at];
    if (!token || token.kind === 'break' || token.kind === 'masked' || !inWindow(scene, at)) break;
    if (
      token.kind === 'id' &&
      (!labelled || /^(?:in|at|from|into|to|warehouse)$/.test(scene.tokens[at - 1]?.norm ?? ''))
    )
      break;
    if (
      !labelled &&
      scene.figures.some((figure) => figure.first === at && figure.mentions.length > 0)
    )
      break;
    if (token.text === ',' && (!labelled || endsAtComma(scene, at, mode))) break;
    if (!labelled && at > from && /^(?:and|then)$/.test(token.norm) && isVerbLike(scene, at + 1))
      break;
    end = token.end;
  }
  return end;
}

function endsAtComma(scene: Scene, at: number, mode: TextMode): boolean {
  const next = scene.tokens[at + 1];
  if (mode === 'line') return /^(?:please|pls|thanks|thx|and)$/.test(next?.norm ?? '');
  return (
    next?.kind === 'id' ||
    /^(?:please|pls|thanks|thx)$/.test(next?.norm ?? '') ||
    scene.figures.some((figure) => figure.first === at + 1) ||
    isVerbLike(scene, at + 1)
  );
}

/** Whether a phrase of the action's own vocabulary begins at a token. */
function isVerbLike(scene: Scene, at: number): boolean {
  return scene.roles.some(
    (match) => match.first === at && /^(?:commands|labels)$/.test(match.payload.list),
  );
}

function verbatim(scene: Scene, span: Span): Reading | undefined {
  const raw = scene.view.clean.slice(span.start, span.end);
  const cut = raw.search(/\u0000/);
  let text = (cut < 0 ? raw : raw.slice(0, cut)).replace(/^[\s"'\u201c\u2018(]+/, '');
  const start = span.start + (cut < 0 ? raw : raw.slice(0, cut)).length - text.length;
  for (let previous = ''; previous !== text;) {
    previous = text;
    text = text.replace(TRAILING, '');
  }
  const trouble = cut >= 0 ? 'A free text carries instructions and was cut.' : undefined;
  if (text === '') return trouble ? { trouble } : undefined;
  if (cut >= 0) return { trouble: 'A free text carries instructions and was left out.' };
  return { value: text, span: { start, end: start + text.length } };
}
