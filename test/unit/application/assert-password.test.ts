import { assertPassword } from '../../../policy-service/src/application/identity/assert-password';
import { scryptPasswords } from '../../../policy-service/src/system/passwords';

const ANA = {
  email: 'ana.silva@books.example.com',
  name: 'Ána María Silva',
  aliases: ['Ana from sales'],
};
const check = (password: string): void =>
  assertPassword({ passwords: scryptPasswords }, password, ANA);

describe('a password that somebody would try first is refused, with what to choose instead', () => {
  test.each([
    ['common', 'password'],
    ['common, with a number', 'password1'],
    ['common, decorated', 'P@ssw0rd2024!'],
    ['common, backwards', 'drowssap1'],
    ['common, doubled', 'letmeinletmein'],
    ['common, in capitals', 'ILOVEYOU!'],
    ['common, in another language', 'motdepasse1'],
    ['common, with accents', 'contraseña'],
    ['common, full-width', 'ｐａｓｓｗｏｒｄ１２３'],
    ['common, with characters that nobody sees', 'pass\u200bword\u00ad1'],
    ['common, spelled with percent', 'p%61ssword1'],
    ['a season and a year', 'Summer2026!'],
    ['a word and a year', 'invoice2026'],
    ['keys in a row', 'qwertzuiop'],
    ['keys of columns', '1qaz2wsx3edc'],
    ['keys with shift', '!@#$%^&*()'],
    ['numbers in a row', '1234567890123'],
    ['letters in a row', 'abcdefghijkl'],
    ['one character', 'aaaaaaaaaaaaaaaaaaaa'],
    ['a repetition', 'xyz9xyz9xyz9xyz9'],
    ['a date', '31.12.1999'],
    ['digits alone', '20262026'],
    ['the address', 'ana.silva@books.example.com'],
    ['the address in capitals', 'ANA.SILVA@BOOKS.EXAMPLE.COM1'],
    ['the name', 'Ana Maria Silva'],
    ['the name and a few digits', 'AnaSilva99!'],
    ['parts of the name', 'silva-maria-77'],
    ['an alias', 'Ana from sales 1'],
    ['the domain', 'books-example-com-1'],
    ['the product', 'Execution Layer 1'],
    ['the product and a year', 'execution-layer-2026'],
  ])('%s', (_, password) => {
    expect(() => check(password)).toThrow(/Choose a sentence/);
  });
});

test.each([
  '',
  'short',
  'a'.repeat(7),
  '\u200b'.repeat(20),
  'abc\u200b\u200b\u200b\u200b\u200bdef',
])('what is seen of it is too short: "%s"', (password) =>
  expect(() => check(password)).toThrow(/at least 8 characters/),
);

test.each([
  'correct horse battery staple',
  'a sentence for Ana to type',
  'my bike has two flat tyres',
  'gq7Rw-p2kV',
  'три весёлых кота на крыше',
  '緑の自転車は二台ある。青い',
  `${'a long sentence, '.repeat(7)}and more`,
])('the password "%s" is taken', (password) => expect(() => check(password)).not.toThrow());

test('whatever is sent is judged in a short time, and what is longer than any password is refused', () => {
  const hard = ['p@5$w0rd', '4@31!0$5+7%2', '({[<4a@5$', 'qwertasdfgzxcvb', '1234567890'];
  const before = process.cpuUsage();
  for (const text of hard) {
    for (const length of [128, 256, 100_000]) {
      try {
        check(text.repeat(Math.ceil(length / text.length)).slice(0, length));
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_parameter' });
      }
    }
  }
  expect(() => check('b7 '.repeat(400))).toThrow(/at most 256/);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(30);
});
