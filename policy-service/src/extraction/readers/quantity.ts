import type { Figure } from '../numbers/figures';
import type { CountWords, QuantityWords } from '../vocabulary';
import { isRange, isVague } from './amount';
import {
  type Reading,
  type Scene,
  correctedBetween,
  freeFigures,
  inWindow,
  phrases,
  spanOf,
} from './scene';

const PACKAGING =
  /^(?:box|boxes|pallets?|cases?|cartons?|crates?|packs?|packets?|bundles?|trays?|bags?|drums?|rolls?|sets?|pairs?|containers?|truckloads?|lorr(?:y|ies)|skids?|sacks?|kg|kilos?|tons?|tonnes?|litres?|liters?|metres?|meters?|lbs?)$/;
const MULTIPLES =
  /^(?:double|doubled|halve|halved|half|triple|couple|few|some|several|many|bunch|handful|lots?|loads?|quarter|third)$/;
const OTHER_NUMBER =
  /^(?:order|po|ref|reference|page|room|suite|floor|tel|phone|ext|#|no|nr|number|version|week|line|row|aisle|bin|shelf|invoice)$/;

interface Directed {
  sign: 1 | -1;
  first: number;
  last: number;
}

/** A signed change of a level; a new level, a range or a number without a direction is no change. */
export function readQuantity(words: QuantityWords, scene: Scene): Reading {
  const figures = freeFigures(scene).filter((figure) => isCounted(scene, figure));
  const steps = fromTo(scene, figures);
  const directions = directionsOf(words, scene);
  const rest = figures.filter((figure) => !steps.some((step) => step.figures.includes(figure)));
  if (steps.length > 0) {
    const [step] = steps;
    if (!step) return {};
    const stated = rest.length > 0 ? pick(words, scene, rest, directions) : undefined;
    if (steps.length > 1 || (stated && stated.value !== step.delta))
      return { trouble: 'The text gives two different quantities.' };
    const against = directions.length === 1 && directions[0]?.sign !== Math.sign(step.delta);
    return against || step.delta === 0
      ? { trouble: 'The quantity does not fit its direction.' }
      : { value: step.delta, span: spanOf(scene, step.first, step.last) };
  }
  if (rest.length === 0) {
    const vague = scene.tokens.some(
      (token, index) =>
        inWindow(scene, index) && (MULTIPLES.test(token.norm) || token.kind === 'percent'),
    );
    return vague ? { trouble: 'The quantity is not stated as a number of units.' } : {};
  }
  return pick(words, scene, rest, directions);
}

function pick(
  words: QuantityWords,
  scene: Scene,
  figures: Figure[],
  directions: Directed[],
): Reading {
  const boxed = packed(scene, figures);
  if (boxed)
    return withDirection(words, scene, boxed.figure, boxed.value, directions, boxed.trouble);
  const units = figures.filter(
    (figure) =>
      isUnit(words, scene, figure) ||
      figure.sign !== undefined ||
      labelled(words, scene, figure) ||
      scene.tokens[figure.first - 1]?.norm === 'by',
  );
  const list = units.length > 0 ? units : figures;
  const [first] = list;
  let figure = list.at(-1);
  if (!first || !figure) return {};
  const read = (one: Figure): string =>
    JSON.stringify([one.read({ dotThousands: scene.dotThousands }), one.sign]);
  let trouble: string | undefined;
  if (new Set(list.map(read)).size > 1) {
    if (correctedBetween(scene, first.end, figure.start))
      trouble = 'The text corrects itself on the quantity; the last one was taken.';
    else return { trouble: 'The text gives more than one quantity.' };
  } else figure = first;
  if (isVague(scene, figure)) return { trouble: 'The quantity is only approximate.' };
  if (isRange(scene, figure)) return { trouble: 'The quantity is a range.' };
  const literal = figure.read({ dotThousands: scene.dotThousands });
  if ('problem' in literal || !/^\d{1,9}$/.test(literal.value))
    return { trouble: 'The quantity cannot be read as a whole number.' };
  return withDirection(words, scene, figure, Number(literal.value), directions, trouble);
}

function withDirection(
  words: QuantityWords,
  scene: Scene,
  figure: Figure,
  count: number,
  directions: Directed[],
  trouble?: string,
): Reading {
  if (Number.isNaN(count))
    return { trouble: 'The quantity is given in packages without their size.' };
  if (count === 0) return { trouble: 'The quantity is zero.' };
  const before = directions.filter((one) => one.first < figure.start);
  const nearest = before.at(-1) ?? directions[0];
  const last = directions.at(-1);
  const corrected =
    nearest &&
    last &&
    nearest.sign !== last.sign &&
    correctedBetween(scene, nearest.last, last.first);
  const direction = corrected ? last : nearest;
  const explicit = figure.sign === '+' ? 1 : figure.sign === '-' ? -1 : undefined;
  const target = phrases(scene, words.name, 'targets').some((match) => match.first < figure.start);
  if (explicit !== undefined) {
    if (
      direction &&
      (direction.sign !== explicit || explicit < 0) &&
      direction.first < figure.start &&
      !isNeutral(scene, direction, figure)
    )
      return { trouble: 'The sign of the quantity contradicts its verb.' };
  } else if (!direction || (target && before.length === 0)) {
    return {
      trouble: target
        ? 'The text gives a new level, not a change.'
        : 'The text does not say whether units are added or removed.',
    };
  } else if (
    !corrected &&
    directions.some(
      (one) =>
        one.sign !== direction.sign &&
        sameClause(scene, one.first, figure.start) &&
        one.first < figure.start,
    )
  )
    return { trouble: 'The text both adds and removes.' };
  const sign = explicit ?? direction?.sign ?? 1;
  const note = corrected
    ? 'The text corrects itself on the direction; the last one was taken.'
    : trouble;
  return {
    value: sign * count,
    span: spanOf(scene, figure.first, figure.last),
    ...(note ? { trouble: note } : {}),
  };
}

/** `minus` is read both as the sign and as a word of direction: that is no contradiction. */
function isNeutral(scene: Scene, direction: Directed, figure: Figure): boolean {
  return (
    direction.last === figure.start - 1 &&
    /^(?:minus|plus)$/.test(scene.tokens[direction.first]?.norm ?? '')
  );
}

function directionsOf(words: QuantityWords, scene: Scene): Directed[] {
  const list: Directed[] = [];
  for (const [name, sign] of [
    ['increase', 1],
    ['decrease', -1],
  ] as const)
    for (const match of phrases(scene, words.name, name))
      if (!scene.soft.has(match.first)) list.push({ sign, first: match.first, last: match.last });
  return list
    .filter(
      (one) =>
        !list.some(
          (other) =>
            other !== one &&
            other.first <= one.first &&
            other.last >= one.last &&
            other.last - other.first > one.last - one.first,
        ),
    )
    .sort((a, b) => a.first - b.first);
}

function sameClause(scene: Scene, from: number, to: number): boolean {
  return !scene.tokens.slice(from, to).some((token) => token.kind === 'break');
}

/** `from 40 to 65`: the change is the difference. */
function fromTo(
  scene: Scene,
  figures: Figure[],
): { delta: number; first: number; last: number; figures: Figure[] }[] {
  return figures.flatMap((low, index) => {
    const high = figures[index + 1];
    if (!high || scene.tokens[low.first - 1]?.norm !== 'from') return [];
    const between = scene.tokens.slice(low.last + 1, high.first).map((token) => token.norm);
    if (between.at(-1) !== 'to' && between.at(-1) !== 'down' && between.at(-1) !== 'up') return [];
    if (between.length > 4) return [];
    const [a, b] = [low.read({}), high.read({})];
    if (
      'problem' in a ||
      'problem' in b ||
      !/^\d{1,9}$/.test(a.value) ||
      !/^\d{1,9}$/.test(b.value)
    )
      return [];
    return [
      {
        delta: Number(b.value) - Number(a.value),
        first: low.first,
        last: high.last,
        figures: [low, high],
      },
    ];
  });
}

/** `4 boxes of 12` is a product; boxes without a size are no number of units. */
function packed(
  scene: Scene,
  figures: Figure[],
): { figure: Figure; value: number; trouble: string } | undefined {
  for (const figure of figures) {
    const next = scene.tokens[figure.last + 1];
    if (next?.kind !== 'word' || !PACKAGING.test(next.norm)) continue;
    const joined = scene.tokens[figure.last + 2]?.norm;
    const size = figures.find((one) => one.first === figure.last + 3);
    const [a, b] = [figure.read({}), size?.read({})];
    if (
      joined &&
      /^(?:of|with|x)$/.test(joined) &&
      b &&
      'value' in a &&
      'value' in b &&
      /^\d{1,4}$/.test(a.value) &&
      /^\d{1,5}$/.test(b.value)
    )
      return {
        figure,
        value: Number(a.value) * Number(b.value),
        trouble: 'The quantity is a number of packages times their size.',
      };
    return { figure, value: Number.NaN, trouble: '' };
  }
  return undefined;
}

function isCounted(scene: Scene, figure: Figure): boolean {
  const before = scene.tokens[figure.first - 1]?.norm ?? '';
  const after = scene.tokens[figure.last + 1]?.norm ?? '';
  return (
    figure.mentions.length === 0 &&
    !OTHER_NUMBER.test(before) &&
    !/^(?:days?|hours?|weeks?|months?|years?|minutes?|times?|o'clock)$/.test(after) &&
    after !== ')'
  );
}

function isUnit(words: QuantityWords, scene: Scene, figure: Figure): boolean {
  return phrases(scene, words.name, 'units').some(
    (match) => match.first === figure.last + 1 || match.first === figure.last + 2,
  );
}

function labelled(words: QuantityWords, scene: Scene, figure: Figure): boolean {
  return phrases(scene, words.name, 'labels').some(
    (match) => match.last < figure.first && match.last >= figure.first - 2,
  );
}

/** A positive whole number told by its unit (`3 days`) or label (`seats: 3`). */
export function readCount(words: CountWords, scene: Scene): Reading {
  const units = phrases(scene, words.name, 'units');
  const labels = phrases(scene, words.name, 'labels');
  const figures = freeFigures(scene).filter(
    (figure) =>
      figure.mentions.length === 0 &&
      (units.some((match) => match.first === figure.last + 1) ||
        labels.some((match) => match.last < figure.first && match.last >= figure.first - 2)),
  );
  const label = words.name.replace(/_/g, ' ');
  const values = figures.map((figure) => figure.read({ dotThousands: scene.dotThousands }));
  const [first] = values;
  const [figure] = figures;
  if (!first || !figure) return {};
  if (values.some((value) => JSON.stringify(value) !== JSON.stringify(first)))
    return { trouble: `The text names more than one ${label}.` };
  if (
    figure.sign === '-' ||
    isVague(scene, figure) ||
    isRange(scene, figure) ||
    'problem' in first ||
    !/^\d{1,9}$/.test(first.value)
  )
    return { trouble: `The ${label} cannot be read as a whole number.` };
  return { value: Number(first.value), span: spanOf(scene, figure.first, figure.last) };
}
