import type { CodeWords, IdWords } from '../vocabulary';
import { type Candidate, type Reading, type Scene, choose, inWindow, phrases } from './scene';

/** Reads a record number; what only resembles one is told, never repaired. */
export function readId(words: IdWords, scene: Scene): Reading {
  const label = words.name.replace(/_/g, ' ');
  const found: Candidate[] = [];
  const nearby: Candidate[] = [];
  let resembling = '';
  for (let index = scene.from; index < scene.to; index += 1) {
    const token = scene.tokens[index];
    if (!token || scene.closed.has(index)) continue;
    const candidate = { value: token.norm, first: index, last: index };
    const fits =
      token.prefix === words.shape.prefix &&
      token.norm.length === words.shape.prefix.length + 1 + words.shape.digits;
    if (token.kind === 'id' && fits) (scene.soft.has(index) ? nearby : found).push(candidate);
    else if (
      token.kind === 'nearId' &&
      (token.prefix === words.shape.prefix || token.prefix === '?')
    )
      resembling ||= token.prefix === '?' ? '?' : token.text;
  }
  const list = found.length > 0 ? found : nearby;
  const reading = choose(scene, list, label, words.required ? 'first' : 'none');
  if (reading.value !== undefined) {
    if (resembling !== '' && resembling !== '?')
      return {
        ...reading,
        trouble: `"${resembling}" looks like another ${label} but is not written correctly.`,
      };
    return reading;
  }
  if (reading.trouble) return reading;
  if (resembling === '?')
    return { trouble: `A number in the text has characters that do not belong in a ${label}.` };
  if (resembling !== '')
    return { trouble: `"${resembling}" looks like a ${label} but is not written correctly.` };
  return bareNumber(words, scene)
    ? {
        trouble: `A number follows the word for the ${label}, but not as ${words.shape.prefix}-${'0'.repeat(words.shape.digits)}.`,
      }
    : {};
}

/** `vendor 1027`: a number where an id is meant; the figure is then no quantity or amount. */
function bareNumber(words: IdWords, scene: Scene): boolean {
  let found = false;
  for (const match of phrases(scene, words.name, 'nouns')) {
    let index = match.last + 1;
    while (/^(?:number|no|nr|id|code|#|\.|:|is)$/.test(scene.tokens[index]?.norm ?? '')) index += 1;
    const figure = scene.figures.find((one) => one.start === index);
    const next = scene.tokens[index + 1];
    if (
      !figure?.bare ||
      figure.sign ||
      figure.mentions.length > 0 ||
      (next?.kind === 'word' && /^(?:units?|pcs|pieces)$/.test(next.norm))
    )
      continue;
    if (figure.digits.length > 6) continue;
    scene.used.add(figure.start);
    found = true;
  }
  return found;
}

/** The bare codes of an action, read together: each is told by its own label beside it. */
export function readCodes(list: CodeWords[], scene: Scene): Map<string, Reading> {
  const found = new Map<string, Candidate[]>(list.map((words) => [words.name, []]));
  const labels = list
    .flatMap((words) => phrases(scene, words.name, 'labels').map((match) => ({ words, match })))
    .filter(
      ({ match }, index, all) =>
        !all.some((other, at) => at !== index && covers(other.match, match)),
    )
    .sort((a, b) => a.match.first - b.match.first);
  const labelled = new Set(labels.flatMap(({ match }) => range(match.first, match.last)));
  const bound = new Set<number>();
  for (const { words, match } of labels) {
    const behind = codeBefore(scene, match.first, words, labelled);
    if (behind === undefined || bound.has(behind)) continue;
    found.get(words.name)?.push(code(scene, behind));
    bound.add(behind);
    labelled.add(-match.first - 1);
  }
  for (const { words, match } of labels) {
    if (labelled.has(-match.first - 1)) continue;
    const ahead = codeAfter(scene, match.last, words, labelled, bound);
    if (ahead === undefined) continue;
    found.get(words.name)?.push(code(scene, ahead));
    bound.add(ahead);
  }
  for (const index of bound) scene.used.add(index);
  const loose = scene.figures.filter(
    (figure) =>
      list.some((words) => isCode(scene, figure.start, words)) &&
      figure.mentions.length === 0 &&
      !bound.has(figure.start) &&
      inWindow(scene, figure.start),
  );
  return new Map(
    list.map((words) => {
      const candidates = found.get(words.name) ?? [];
      const label = words.name.replace(/_/g, ' ');
      const reading = choose(scene, candidates, label, 'none');
      if (candidates.length > 0 || loose.length === 0) return [words.name, reading];
      const near = loose.some((figure) =>
        /^(?:from|to|account|acct|a\/c|and|into|between)$/.test(
          scene.tokens[figure.start - 1]?.norm ?? '',
        ),
      );
      if (near) for (const figure of loose) scene.used.add(figure.start);
      return [
        words.name,
        near ? { trouble: `The text does not say which number is the ${label}.` } : reading,
      ];
    }),
  );
}

function codeBefore(
  scene: Scene,
  label: number,
  words: CodeWords,
  labelled: Set<number>,
): number | undefined {
  let index = label - 1;
  let joined = false;
  for (
    let steps = 0;
    steps < 4 && index >= scene.from && !labelled.has(index);
    steps += 1, index -= 1
  ) {
    if (isCode(scene, index, words)) return joined ? index : undefined;
    const norm = scene.tokens[index]?.norm ?? '';
    if (!/^(?:\(|on|the|to|as|in|is|at|a|for|=)$/.test(norm)) return undefined;
    if (
      /^(?:\(|on|as|is|=|in)$/.test(norm) ||
      (norm === 'to' && scene.tokens[index + 1]?.norm === 'the')
    )
      joined = true;
  }
  return undefined;
}

function codeAfter(
  scene: Scene,
  label: number,
  words: CodeWords,
  labelled: Set<number>,
  bound: Set<number>,
): number | undefined {
  for (let index = label + 1, steps = 0; index < scene.to && steps < 9; index += 1, steps += 1) {
    const token = scene.tokens[index];
    if (
      !token ||
      labelled.has(index) ||
      token.kind === 'masked' ||
      (token.kind === 'break' && token.text !== '.')
    )
      return undefined;
    if (isCode(scene, index, words) && !bound.has(index)) return index;
  }
  return undefined;
}

function isCode(scene: Scene, index: number, words: CodeWords): boolean {
  const token = scene.tokens[index];
  if (
    token?.kind !== 'number' ||
    token.sign ||
    !/^\d+$/.test(token.text) ||
    token.text.length !== words.shape.digits
  )
    return false;
  const figure = scene.figures.find((one) => one.start === index);
  return figure === undefined || (figure.bare && figure.mentions.length === 0);
}

function code(scene: Scene, index: number): Candidate {
  return { value: scene.tokens[index]?.text ?? '', first: index, last: index };
}

function covers(
  outer: { first: number; last: number },
  inner: { first: number; last: number },
): boolean {
  const larger = outer.last - outer.first > inner.last - inner.first;
  return larger && outer.first <= inner.first && outer.last >= inner.last;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
