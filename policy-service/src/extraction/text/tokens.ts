import { SYMBOL_PATTERN } from '../numbers/currencies';
import type { IdShape } from '../vocabulary';
import { MASK, hasInvisible, isAscii, normalise, stem, stripInvisible } from './characters';
import { readNearId } from './near-id';

export type TokenKind =
  | 'word'
  | 'id'
  | 'nearId'
  | 'number'
  | 'badNumber'
  | 'symbol'
  | 'email'
  | 'phone'
  | 'date'
  | 'percent'
  | 'punct'
  | 'break'
  | 'masked';

/** One unit of a text; offsets are UTF-16 units of the original. */
export interface Token {
  kind: TokenKind;
  text: string;
  /** Lower case, without invisible characters; the id in its normal form for kind `id`. */
  norm: string;
  stem: string;
  start: number;
  end: number;
  /** Prefix of an id or of what looks like one (`?` when even that is unclear). */
  prefix?: string;
  /** A sign written right before a number. */
  sign?: '+' | '-';
  bracketed?: boolean;
}

const SPACE = /[\s\u200b\u2060\ufeff]+/y;
const EMAIL =
  /[\p{L}\p{N}][\p{L}\p{N}._%+-]{0,63}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,6}/uy;
const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const DATE = new RegExp(
  `\\d{4}-\\d{2}-\\d{2}(?:T[\\d:.]{4,15}Z?)?(?![\\p{L}\\p{N}])|\\d{1,2}[/]\\d{1,2}[/]\\d{2,4}(?!\\d)|\\d{1,2}\\.\\d{1,2}\\.\\d{4}(?!\\d)|\\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH}(?:,? \\d{4})?(?![\\p{L}\\p{N}])|${MONTH} \\d{1,2}(?:st|nd|rd|th)?(?:,? \\d{4})?(?![\\p{L}\\p{N}.,]\\d|[\\p{L}\\p{N}])|${MONTH} (?:19|20)\\d{2}(?!\\d)|\\d{1,2}:\\d{2}(?::\\d{2})?(?: ?[ap]m)?(?![\\p{L}\\p{N}])|\\d{1,2} ?[ap]m(?![\\p{L}\\p{N}])`,
  'iuy',
);
const PHONE =
  /\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .-]\d{2,5}){1,4}(?![\p{L}\p{N}])|\+\d{7,15}(?!\d)|\(\d{2,4}\) ?\d{3,4}(?:[ -]\d{2,4}){1,2}(?!\d)|\d{3}-\d{3}-\d{4}(?!\d)|\d{3}-\d{4}(?!\d)|0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}(?!\d)/uy;
const NUMBER =
  /\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,'\u2019]\d+)*(?:[.,]-(?!\d))?|\.\d+/y;
const CHUNK = /[\p{L}\p{N}\p{M}\p{Cf}_\u2010-\u2015\u2212\uff0d-]+/uy;
const WORD =
  /[\p{Script=Han}]|[\p{L}\p{M}\p{Cf}]+(?:['\u2019](?!s\b)\p{L}{1,4})?(?:['\u2019]s(?!\p{L}))?|\p{N}+/uy;
const HAN = /[\p{Script=Han}]/u;
const BEFORE_STOP =
  /(?:^|[^\p{L}])(?:approx|inv|no|nr|vs|mr|mrs|ms|dr|cr|st|e\.?g|i\.?e|qty|acct|ca|p\.?s|p|s|ltd|inc|co|etc|corp|ref|wh|sku)$/iu;

