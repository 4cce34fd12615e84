/**
 * Whether a regular expression of a foreign document can be checked in a time that nobody can
 * stretch: a row of characters and classes, without groups or alternatives, of which at most two
 * may be repeated differently often. More of them multiply.
 */
export function isSimplePattern(pattern: string): boolean {
  const tokens = tokensOf(pattern);
  if (!tokens) return false;
  return tokens.filter(({ repeat }) => /[*+?,]/.test(repeat)).length <= 2;
}

/** The shortest text that a simple pattern accepts, or undefined when none is found. */
export function textFor(pattern: string): string | undefined {
  const text = tokensOf(pattern)
    ?.map(({ one, repeat }) => charOf(one)?.repeat(leastOf(repeat)))
    .join('');
  return text !== undefined && new RegExp(pattern, 'u').test(text) ? text : undefined;
}

interface Token {
  /** One character, an escape or a class. */
  one: string;
  /** Its quantifier; empty for exactly one. */
  repeat: string;
}

const ONE = String.raw`\[[^\[\]\\]*(?:\\[\wdswDSW.\-\/][^\[\]\\]*)*\]|\\[dw.\-\/+?*()$^|]|[A-Za-z0-9 ._\-:@#%,;=!~'"&<>\/]`;
const REPEAT = String.raw`\{\d{1,3}(?:,\d{0,3})?\}|[*+?]`;

/** The engine itself gives up on a pattern that is many times as long. */
const LONGEST_PATTERN = 1_000;

function tokensOf(pattern: string): Token[] | undefined {
  if (pattern.length > LONGEST_PATTERN) return undefined;
  const body = pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const tokens = [...body.matchAll(new RegExp(`(${ONE})(${REPEAT})?`, 'g'))];
  if (tokens.map(([whole]) => whole).join('') !== body) return undefined;
  try {
    new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
  return tokens.map(([, one = '', repeat = '']) => ({ one, repeat }));
}

const SAMPLES = ['a', 'A', '0', '1', '-', '_', '.', ' ', '/', '+', '@', ':'];

function charOf(one: string): string | undefined {
  const accepts = new RegExp(`^${one}$`, 'u');
  if (one.length === 1) return one;
  return SAMPLES.find((sample) => accepts.test(sample));
}

function leastOf(repeat: string): number {
  if (repeat === '') return 1;
  if (repeat === '*' || repeat === '?') return 0;
  return repeat === '+' ? 1 : Number(/\d+/.exec(repeat)?.[0] ?? 1);
}
