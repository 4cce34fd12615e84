import fc from 'fast-check';
import { REDACTED, Secrets } from '../../../policy-service/src/erp/secrets';

const bytesOf = (text: string): number[] => [...Buffer.from(text)];
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** Ways to write one character. */
const ONE: ((char: string) => string)[] = [
  (char) => char,
  (char) =>
    bytesOf(char)
      .map((byte) => `%${hex(byte, 2).toUpperCase()}`)
      .join(''),
  (char) =>
    bytesOf(char)
      .map((byte) => `%${hex(byte, 2)}`)
      .join(''),
  (char) =>
    bytesOf(char)
      .map((byte) => `%25${hex(byte, 2)}`)
      .join(''),
  (char) =>
    bytesOf(char)
      .map((byte) => `=${hex(byte, 2).toUpperCase()}`)
      .join(''),
  (char) =>
    char
      .split('')
      .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
      .join(''),
  (char) => `&#${char.codePointAt(0)};`,
  (char) => `&#x${hex(char.codePointAt(0) ?? 0, 1)};`,
  (char) => JSON.stringify(char).slice(1, -1),
  html,
];

/** Ways to write all of a text. */
const ALL: ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => new URLSearchParams({ k: text }).toString(),
  (text) => JSON.stringify(text),
  (text) => JSON.stringify(JSON.stringify({ text })),
  html,
  (text) => html(html(text)),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => encodeURIComponent(Buffer.from(text).toString('base64')),
  (text) =>
    (
      Buffer.from(text)
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\r\n'),
  (text) => Buffer.from(text).toString('hex'),
  (text) => Buffer.from(text).toString('hex').toUpperCase(),
];

const secret = fc
  .oneof(
    fc.stringMatching(/^[!-~]{8,100}$/),
    fc.string({ unit: 'grapheme', minLength: 8, maxLength: 30 }),
    fc.stringMatching(/^[A-Za-z0-9_-]{20,200}$/),
  )
  .filter((text) => !/\p{Surrogate}/u.test(text) && text.length >= 8 && text.trim() === text);
const around = fc.stringMatching(/^[a-z :.]{0,20}$/);
/** Nothing of a secret that is of use to anybody: no piece of it as long as it is short. */
const LEFT = 8;

function mayHold(text: string, whole: string): boolean {
  return text.includes(whole.slice(0, LEFT)) || text.includes(whole.slice(-LEFT));
}

test('a secret is hidden in whatever way it is written, and whatever stands around it', () => {
  fc.assert(
    fc.property(secret, around, around, fc.constantFrom(...ALL), (value, before, after, way) => {
      const secrets = new Secrets();
      secrets.add(value);
      const written = way(before + value + after);
      const hidden = secrets.hide(written);
      if (!hidden.includes(REDACTED)) throw new Error(`${written} stays`);
      const left = way(value).replace(/^["=k]+|["=]+$/g, '');
      expect(mayHold(hidden.replaceAll(REDACTED, '\n'), value)).toBe(false);
      expect(hidden.includes(left)).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test('a secret is hidden when each of its characters is written in another way', () => {
  const ways = fc.array(fc.constantFrom(...ONE), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(secret, ways, (value, several) => {
      const secrets = new Secrets();
      secrets.add(value);
      const written = [...value].map((char, at) => several[at % several.length]?.(char)).join('');
      expect(secrets.hide(`<<${written}>>`)).toBe(`<<${REDACTED}>>`);
    }),
    { numRuns: 300 },
  );
});

test('texts without a secret stay what they are', () => {
  const secrets = new Secrets();
  for (const value of ['correct horse battery', 'c4n@ry/ "se+cret" &1']) secrets.add(value);
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      expect(secrets.hide(text)).toBe(text);
    }),
  );
});

test('long and hostile texts are searched in a time in step with their length', () => {
  const secrets = new Secrets();
  for (let n = 0; n < 20; n += 1) secrets.add(`secret-number-${n}-\\\\%%&&==`);
  secrets.add('\\'.repeat(40));
  secrets.add('%'.repeat(40));
  secrets.add(`x${'\\'.repeat(40)}y`);
  const before = process.cpuUsage();
  secrets.hide(`x${'\\'.repeat(39)}z`.repeat(1000));
  secrets.hide(`x${'\\'.repeat(300)}z`.repeat(1000));
  for (const bad of [
    '\\',
    '%25',
    '&amp;',
    '=',
    'secret-number-',
    '%',
    '\\u',
    '&#',
    '\\n',
    's%65',
  ]) {
    secrets.hide(bad.repeat(100_000 / bad.length));
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(30);
});
