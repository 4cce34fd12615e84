import { isSafeNumber, parse } from 'lossless-json';
import type { Json } from '../../domain/request/request';
import { storable } from '../../domain/request/storable';
import { Secrets } from '../secrets';

/** What an ERP said, in a form that can be stored. */
export interface ReadableAnswer {
  readable: true;
  json: Json | undefined;
  /** JSON pointers to texts that the ERP wrote as numbers which JavaScript would round. */
  exact: Set<string>;
  /** What is stored otherwise than it was sent, a sentence each. */
  changes: string[];
}
export type Readable = ReadableAnswer | { readable: false };

/** A number that would be rounded. */
class ExactNumber {
  constructor(readonly text: string) {}
}

/** The parser calls itself for each level. */
const MAX_PARSED_LEVELS = 1_000;
/**
 * Characters of all pointers together: long names around many numbers would make the square of an
 * answer's length.
 */
const MAX_POINTERS = 4 * 1024 * 1024;
const NO_SECRETS = new Secrets();

/**
 * Reads a whole body as strict UTF-8 JSON, the one way in which answers of an ERP come in. Numbers
 * that would be rounded become texts with all of their digits, secrets are hidden, and what cannot
 * be stored is changed and said. An empty body is readable and holds nothing. What two readers
 * could read differently (a member that occurs twice) is not readable.
 */
export function readAnswer(body: Buffer, secrets: Secrets = NO_SECRETS): Readable {
  const exact = new Set<string>();
  if (body.length === 0) return { readable: true, json: undefined, exact, changes: [] };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (levelsOf(text) > MAX_PARSED_LEVELS) return { readable: false };
    const changes = new Set<string>();
    let pointers = 0;
    const json = storable(parse(text, undefined, { parseNumber: numberOf }), changes, {
      text: (one) => secrets.hide(one),
      number: (one) => secrets.hideNumber(one),
      special: (one, pointer) => {
        if (!(one instanceof ExactNumber)) return undefined;
        pointers += pointer.length;
        if (pointers > MAX_POINTERS) throw new RangeError('too much to point at');
        exact.add(pointer);
        return secrets.hide(one.text);
      },
    });
    return { readable: true, json, exact, changes: [...changes] };
  } catch {
    return { readable: false };
  }
}

function numberOf(text: string): number | ExactNumber {
  const value = Number(text);
  const whole = !/[.eE]/.test(text);
  const kept = whole ? Number.isSafeInteger(value) : isSafeNumber(text) && Number.isFinite(value);
  return kept ? value : new ExactNumber(text);
}

/** One pass: a text that never ends, of many quotes, is not looked for again and again. */
function levelsOf(text: string): number {
  let level = 0;
  let deepest = 0;
  let quoted = false;
  for (const [token] of text.matchAll(/\\.|["[{\]}]/gs)) {
    if (token === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (token === '[' || token === '{') deepest = Math.max(deepest, (level += 1));
    else if (token === ']' || token === '}') level -= 1;
  }
  return deepest;
}
