import { hasInvisible } from '../text/characters';
import type { Token } from '../text/tokens';
import { type Mention, nationCurrency, symbolCurrency, wordCurrency } from './currencies';
import { type Literal, readLiteral, shift } from './literals';
import { PACKS, SCALES, readNumberWords } from './words';

/** A number of the text with what stands right beside it. */
export interface Figure {
  /** Indexes of its first and last token, currency included. */
  first: number;
  last: number;
  /** Without currency. */
  start: number;
  end: number;
  /** Reads the value once the currency and the language are known. */
  read(options: { threeDecimals?: boolean; dotThousands?: boolean }): Literal;
  sign?: '+' | '-';
  bracketed: boolean;
  /** Written with digits, without separators or a scale. */
  bare: boolean;
  digits: string;
  /** Joined to a pack word such as dozen. */
  packed: boolean;
  mentions: Mention[];
}

const FRACTIONS: Readonly<Record<string, number>> = { half: 0.5, quarter: 0.25 };

/** All numbers of a text, in order; ids, dates, phone numbers and percentages are none. */
export function findFigures(tokens: Token[]): Figure[] {
  const figures: Figure[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const core = digitsAt(tokens, at) ?? fractionAt(tokens, at) ?? wordsAt(tokens, at);
    if (!core) continue;
    const figure = withCurrency(tokens, core, at);
    figures.push(figure);
    at = Math.max(at, figure.last);
  }
  return figures;
}

interface Core {
  end: number;
  read: Figure['read'];
  sign?: '+' | '-';
  bracketed?: boolean;
  bare?: boolean;
  packed?: boolean;
}

function digitsAt(tokens: Token[], at: number): Core | undefined {
  const token = tokens[at];
  if (token?.kind === 'badNumber')
    return { end: at, read: () => ({ problem: 'malformed' }), ...marks(token) };
  if (token?.kind !== 'number' || hasInvisible(token.text)) return undefined;
  let end = at;
  let scale = 0;
  let factor = 1;
  const next = tokens[at + 1];
  if (next?.kind === 'word') {
    const power = SCALES[next.norm];
    const pack = PACKS[next.norm];
    const glued = next.start === token.end;
    if (power !== undefined && (glued || next.norm.length > 2 || next.norm === 'k'))
      [scale, end] = [power, at + 1];
    else if (pack !== undefined && next.norm !== 'score') [factor, end] = [pack, at + 1];
    else if (glued && /^(?:x|kg|lb|lbs|g|ml|cm|mm|m2)$/.test(next.norm)) return undefined;
  }
  const read: Core['read'] = (options) => {
    const literal = readLiteral(token.text, options);
    if ('problem' in literal)
      return scale > 0 && literal.problem === 'ambiguous'
        ? { value: shift(token.text, scale) }
        : literal;
    if (factor !== 1) return { value: String(Number(literal.value) * factor) };
    return scale > 0 ? { value: shift(literal.value, scale) } : literal;
  };
  return {
    end,
    read,
    bare: scale === 0 && factor === 1 && /^\d+$/.test(token.text),
    packed: factor !== 1,
    ...marks(token),
  };
}

function marks(token: Token): Pick<Core, 'sign' | 'bracketed'> {
  return { ...(token.sign ? { sign: token.sign } : {}), bracketed: token.bracketed ?? false };
}

/** `half a million`, `a quarter of a million`, `half a dozen`, `a dozen`, `a gross`. */
function fractionAt(tokens: Token[], at: number): Core | undefined {
  const words = following(tokens, at, 6);
  let position = words[0] === 'a' || words[0] === 'an' ? 1 : 0;
  const fraction = FRACTIONS[words[position] ?? ''] ?? 1;
  if (fraction !== 1) {
    position += 1;
    if (words[position] === 'of') position += 1;
    if (words[position] === 'a') position += 1;
  } else if (position === 0) return undefined;
  const name = words[position] ?? '';
  const scale = name.length > 2 ? SCALES[name] : undefined;
  const pack = name === 'score' ? undefined : PACKS[name];
  if (scale === undefined && pack === undefined) return undefined;
  if (fraction === 1 && scale !== undefined) return undefined;
  const value = fraction * (pack ?? 10 ** (scale ?? 0));
  return { end: at + position, read: () => ({ value: String(value) }), packed: pack !== undefined };
}

function wordsAt(tokens: Token[], at: number): Core | undefined {
  const before = tokens[at - 1]?.norm ?? '';
  const { words, indexes } = spelled(tokens, at);
  const number = readNumberWords(words);
  if (!number) return undefined;
  const single = number.length === 1;
  if (
    single &&
    words[0] === 'one' &&
    /^(?:this|that|the|which|any|no|every|last|first|old|new|another|some|each|only)$/.test(before)
  )
    return undefined;
  let end = indexes[number.length - 1] ?? at;
  let value = String(number.value);
  const cents = chequeCents(tokens, end + 1);
  if (cents) {
    end += cents.length;
    value = `${value}.${cents.digits}`;
  } else if (tokens[end + 1]?.norm === 'point') {
    const decimals = spelledDecimals(tokens, end + 2);
    if (decimals.length > 0) {
      end += 1 + decimals.length;
      value = `${value}.${decimals.join('')}`;
      const power = SCALES[tokens[end + 1]?.norm ?? ''];
      if (power !== undefined) {
        value = shift(value, power);
        end += 1;
      }
    }
  }
  const pack = PACKS[tokens[end + 1]?.norm ?? ''];
  if (pack !== undefined) {
    end += 1;
    value = String(number.value * pack);
  }
  const sign =
    before === 'minus' || before === 'negative' ? '-' : before === 'plus' ? '+' : undefined;
  return { end, read: () => ({ value }), ...(sign ? { sign } : {}), packed: pack !== undefined };
}

