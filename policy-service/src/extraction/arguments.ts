import type { Json } from '../domain/request/request';
import { readAmount, readCurrency } from './readers/amount';
import { readChoice } from './readers/choice';
import { readText } from './readers/free-text';
import { readCodes, readId } from './readers/ids';
import { readCount, readQuantity } from './readers/quantity';
import { readValue } from './readers/value';
import type { Reading, Scene } from './readers/scene';
import type { Operation } from './operations';
import type { Token } from './text/tokens';
import type { ArgumentWords } from './vocabulary';

export interface Arguments {
  readings: Map<string, Reading & { value: Json }>;
  troubles: string[];
}

/** Numbers that name something are taken first, so that no later reader counts or pays them. */
const ORDER: readonly ArgumentWords['kind'][] = [
  'id',
  'code',
  'count',
  'choice',
  'currency',
  'amount',
  'quantity',
  'value',
  'text',
];

/** Reads the arguments of one operation. What a reader is not sure of is left out and told. */
function readArguments(list: ArgumentWords[], scene: Scene): Arguments {
  const readings: Arguments['readings'] = new Map();
  const troubles: string[] = [];
  const keep = (name: string, reading: Reading): void => {
    if (reading.trouble) troubles.push(reading.trouble);
    const { value } = reading;
    if (value !== undefined) readings.set(name, { ...reading, value });
  };
  const codes = list.filter((words) => words.kind === 'code');
  for (const kind of ORDER) {
    if (kind === 'code') for (const [name, reading] of readCodes(codes, scene)) keep(name, reading);
    else
      for (const words of list)
        if (words.kind === kind) keep(words.name, read(words, scene, readings));
  }
  return { readings, troubles };
}

function read(
  words: Exclude<ArgumentWords, { kind: 'code' }> | ArgumentWords,
  scene: Scene,
  known: Arguments['readings'],
): Reading {
  const text = (name: string | undefined): string | undefined => {
    const value = name === undefined ? undefined : known.get(name)?.value;
    return typeof value === 'string' ? value : undefined;
  };
  switch (words.kind) {
    case 'id':
      return readId(words, scene);
    case 'code':
      return readCodes([words], scene).get(words.name) ?? {};
    case 'count':
      return readCount(words, scene);
    case 'choice':
      return readChoice(words, scene);
    case 'currency':
      return readCurrency(scene);
    case 'amount': {
      const currency = readCurrency(scene).value;
      return readAmount(words, scene, typeof currency === 'string' ? currency : undefined);
    }
    case 'quantity':
      return readQuantity(words, scene);
    case 'value':
      return readValue(words, scene, text(words.of));
    case 'text':
      return readText(words, scene);
  }
}

/** Reads the first of several like operations; what it shares with the later ones is added. */
export function readOperation(operation: Operation, scene: Scene): Arguments {
  const list = operation.action.vocabulary.arguments;
  const second = secondRecord(operation, scene);
  if (second === undefined) return readArguments(list, scene);
  const own = readArguments(list, { ...scene, to: second });
  const shared = readArguments(
    list.filter((words) => words.kind === 'id' || words.kind === 'choice'),
    { ...scene, used: new Set() },
  );
  for (const [name, reading] of shared.readings)
    if (!own.readings.has(name) && !reading.trouble) own.readings.set(name, reading);
  return {
    readings: own.readings,
    troubles: [
      ...own.troubles,
      'The text asks for more than one operation; only the first was taken.',
    ],
  };
}

/** Where a second record of the action's main kind begins, joined by `and`, a comma or a new sentence. */
function secondRecord(operation: Operation, scene: Scene): number | undefined {
  const main =
    operation.action.vocabulary.arguments.find((words) => words.kind === 'id' && words.required) ??
    operation.action.vocabulary.arguments.find((words) => words.kind === 'code');
  if (main?.kind === 'code') return secondLine(scene);
  if (main?.kind !== 'id') return undefined;
  let first: Token | undefined;
  for (let at = scene.from; at < scene.to; at += 1) {
    const token = scene.tokens[at];
    if (
      token?.kind !== 'id' ||
      token.prefix !== main.shape.prefix ||
      scene.closed.has(at) ||
      scene.soft.has(at)
    )
      continue;
    if (!first) first = token;
    else if (token.norm !== first.norm) {
      const start = scene.tokens.indexOf(first);
      const between = scene.tokens.slice(start + 1, at);
      const joined = between.some(
        (one) => /^(?:and|&|,|plus|then|also)$/.test(one.norm) || one.kind === 'break',
      );
      const corrected = scene.cues.correction.some((cue) => cue.first > start && cue.first < at);
      return joined && !corrected && !between.some((one) => one.norm === 'or') ? at : undefined;
    }
  }
  return undefined;
}

/** The second item of a numbered list. */
function secondLine(scene: Scene): number | undefined {
  const items = scene.tokens.flatMap((token, index) =>
    token.kind === 'number' && /^\d$/.test(token.text) && scene.tokens[index + 1]?.text === ')'
      ? [index]
      : [],
  );
  const second = items.find(
    (index) => scene.tokens[index]?.text === '2' && index >= scene.from && index < scene.to,
  );
  return second !== undefined && items.some((index) => scene.tokens[index]?.text === '1')
    ? second
    : undefined;
}
