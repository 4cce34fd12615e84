import { type Mention, agree, decimals, wordCurrency } from '../numbers/currencies';
import type { Figure } from '../numbers/figures';
import { money } from '../numbers/literals';
import type { AmountWords } from '../vocabulary';
import {
  type Reading,
  type Scene,
  correctedBetween,
  freeFigures,
  inWindow,
  phrases,
  spanOf,
} from './scene';

/** The currency that is stated; a sign that several countries use is told, never guessed. */
export function readCurrency(scene: Scene): Reading {
  const mentions: { mention: Mention; at: number }[] = [];
  for (let index = scene.from; index < scene.to; index += 1) {
    const token = scene.tokens[index];
    if (!token || !inWindow(scene, index) || token.kind !== 'word') continue;
    const inside = scene.figures.some((figure) => index >= figure.first && index <= figure.last);
    const mention = inside ? undefined : wordCurrency(token.text, token.norm);
    if (mention && !mention.wordlike) mentions.push({ mention, at: index });
  }
  for (const figure of scene.figures)
    if (inWindow(scene, figure.start))
      for (const mention of figure.mentions) mentions.push({ mention, at: figure.first });
  mentions.sort((a, b) => a.at - b.at);
  const last = mentions.at(-1);
  const [first] = mentions;
  if (!first || !last) return {};
  const result = agree(mentions.map((one) => one.mention));
  if (result && 'code' in result) {
    const named =
      mentions.find((one) => 'code' in one.mention && one.mention.code === result.code) ?? first;
    return { value: result.code, span: currencySpan(scene, named.at) };
  }
  if (result?.problem === 'unclear')
    return { trouble: 'Several currencies are written like the one in the text.' };
  if (correctedBetween(scene, first.at, last.at) && 'code' in last.mention)
    return {
      value: last.mention.code,
      span: currencySpan(scene, last.at),
      trouble: 'The text corrects itself on the currency; the last one was taken.',
    };
  return { trouble: 'The text names more than one currency.' };
}

/** The words of a mention: the token itself, or what stands around the figure. */
function currencySpan(scene: Scene, at: number): { start: number; end: number } {
  const figure = scene.figures.find((one) => one.first === at && one.mentions.length > 0);
  if (!figure) return spanOf(scene, at, at);
  return figure.last > figure.end
    ? spanOf(scene, figure.last, figure.last)
    : spanOf(scene, figure.first, figure.start - 1);
}

/** A positive amount as a decimal string; anything that would need arithmetic or a guess is left out. */
export function readAmount(
  words: AmountWords,
  scene: Scene,
  currency: string | undefined,
): Reading {
  const free = freeFigures(scene).filter((figure) => !figure.packed);
  const priced = free.filter((figure) => figure.mentions.length > 0);
  const attached = free.filter((figure) =>
    priced.some((one) => one === figure || isRival(scene, figure, one)),
  );
  const labels = new Set(phrases(scene, words.name, 'labels').map((match) => match.last));
  const labelled = free.filter((figure) => [1, 2].some((back) => labels.has(figure.first - back)));
  const list =
    attached.length > 0
      ? attached
      : labelled.length > 0
        ? labelled
        : free.filter((figure) => !isName(scene, figure));
  const options = { threeDecimals: decimals(currency) === 3, dotThousands: scene.dotThousands };
  const [first] = list;
  let figure = list.at(-1);
  if (!first || !figure)
    return sumInWords(scene) ? { trouble: 'The amount is not stated as a number.' } : {};
  const values = new Set(list.map((one) => JSON.stringify(one.read(options))));
  let trouble: string | undefined;
  if (values.size > 1) {
    if (!correctedBetween(scene, first.end, figure.start))
      return { trouble: 'The text names more than one amount.' };
    trouble = 'The text corrects itself on the amount; the last one was taken.';
  } else figure = first;
  const doubt = doubtAbout(scene, figure);
  if (doubt) return { trouble: doubt };
  const literal = figure.read(options);
  if ('problem' in literal)
    return {
      trouble:
        literal.problem === 'ambiguous'
          ? 'The amount can be read in two ways: its dot may group thousands.'
          : 'The amount is not written in a readable way.',
    };
  if (Number(literal.value) === 0) return { trouble: 'The amount is zero.' };
  const fraction = literal.value.split('.')[1] ?? '';
  if (fraction.length > Math.max(2, decimals(currency)))
    trouble ??= 'The amount has more decimals than its currency.';
  return {
    value: money(literal.value),
    span: spanOf(scene, figure.start, figure.end),
    ...(trouble ? { trouble } : {}),
  };
}

