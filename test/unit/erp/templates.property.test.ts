import fc from 'fast-check';
import type { Json, JsonObject } from '../../../policy-service/src/domain/request/request';
import {
  parseBody,
  parsePath,
  parseText,
  renderBody,
  renderPath,
  renderQuery,
  TemplateError,
} from '../../../policy-service/src/erp/http/template';

const nasty = fc.constantFrom(
  '..',
  '.',
  '',
  '/',
  '../..',
  '%2e%2e',
  '%2F',
  '?x=1',
  '#x',
  '\\',
  '//evil.example',
  '@evil.example',
  'a\r\nHost: evil',
  '{other}',
  '","admin":true,"x":"',
  '\ud800',
  '\0',
  '__proto__',
  '${HOME}',
);
const text = fc.oneof(nasty, fc.string(), fc.string({ unit: 'binary' }));

/** The rendered text, or undefined when the template refuses the values. */
function rendered<T>(render: () => T): T | undefined {
  try {
    return render();
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
    return undefined;
  }
}

describe('paths', () => {
  const template = parsePath('/things/{id}/parts/{part}');

  it('keep their host, their number of segments and their values, whatever an id holds', () => {
    fc.assert(
      fc.property(text, text, (id, part) => {
        const path = rendered(() => renderPath(template, { id, part }));
        if (path === undefined) return;
        const url = new URL(path, 'http://erp.test');
        expect(url.host).toBe('erp.test');
        expect(url.search + url.hash).toBe('');
        const segments = url.pathname.split('/');
        expect(segments.map(decodeURIComponent)).toEqual(['', 'things', id, 'parts', part]);
        // A server may decode before it routes, twice, and fold what it read.
        const decoded = decodeURIComponent(decodeURIComponent(path)).normalize('NFKC');
        expect(decoded.split(/[/\\]/)).toHaveLength(5);
      }),
      { numRuns: 2000 },
    );
  });

  it('take every value that can be a segment', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((id) => !/[/\\%?#;]/.test(id) && !/^[. ]*$/.test(id)),
        (id) => {
          expect(renderPath(template, { id, part: 1 })).toBe(
            `/things/${encodeURIComponent(id)}/parts/1`,
          );
        },
      ),
    );
  });

  it.each([
    ...['.', '..', '...', '. .', ' ', '', null, undefined, 1.5, {}, [], '\ud800'],
    ...['/', 'a/b', 'a\\b', 'a%2Fb', 'a%2F..%2Fb', '%252e%252e', '%', 'a?b', 'a#b', '..;', 'a;b'],
    // Forms that NFKC folds into the same.
    ...['a\uff0fb', '\uff0e\uff0e', '\u2025', 'a\ufe68b', 'a\uff052fb', 'a\uff1fb', '\u2100'],
    ...['a\u2044b', 'a\u2215b', 'a\0', 'a\nb', 'a\u007f', 'a\u0085', 'a\u200bb', 'a\u202eb'],
  ])('refuse %j as a segment', (id) => {
    expect(() => renderPath(template, { id: id as Json, part: 'p' })).toThrow(TemplateError);
  });

  it('see own arguments only', () => {
    expect(() => renderPath(parsePath('/x/{constructor}'), {})).toThrow(TemplateError);
  });
});

describe('queries', () => {
  const template = { q: parseText('{q}'), r: parseText('{r?}'), fixed: parseText('a b&c') };

  it('hold exactly the declared names and the given values', () => {
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), (q, r) => {
        const values: JsonObject = r === undefined ? { q } : { q, r };
        const query = rendered(() => renderQuery(template, values));
        if (query === undefined) return;
        const read = [...new URLSearchParams(query)];
        const expected = [['q', q], ...(r === undefined ? [] : [['r', r]]), ['fixed', 'a b&c']];
        expect(read).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bodies', () => {
  const template = parseBody({
    fixed: 'yes',
    count: 3,
    nested: { id: '{id}', memo: '{memo?}' },
    list: ['{id}', '{memo?}', null],
  });

  it('place every value whole: nothing in it becomes a name or a structure of the body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(text, { nil: undefined }), (value, memo) => {
        fc.pre(value !== null);
        const id = value as Json;
        const values: JsonObject = memo === undefined ? { id } : { id, memo };
        const sent = JSON.parse(JSON.stringify(renderBody(template, values)));
        const given = JSON.parse(JSON.stringify({ id, memo }));
        expect(sent).toEqual({
          fixed: 'yes',
          count: 3,
          nested: given,
          list: [given.id, ...(memo === undefined ? [] : [given.memo]), null],
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse a missing value that is not optional', () => {
    expect(() => renderBody(template, { memo: 'x' })).toThrow(TemplateError);
    expect(() => renderBody(template, { id: null })).toThrow(TemplateError);
  });

  it.each(['{a}{b}', 'x{a}', '{a', 'a}', '{A}', '{a b}', '{__proto__}'])(
    'cannot be made with the text %j',
    (broken) => {
      expect(() => parseBody({ member: broken })).toThrow(/placeholder/);
    },
  );
});
