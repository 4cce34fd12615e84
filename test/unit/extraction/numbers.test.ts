import fc from 'fast-check';
import { agree, decimals } from '../../../policy-service/src/extraction/numbers/currencies';
import { money, readLiteral, shift } from '../../../policy-service/src/extraction/numbers/literals';
import { readNumberWords } from '../../../policy-service/src/extraction/numbers/words';

test.each([
  ['12500', '12500'],
  ['1,250', '1250'],
  ['1,250.00', '1250.00'],
  ['1.250,00', '1250.00'],
  ['1.002.003,40', '1002003.40'],
  ["1'480.50", '1480.50'],
  ['1 234 567,89', '1234567.89'],
  ['1,00,000.00', '100000.00'],
  ['12,50', '12.50'],
  ['12500,-', '12500'],
  ['0.995', '0.995'],
  ['1250.125', '1250.125'],
])('%s reads as %s', (raw, value) => {
  expect(readLiteral(raw)).toEqual({ value });
});

test.each(['5,00.00', '1,2,3', '1 23 456', '12,3456'])('%s is malformed', (raw) => {
  expect(readLiteral(raw)).toEqual({ problem: 'malformed' });
});

test('one dot and three digits: two readings, unless currency or language decide', () => {
  expect(readLiteral('1.250')).toEqual({ problem: 'ambiguous' });
  expect(readLiteral('1.250', { threeDecimals: true })).toEqual({ value: '1.250' });
  expect(readLiteral('1.250', { dotThousands: true })).toEqual({ value: '1250' });
});

test('grouping never changes a number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999_999_999 }),
      fc.integer({ min: 0, max: 99 }),
      (whole, cents) => {
        const plain = { value: `${whole}.${String(cents).padStart(2, '0')}` };
        const group = (mark: string): string => String(whole).replace(/\B(?=(\d{3})+$)/g, mark);
        const fraction = plain.value.slice(-2);
        expect(readLiteral(`${group(',')}.${fraction}`)).toEqual(plain);
        expect(readLiteral(`${group('.')},${fraction}`)).toEqual(plain);
        expect(readLiteral(`${group(' ')},${fraction}`)).toEqual(plain);
        expect(readLiteral(`${group("'")}.${fraction}`)).toEqual(plain);
      },
    ),
  );
});

test('shifting is exact and money has at least two decimals', () => {
  expect(shift('1.2', 6)).toBe('1200000');
  expect(shift('0.125', 2)).toBe('12.5');
  expect(money('2000.5')).toBe('2000.50');
  expect(money('0.995')).toBe('0.995');
});

test.each([
  ['two hundred and fifty', 250],
  ['twenty five hundred', 2500],
  ['nineteen hundred', 1900],
  ['one crore', 10_000_000],
  ['three hundred thousand and twelve', 300_012],
])('%s', (words, value) => {
  const list = words.split(' ');
  expect(readNumberWords(list)).toEqual({ value, length: list.length });
});

test('words that are two numbers stay two', () => {
  expect(readNumberWords(['five', 'six'])).toEqual({ value: 5, length: 1 });
  expect(readNumberWords(['the'])).toBeUndefined();
});

test('currencies: a dollar sign fits a dollar code, another code is a conflict, a shared sign is unclear', () => {
  const dollar = { code: 'USD', family: ['USD', 'CAD'] };
  expect(agree([dollar])).toEqual({ code: 'USD' });
  expect(agree([dollar, { code: 'CAD' }])).toEqual({ code: 'CAD' });
  expect(agree([dollar, { code: 'EUR' }])).toEqual({ problem: 'conflict' });
  expect(agree([{ unclear: 'JPY CNY' }])).toEqual({ problem: 'unclear' });
  expect(agree([{ unclear: 'JPY CNY' }, { code: 'JPY' }])).toEqual({ code: 'JPY' });
  expect(agree([])).toBeUndefined();
  expect([decimals('KWD'), decimals('JPY'), decimals('USD')]).toEqual([3, 0, 2]);
});