/** `100.00 and 50.00 USD`: the currency counts for both numbers. */
function isRival(scene: Scene, figure: Figure, priced: Figure): boolean {
  const [low, high] = figure.start < priced.start ? [figure, priced] : [priced, figure];
  const between = scene.tokens.slice(low.last + 1, high.first).map((token) => token.norm);
  return (
    between.length > 0 &&
    between.length < 4 &&
    /^(?:and|or|\/|&)$/.test(between[0] ?? '') &&
    !isName(scene, figure)
  );
}

const NUMBERED =
  /^(?:order|po|ref|reference|page|room|suite|floor|tel|phone|ext|#|no|nr|number|version|q|week|account|acct|street|net)$/;

/** A number that names or counts something else. */
function isName(scene: Scene, figure: Figure): boolean {
  const before = scene.tokens[figure.first - 1]?.norm ?? '';
  const after = scene.tokens[figure.last + 1];
  return (
    NUMBERED.test(before) ||
    (after?.kind === 'word' &&
      /^(?:days?|hours?|weeks?|months?|years?|units?|pcs|pieces|items?|invoices?|times|payments?|people)$/.test(
        after.norm,
      ))
  );
}

function doubtAbout(scene: Scene, figure: Figure): string | undefined {
  if (figure.sign === '-') return 'The amount is negative.';
  if (figure.bracketed && scene.tokens[figure.first - 1]?.text === '(')
    return 'The amount stands in brackets, which may mean a negative one.';
  if (isVague(scene, figure)) return 'The amount is only approximate.';
  if (isRange(scene, figure)) return 'The amount is a range.';
  const near = scene.cues.arithmetic.some(
    (match) =>
      match.last >= figure.first - 3 &&
      match.first <= figure.last + 5 &&
      (match.last < figure.first || match.first > figure.last),
  );
  const before = scene.tokens[figure.first - 1];
  const after = scene.tokens[figure.last + 1];
  const multiplied =
    /^[x\u00d7*]$/.test(before?.norm ?? '') ||
    /^[x\u00d7*/]$/.test(after?.norm ?? '') ||
    after?.text === '+';
  const percent = scene.tokens
    .slice(Math.max(scene.from, figure.first - 5), figure.last + 6)
    .some((token) => token.kind === 'percent');
  return near || multiplied || percent ? 'The amount would have to be calculated.' : undefined;
}

/** `about 500`, `500 or so`, `~500`. */
export function isVague(scene: Scene, figure: Figure): boolean {
  const before = scene.cues.vague.some(
    (match) =>
      (match.last < figure.first &&
        match.last >= figure.first - 2 &&
        !/^(?:about|over|under|say)$/.test(scene.tokens[match.first]?.norm ?? '')) ||
      (match.last === figure.first - 1 && match.first <= match.last),
  );
  const tilde = /^[~\u2248<>\u00b1]$/.test(scene.tokens[figure.first - 1]?.text ?? '');
  const after = scene.tokens
    .slice(figure.last + 1, figure.last + 4)
    .map((token) => token.norm)
    .join(' ');
  return (
    before ||
    tilde ||
    /^(?:\w+ )?or so\b|^(?:\w+ )?(?:or more|or less|ish|give or|at (?:most|least)|max)\b|^- ish/.test(
      after,
    )
  );
}

/** `500-600`, `between 500 and 600`, `500 to 600`. */
export function isRange(scene: Scene, figure: Figure): boolean {
  return scene.figures.some((other) => {
    if (other === figure) return false;
    const [low, high] = other.start < figure.start ? [other, figure] : [figure, other];
    const between = scene.tokens.slice(low.last + 1, high.first);
    const [mark] = between;
    if (between.length !== 1 || !mark) return false;
    const opener = scene.tokens[low.first - 1]?.norm;
    return /^(?:[-\u2010-\u2015]|to|till|until)$/.test(mark.norm) && opener !== 'from'
      ? scene.used.has(other.start) === false
      : opener === 'between';
  });
}

function sumInWords(scene: Scene): boolean {
  const text = scene.tokens
    .slice(scene.from, scene.to)
    .map((token) => token.norm)
    .join(' ');
  return (
    /\b(?:same (?:amount|sum) as|the usual amount|a few (?:hundred|thousand)|a couple of (?:hundred|thousand)|some money|whatever (?:we|they|is|the)|the (?:remaining|outstanding) (?:amount|balance))\b/.test(
      text,
    ) || scene.tokens.slice(scene.from, scene.to).some((token) => token.kind === 'percent')
  );
}
