import fc from 'fast-check';
import { Decimal, normaliseAmount } from '../../../policy-service/src/domain/money';

describe('normaliseAmount', () => {
  test.each([
    ['2500', 'USD', '2500.00'],
    ['2500.5', 'USD', '2500.50'],
    ['002500.50', 'USD', '2500.50'],
    ['2500.500', 'USD', '2500.50'],
    [2500, 'EUR', '2500.00'],
    ['1.234', 'KWD', '1.234'],
    ['1', 'BHD', '1.000'],
    ['1500000', 'JPY', '1500000.00'],
  ])('%p %s is %s', (value, currency, amount) => {
    expect(normaliseAmount(value, currency)).toEqual({ ok: true, amount });
  });

  test.each([
    ['0'],
    ['0.00'],
    ['-5'],
    ['1e3'],
    ['1,000'],
    ['.5'],
    ['5.'],
    [''],
    [' 5'],
    ['٥'],
    ['1250.125'],
    [2 ** 53],
    [0.5],
    [-1],
    [0],
    [null],
    [true],
    [['5']],
    ['9'.repeat(16)],
    ['9'.repeat(5000)],
    ['Infinity'],
    ['NaN'],
  ])('%p is refused with a sentence', (value) => {
    const result = normaliseAmount(value, 'USD');
    expect(result.ok).toBe(false);
    expect(result).toHaveProperty('message', expect.stringMatching(/^[A-Z].*\.$/));
  });

  test('is idempotent, and equal amounts have equal bytes', () => {
    const cents = fc.bigInt({ min: 1n, max: 10n ** 15n });
    fc.assert(
      fc.property(cents, fc.nat(3), fc.nat(2), (value, zeros, leading) => {
        const text = `${value / 100n}.${String(value % 100n).padStart(2, '0')}`;
        const first = normaliseAmount(text, 'USD');
        const padded = normaliseAmount(`${'0'.repeat(leading)}${text}${'0'.repeat(zeros)}`, 'USD');
        expect(first).toEqual({ ok: true, amount: text });
        expect(padded).toEqual(first);
      }),
    );
  });
});

describe('Decimal', () => {
  test('compares exactly where doubles do not', () => {
    expect(Decimal.parse('0.1').units + Decimal.parse('0.2').units).toBe(
      Decimal.parse('0.3').units,
    );
    expect(Decimal.parse('9007199254740993').units > Decimal.parse('9007199254740992').units).toBe(
      true,
    );
  });

  test.each(['', '1e3', '1,5', '0x10', '--1', '1.23456', '01', ' 1'])('refuses %p', (text) => {
    expect(() => Decimal.parse(text)).toThrow(RangeError);
  });
});