/** Splits a text into tokens, with record numbers, dates and amounts of digits as one token each. */
export function tokenise(text: string, shapes: IdShape[]): Token[] {
  const tokens: Token[] = [];
  const prefixes = shapes.map((shape) => shape.prefix).filter((prefix) => prefix !== '');
  const ids = idExpression(prefixes);
  let at = 0;
  const sticky = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    return expression.exec(text)?.[0];
  };
  const push = (kind: TokenKind, length: number, extra: Partial<Token> = {}): void => {
    const raw = text.slice(at, at + length);
    const norm = normalise(raw);
    tokens.push({ kind, text: raw, norm, stem: stem(norm), start: at, end: at + length, ...extra });
    at += length;
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === MASK) {
      let end = at;
      while (text[end] === MASK) end += 1;
      push('masked', end - at);
      continue;
    }
    if (/[\n\u2028\u2029]/.test(char)) {
      push('break', 1);
      continue;
    }
    const space = sticky(SPACE);
    if (space) {
      at += Math.max(
        1,
        space.search(/[\n\u2028\u2029]/) < 0 ? space.length : space.search(/[\n\u2028\u2029]/),
      );
      continue;
    }
    const previous = text[at - 1] ?? ' ';
    const fresh = !/[\p{L}\p{N}_]/u.test(previous);
    if (fresh && /[\p{L}\p{N}]/u.test(char)) {
      const email = sticky(EMAIL);
      if (email) {
        push('email', email.length);
        continue;
      }
      const id =
        ids && previous !== '-' && isAscii(previous) ? idAt(text, at, ids, shapes) : undefined;
      if (id) {
        push('id', id.length, { norm: id.id, stem: id.id, prefix: id.prefix });
        continue;
      }
      const chunk = sticky(CHUNK);
      const near = chunk && chunk.length <= 40 ? readNearId(chunk, shapes) : undefined;
      if (chunk && near) {
        push('nearId', chunk.length, { prefix: near });
        continue;
      }
    }
    if (fresh && /[\d(+A-Za-z]/.test(char)) {
      const date = sticky(DATE);
      if (date) {
        push('date', date.length);
        continue;
      }
      const phone = sticky(PHONE);
      if (phone) {
        push('phone', phone.length);
        continue;
      }
    }
    const symbol = fresh || !/[a-z]/i.test(char) ? sticky(SYMBOL_PATTERN) : undefined;
    if (symbol) {
      push('symbol', symbol.length);
      continue;
    }
    const number = /[\d.]/.test(char) ? sticky(NUMBER) : undefined;
    if (number) {
      pushNumber(text, at, number, tokens, push);
      continue;
    }
    const word = sticky(WORD);
    if (word && stripInvisible(word) === '') {
      at += word.length;
      continue;
    }
    if (word) push('word', HAN.test(word[0] ?? '') ? 1 : word.length);
    else if (isStop(text, at)) push('break', 1);
    else push('punct', (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }
  return tokens;
}

function pushNumber(
  text: string,
  at: number,
  number: string,
  tokens: Token[],
  push: (kind: TokenKind, length: number, extra?: Partial<Token>) => void,
): void {
  const end = at + number.length;
  const tail = /^[\p{L}\p{N}\p{Cf}]*/u.exec(text.slice(end, end + 12))?.[0] ?? '';
  if (/^ ?(?:%|percent\b|pct\b)/i.test(text.slice(end, end + 9)))
    return push('percent', number.length);
  const sign = signBefore(text, at, tokens);
  const bracketed =
    /\(\s?[^()\d]{0,5}$/.test(text.slice(Math.max(0, at - 7), at)) &&
    /^[^()\d]{0,5}\)/.test(text.slice(end, end + 7));
  const extra = { ...(sign ? { sign } : {}), ...(bracketed ? { bracketed } : {}) };
  if (
    (/^(?:[OolISB]|\d)+$/.test(tail) && tail !== 's') ||
    hasInvisible(tail) ||
    (tail !== '' && !isAscii(tail) && /\p{N}/u.test(tail))
  )
    return push('badNumber', number.length + tail.length, extra);
  if (/^(?:st|nd|rd|th)$/i.test(tail)) return push('word', number.length + tail.length);
  push('number', number.length, extra);
}

function signBefore(text: string, at: number, tokens: Token[]): '+' | '-' | undefined {
  const mark = text[at - 1] ?? '';
  const outside = text[at - 2] ?? ' ';
  if (!/[+\-\u2212]/.test(mark) || !/[\s(:,=]/.test(outside)) return undefined;
  tokens.pop();
  return mark === '+' ? '+' : '-';
}

function isStop(text: string, at: number): boolean {
  const char = text[at] ?? '';
  if (/[;!?\u3002\uff01\uff1f]/.test(char)) return true;
  if (char !== '.' || !/^(?:\s|$|["')\u201d\u2019])/.test(text.slice(at + 1, at + 2))) return false;
  return at + 1 >= text.length || !BEFORE_STOP.test(text.slice(Math.max(0, at - 8), at));
}

function idExpression(prefixes: string[]): RegExp | undefined {
  if (prefixes.length === 0) return undefined;
  const alternatives = [...new Set(prefixes)].sort((a, b) => b.length - a.length).join('|');
  return new RegExp(`(${alternatives})(?: ?[-_#:] ?| )?(\\d{1,12})`, 'iy');
}

function idAt(
  text: string,
  at: number,
  expression: RegExp,
  shapes: IdShape[],
): { id: string; prefix: string; length: number } | undefined {
  expression.lastIndex = at;
  const match = expression.exec(text);
  if (!match || !isAscii(match[0])) return undefined;
  const prefix = (match[1] ?? '').toUpperCase();
  const digits = match[2] ?? '';
  const after = text.slice(at + match[0].length, at + match[0].length + 2);
  if (/^(?:[\p{L}\p{N}\p{M}\p{Cf}_]|[-\u2010-\u2015][\p{N}]|[.,]\d)/u.test(after)) return undefined;
  if (/^[^\x00-\x7f]/.test(after) && /^[\p{Cf}]/u.test(after)) return undefined;
  const fits = shapes.some((shape) => shape.prefix === prefix && shape.digits === digits.length);
  return fits ? { id: `${prefix}-${digits}`, prefix, length: match[0].length } : undefined;
}
