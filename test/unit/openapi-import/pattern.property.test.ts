import fc from 'fast-check';
import { argumentName, freeName } from '../../../policy-service/src/openapi-import/names';
import { isSimplePattern, textFor } from '../../../policy-service/src/openapi-import/pattern';

describe('patterns of foreign documents', () => {
  it.each(['^(a+)+$', '(a|aa)+$', '^(?=.*x).*$', '\\1', '.*.*.*=', 'a**', '[', '^[^@]+@[^@]+.+$'])(
    '%s is not carried over',
    (pattern) => expect(isSimplePattern(pattern)).toBe(false),
  );

  it.each([
    '^V-[0-9]{4}$',
    '^[A-Z]{3}$',
    '^\\d{4}-\\d{2}$',
    '^[\\w.-]+$',
    '^.{1,50}$',
    'abc',
    '^#?[0-9a-f]{6}$',
  ])('%s is, with a text that fits', (pattern) => {
    expect(isSimplePattern(pattern)).toBe(true);
    expect(textFor(pattern)).toMatch(new RegExp(pattern));
  });

  it('of a simple kind are checked to their end, whatever the text is', () => {
    const token = fc.constantFrom('[a-z]', '\\d', 'a', '.', '[^b]', '\\w');
    const repeat = fc.constantFrom('', '+', '*', '?', '{2,}', '{0,100}', '{3}');
    fc.assert(
      fc.property(fc.array(fc.tuple(token, repeat), { maxLength: 8 }), (parts) => {
        const pattern = `^${parts.map((part) => part.join('')).join('')}$`;
        fc.pre(isSimplePattern(pattern));
        const expression = new RegExp(pattern, 'u');
        // One that backtracks without end takes hours, and the test never ends.
        expect([true, false]).toContain(expression.test(`${'a'.repeat(2000)}!`));
      }),
      { numRuns: 200 },
    );
  });
});

describe('names of arguments', () => {
  it('can always be placeholders', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(argumentName(text)).toMatch(/^[a-z][a-z0-9_]*$/);
      }),
    );
  });

  it('are free', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'body_a'), { maxLength: 12 }), (names) => {
        const taken = new Set<string>();
        for (const name of names) taken.add(freeName(name, 'body', (one) => taken.has(one)));
        expect(taken.size).toBe(names.length);
      }),
    );
  });
});
