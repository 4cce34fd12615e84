/** A longer secret is known by its beginning; what follows it without a blank is taken along. */
const LONGEST = 64;
const REST = '[^\\s"<>]*';
/** Encoders break long lines. */
const LINE_BREAK = '(?:\\\\[rn]|[\\r\\n])*';

/** Whether a text can hold anything that `encodedForms` finds and a plain comparison does not. */
export const MAY_BE_ENCODED = /[%\\&=+\r\n]/;

/**
 * A pattern for a secret each of whose characters is written in a way of its own: as it is, escaped
 * for JSON or a program, for a URL (more than once, too), a form, HTML, or as quoted-printable.
 */
export function encodedForms(secret: string): RegExp {
  const characters = [...secret];
  const rest = characters.length > LONGEST ? REST : '';
  // Backslashes in a row are one unit: which of them escapes which cannot be told apart.
  const units =
    characters
      .slice(0, LONGEST)
      .join('')
      .match(/\\+|[^\\]/gu) ?? [];
  return new RegExp(units.map(waysOfUnit).join('') + rest, 'gu');
}

/**
 * What of a secret's base64 is the same whatever stands before and after it, broken over lines too:
 * a secret inside `name:secret` or a whole answer is found as well.
 */
export function base64Forms(secret: string): RegExp[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]);
    const own = all
      .toString('base64')
      .slice(Math.ceil((before * 8) / 6), Math.floor((all.length * 8) / 6));
    const characters = [...own].map((one) => {
      if (one === '+') return '(?:[+-]|%2[bB])';
      if (one === '/') return '(?:\\\\{0,8}/|_|%2[fF])';
      return one;
    });
    return new RegExp(characters.join(LINE_BREAK), 'gu');
  });
}

function waysOfUnit(unit: string): string {
  if (!unit.startsWith('\\')) return waysToWrite(unit);
  return `(?:\\\\|%(?:25){0,3}5[cC]|=5[cC]|&(?:amp;){0,2}#(?:0*92|[xX]0*5[cC]);|\\\\[uU]005[cC]){${unit.length},${unit.length * 8}}`;
}

function waysToWrite(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const bytes = [...Buffer.from(character)].map((byte) =>
    anyCase(byte.toString(16).padStart(2, '0')),
  );
  const units = Array.from({ length: character.length }, (_, at) =>
    anyCase(character.charCodeAt(at).toString(16).padStart(4, '0')),
  );
  const ways = [
    bytes.map((byte) => `%(?:25){0,3}${byte}`).join(''),
    bytes.map((byte) => `=${byte}`).join(''),
    units.map((unit) => `\\\\{1,8}u${unit}`).join(''),
    `\\\\{1,8}u\\{0*${anyCase(code.toString(16))}\\}`,
    `&(?:amp;){0,2}#(?:0*${code}|[xX]0*${anyCase(code.toString(16))});`,
    ...(code < 256 ? [`\\\\{1,8}x${anyCase(code.toString(16).padStart(2, '0'))}`] : []),
    ...(NAMED[character] === undefined ? [] : [`&(?:amp;){0,2}${NAMED[character]};`]),
    ...(character === ' ' ? ['\\+'] : []),
    // Last: a percent sign, for example, is the beginning of its own code.
    `\\\\{0,8}${literal(character)}`,
  ];
  return `(?:${ways.join('|')})`;
}

const NAMED: Partial<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/gu, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
