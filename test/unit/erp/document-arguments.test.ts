import fc from 'fast-check';
import {
  amountOf,
  carriesReference,
  quantityOf,
  withMemo,
} from '../../../policy-service/src/erp/documents/arguments';
import { Exclusive } from '../../../policy-service/src/erp/documents/exclusive';
import { Refused } from '../../../policy-service/src/erp/documents/outcomes';
import { escapeHtml, plainText } from '../../../policy-service/src/erp/odoo/html';
import { plain } from '../../../policy-service/src/erp/tryton/values';

const digits = fc.integer({ min: 0, max: 4 });
const integer = fc.bigInt({ min: 0n, max: 99_999_999_999_999n }).map(String);
const fraction = fc.stringMatching(/^[0-9]{1,8}$/);

describe('an amount', () => {
  test('keeps its value to the last digit, or is refused', () => {
    fc.assert(
      fc.property(integer, fraction, digits, (whole, part, places) => {
        const text = `${whole}.${part}`;
        const units = BigInt(whole + part.padEnd(8, '0'));
        const fits = part.slice(places).replace(/0/g, '') === '' && units > 0n;
        if (!fits) return void expect(() => amountOf({ amount: text }, places)).toThrow(Refused);
        const [sentWhole = '', sentPart = ''] = amountOf({ amount: text }, places).split('.');
        expect(sentPart).toHaveLength(places);
        expect(BigInt(sentWhole + sentPart.padEnd(8, '0'))).toBe(units);
      }),
    );
  });

  test('is sent in the form in which it comes back', () => {
    expect(amountOf({ amount: '12.5' }, 2)).toBe('12.50');
    expect(amountOf({ amount: '12' }, 2)).toBe('12.00');
    expect(amountOf({ amount: '12.00' }, 0)).toBe('12');
  });

  test.each(['-1', '+1', '0', '0.00', '', '1e3', ' 1', '1,5', '1.', '.5', '01', 'NaN', '½', '1_0'])(
    '%j is refused',
    (amount) => {
      expect(() => amountOf({ amount }, 2)).toThrow(Refused);
    },
  );

  test.each([12.5, 12, null, undefined, {}, true])('%p is no text', (amount) => {
    expect(() => amountOf({ amount: amount as never }, 2)).toThrow(Refused);
  });
});

test.each([0, 1.5, Number.NaN, 2 ** 53, '5', null])('%p is no quantity', (quantity) => {
  expect(() => quantityOf({ quantity: quantity as never })).toThrow(Refused);
});

test('a memo never makes one reference look like another', () => {
  const reference = fc.stringMatching(/^req_[a-z0-9]{1,6}\/[a-z-]{1,6}$/);
  fc.assert(
    fc.property(reference, reference, fc.option(fc.string(), { nil: undefined }), (a, b, memo) => {
      expect(carriesReference(withMemo(a, memo), a)).toBe(true);
      expect(carriesReference(withMemo(a, memo), b)).toBe(a === b);
    }),
  );
});

test('what is escaped for a page comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(plainText(`<p>${escapeHtml(text)}</p>`)).toBe(text);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[&<>"'a;#39lgtquomp]*$/), (text) => {
      expect(plainText(escapeHtml(text))).toBe(text);
    }),
  );
});

test('answers of Tryton become plain JSON', () => {
  expect(
    plain([
      {
        amount: { __class__: 'Decimal', decimal: '12.50' },
        date: { __class__: 'date', year: 2026, month: 3, day: 9 },
        'journal.': { id: 1, 'currency.': { code: 'USD' } },
        'group.': null,
      },
    ]),
  ).toEqual([
    {
      amount: '12.50',
      date: '2026-03-09',
      'journal.id': 1,
      'journal.currency.code': 'USD',
    },
  ]);
});

test('what shares a key runs one after the other, also after a failure', async () => {
  const exclusive = new Exclusive();
  const events: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(`${name} ends`);
      if (fails) throw new Error(name);
    };
  const all = [
    exclusive.run('key', work('a', true)),
    exclusive.run('key', work('b')),
    exclusive.run('key', work('c')),
  ];
  const settled = await Promise.allSettled(all);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(events).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});
