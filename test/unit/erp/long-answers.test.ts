import { readAnswer } from '../../../policy-service/src/erp/http/answer';
import { plainText } from '../../../policy-service/src/erp/odoo/html';
import { CanonicalArguments } from '../../../policy-service/src/bundle/canonical-arguments';

/**
 * What others send is read in a time in step with its length. Each of these took minutes at this
 * size while its time grew by the square, so the bound needs no idle machine.
 */
const BOUND_MS = 20_000;
function soon<T>(read: () => T): T {
  const begun = process.cpuUsage();
  const result = read();
  expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(BOUND_MS);
  return result;
}
const MEGABYTE = 1024 * 1024;

test('a text of an ERP that never ends, of many quotes', () => {
  const body = Buffer.from(`"${'\\"'.repeat(MEGABYTE / 2)}`);
  expect(soon(() => readAnswer(body))).toEqual({ readable: false });
});

test('brackets in texts are no levels, and those outside are', () => {
  const texts = Buffer.from(JSON.stringify({ a: '['.repeat(5_000), 'b"[': '\\"[{' }));
  expect(readAnswer(texts)).toMatchObject({ readable: true, json: { 'b"[': '\\"[{' } });
  expect(readAnswer(Buffer.from('['.repeat(5_000) + ']'.repeat(5_000)))).toEqual({
    readable: false,
  });
});

test('marks on one letter beyond what any script writes are left out, and it is said', () => {
  const body = Buffer.from(JSON.stringify({ id: `V${'\u0301\u0323'.repeat(150_000)}` }));
  const answer = soon(() => readAnswer(body));
  expect(answer).toMatchObject({
    json: { id: `V${'\u0301\u0323'.repeat(15)}` },
    changes: ['Accents and other marks beyond 30 in a row were left out.'],
  });
});

test('brackets that open no tag', () => {
  expect(soon(() => plainText('<'.repeat(MEGABYTE)))).toHaveLength(MEGABYTE);
});

test.each(['email', 'hostname', 'uri'])(
  'an argument of the format %s with a host without end',
  (format) => {
    const letters = Array.from({ length: 60_000 }, (_, n) =>
      String.fromCodePoint(0x4e00 + (n % 20_000)),
    );
    const text = { email: 'a@', hostname: '', uri: 'https://' }[format] + letters.join('');
    const schema = { type: 'object', properties: { it: { type: 'string', format } } };
    const issues: never[] = [];
    soon(() => new CanonicalArguments(schema).of({ it: text }, issues));
    expect(issues).toMatchObject([{ code: 'format', pointer: '/it' }]);
  },
);
