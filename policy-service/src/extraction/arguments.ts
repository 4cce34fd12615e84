import type { Json } from '../domain/request';
import { readAmount, readCurrency } from './readers/amount';
import { readChoice } from './readers/choice';
import { readText } from './readers/free-text';
import { readCodes, readId } from './readers/ids';
import { readCount, readQuantity } from './readers/quantity';
import { readValue } from './readers/value';
import type { Reading, Scene } from './readers/scene';
import type { ArgumentWords } from './vocabulary';

export interface Arguments {
  readings: Map<string, Reading & { value: Json }>;
  troubles: string[];
}

/** Numbers that name something are taken first, so that no later reader counts or pays them. */
const ORDER: readonly ArgumentWords['kind'][] = ['id', 'code', 'count', 'choice', 'currency', 'amount', 'quantity', 'value', 'text'];

/** Reads the arguments of one operation. What a reader is not sure of is left out and told. */
export function readArguments(list: ArgumentWords[], scene: Scene): Arguments {
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
    else for (const words of list) if (words.kind === kind) keep(words.name, read(words, scene, readings));
  }
  return { readings, troubles };
}

function read(words: Exclude<ArgumentWords, { kind: 'code' }> | ArgumentWords, scene: Scene, known: Arguments['readings']): Reading {
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
