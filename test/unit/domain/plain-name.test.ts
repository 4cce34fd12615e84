import { whyNotPlain } from '../../../policy-service/src/domain/identity/plain-name';

test.each([
  ['Cyrillic а', '\u0430na@example.com'],
  ['Cyrillic ѕ and а', 'an\u0430.\u0455ilva@example.com'],
  ['Cyrillic in the domain', 'ana@ex\u0430mple.com'],
  ['Cyrillic in the last label', 'ana@example.\u0441om'],
  ['Greek α', '\u03b1na@example.com'],
  ['Greek ν', 'ana.sil\u03bda@example.com'],
  ['Armenian օ', 'b\u0585b@example.com'],
  ['Cherokee Ꭺ', '\u13aana@example.com'],
  ['Greek in Cyrillic', '\u0430\u03bd\u0430@example.com'],
  ['in a name without an address', 'The B\u043ess'],
  ['behind percent-encoding', '%D0%B0na@example.com'],
  ['in full-width letters', '\uff41\u0430na@example.com'],
  ['with characters that nobody sees between', 'a\u200b\u0430\u200bna@example.com'],
])('letters of another alphabet: %s', (_, name) => {
  expect(whyNotPlain(name)).toMatch(/mixes letters.*Write it in one alphabet/);
});

test.each([
  '&#97;na@example.com',
  'ana&#x40;example.com',
  '\\u0061na@example.com',
  '\\x61na@example.com',
  '=?utf-8?q?ana=40example=2Ecom?=',
  'Ana =?UTF-8?B?YW5h?= <x@example.com>',
])('coded characters: %s', (name) => expect(whyNotPlain(name)).toMatch(/coded characters/));

test.each([
  'ana@example.com',
  'Ana <ana.s+x@example.com>',
  "o'brien@example.com",
  '"a b"@example.com',
  'ana=x&y@example.com',
  'Zoë Müller (R&D)',
  'ana@bücher.example',
  'ana@xn--bcher-kva.example',
  'иван@почта.example',
  'Иван Petrov <ivan@example.com>',
  'γιώργος@example.com',
  '山田Taro@example.jp',
  'カタカナひらがな漢字ABC',
  '김Kim',
  'שלום@example.com',
  'user_17',
  '@channel',
  'The Owner',
  '😀',
])('a plain name: %s', (name) => expect(whyNotPlain(name)).toBeUndefined());

test('long names are judged in no time', () => {
  for (const bad of ['&#', '=?', '\\u', '=?a?b?', 'a\u0430', '%']) {
    const before = process.cpuUsage();
    whyNotPlain(bad.repeat(5000));
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
  }
});