/** `and 00/100` as on a cheque. */
function chequeCents(tokens: Token[], at: number): { digits: string; length: number } | undefined {
  const [and, number, slash, hundred] = tokens.slice(at, at + 4);
  if (
    and?.norm !== 'and' ||
    number?.kind !== 'number' ||
    slash?.text !== '/' ||
    hundred?.text !== '100'
  )
    return undefined;
  return /^\d{2}$/.test(number.text) ? { digits: number.text, length: 4 } : undefined;
}

function spelledDecimals(tokens: Token[], at: number): string[] {
  const digits: string[] = [];
  for (let index = at; index < tokens.length && digits.length < 6; index += 1) {
    const one = readNumberWords([tokens[index]?.norm ?? '']);
    if (!one || one.value > 9) break;
    digits.push(String(one.value));
  }
  return digits;
}

function spelled(tokens: Token[], at: number): { words: string[]; indexes: number[] } {
  const words: string[] = [];
  const indexes: number[] = [];
  for (let index = at; index < tokens.length && words.length < 16; index += 1) {
    const token = tokens[index];
    if (!token) break;
    if (token.kind === 'punct' && token.text === '-' && words.length > 0) continue;
    if (token.kind !== 'word') break;
    words.push(token.norm);
    indexes.push(index);
  }
  return { words, indexes };
}

function following(tokens: Token[], at: number, count: number): string[] {
  return tokens.slice(at, at + count).map((token) => (token.kind === 'word' ? token.norm : ''));
}

function withCurrency(tokens: Token[], core: Core, at: number): Figure {
  const mentions: Mention[] = [];
  let first = at;
  let last = core.end;
  let sign = core.sign;
  const before = mentionBefore(tokens, at);
  if (before) {
    mentions.push(...before.mentions);
    first = before.first;
    if (
      /^[-\u2212]$/.test(tokens[first - 1]?.text ?? '') &&
      tokens[first - 1]?.end === tokens[first]?.start
    )
      sign = '-';
  }
  const after = mentionAfter(tokens, core.end + 1);
  if (after) {
    mentions.push(...after.mentions);
    last = after.last;
  }
  if (last === core.end && /^(?:minus|negative)$/.test(tokens[at - 1]?.norm ?? '')) sign = '-';
  return {
    first,
    last,
    start: at,
    end: core.end,
    read: core.read,
    ...(sign ? { sign } : {}),
    bracketed: core.bracketed ?? false,
    bare: core.bare ?? false,
    digits: tokens[at]?.text ?? '',
    packed: core.packed ?? false,
    mentions,
  };
}

function mentionBefore(
  tokens: Token[],
  at: number,
): { mentions: Mention[]; first: number } | undefined {
  const token = tokens[at - 1];
  if (!token) return undefined;
  const own = mentionOf(token);
  if (!own) return undefined;
  const outer = token.kind === 'symbol' ? tokens[at - 2] : undefined;
  const more = outer?.kind === 'word' ? wordCurrency(outer.text, outer.norm) : undefined;
  return { mentions: more ? [own, more] : [own], first: more ? at - 2 : at - 1 };
}

function mentionAfter(
  tokens: Token[],
  at: number,
): { mentions: Mention[]; last: number } | undefined {
  for (const index of [at, at + 1]) {
    const token = tokens[index];
    if (!token) return undefined;
    const nation = nationCurrency(token.norm);
    const noun = tokens[index + 1];
    if (nation && noun?.kind === 'word' && wordCurrency(noun.text, noun.norm))
      return { mentions: [{ code: nation }], last: index + 1 };
    const own = mentionOf(token);
    if (own) {
      // "6100 USD 500": the code belongs to the number behind it.
      const next = tokens[index + 1];
      const free =
        next?.kind !== 'number' || token.kind === 'symbol' || token.start === tokens[at - 1]?.end;
      if (!free || (token.kind === 'symbol' && next?.kind === 'number' && next.start === token.end))
        return undefined;
      const pounds =
        own !== undefined && next && 'code' in own ? wordCurrency(next.text, next.norm) : undefined;
      return pounds
        ? { mentions: [own, pounds], last: index + 1 }
        : { mentions: [own], last: index };
    }
    if (token.norm !== 'in' && token.norm !== 'of') return undefined;
  }
  return undefined;
}

function mentionOf(token: Token): Mention | undefined {
  if (token.kind === 'symbol') return symbolCurrency(token.text);
  return token.kind === 'word' ? wordCurrency(token.text, token.norm) : undefined;
}
