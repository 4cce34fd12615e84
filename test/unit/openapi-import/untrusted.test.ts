import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { importOpenApi } from '../../../policy-service/src/openapi-import/import-openapi';

/** Documents of strangers: nothing in them hangs, vanishes or is taken for something else. */
let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'openapi-untrusted-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const document = (paths: object, more: object = {}): string =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'Desk', version: '1' }, paths, ...more });
const run = (text: string, references: string[] = []) =>
  importOpenApi(text, 'openapi.json', {
    operations: 'all',
    out,
    connector: 'desk',
    baseUrl: 'http://127.0.0.1:8000',
    force: false,
    references,
  });
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const object = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
const text = { type: 'string' };
const action = (id: string) => parse(readFileSync(join(out, `catalogue/desk.${id}.yaml`), 'utf8'));
const operations = () => parse(readFileSync(join(out, 'connectors/desk.yaml'), 'utf8')).operations;
const post = (path: string, answer: object, body: object = object({ memo: text })) =>
  document({
    [path]: {
      post: {
        operationId: 'create',
        requestBody: { required: true, ...json(body) },
        responses: { 201: { description: '', ...json(answer) } },
      },
    },
  });

describe('bounds', () => {
  it.each([
    ['JSON', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, /nested deeper/],
    ['a flow map in YAML', `a: ${'{a: '.repeat(15_000)}1${'}'.repeat(15_000)}`, /nested deeper/],
    ['large YAML', `# ${'x'.repeat(5_000_000)}\na: 1`, /larger than 4 MB.*JSON/],
  ])('%s without end is refused at once', (_what, hostile, sentence) => {
    expect(() => run(hostile)).toThrow(sentence);
  });

  it('references that multiply end one operation, not the import', () => {
    const schemas: Record<string, object> = { s0: object({ a: text }) };
    for (let n = 1; n < 40; n += 1) {
      const twice = { $ref: `#/components/schemas/s${n - 1}` };
      schemas[`s${n}`] = { allOf: [twice, twice] };
    }
    const { paths } = JSON.parse(post('/things', object({ a: text }))) as { paths: object };
    const bomb = {
      post: { requestBody: { required: true, ...json({ $ref: '#/components/schemas/s39' }) } },
    };
    const { actions, skipped } = run(
      document({ ...paths, '/bomb': bomb }, { components: { schemas } }),
    );
    expect(actions).toEqual(['desk.create']);
    expect(skipped).toMatchObject([{ reason: expect.stringMatching(/multiply|contains itself/) }]);
  });
});

describe('nothing vanishes', () => {
  it('a path in another document, and another method, are told', () => {
    const { paths } = JSON.parse(post('/things', object({ a: text }))) as { paths: object };
    const { skipped } = run(
      document({ ...paths, '/far': { $ref: 'other.yaml#/x' }, '/head': { head: {} } }),
    );
    expect(skipped).toEqual([
      { operation: '/far', reason: expect.stringMatching(/another document \(other\.yaml/) },
      { operation: 'HEAD /head', reason: expect.stringMatching(/only GET/) },
    ]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'a member named %s is an argument like any other',
    (name) => {
      run(post('/things', object({ a: text }), object({ [name]: text })));
      expect(Object.keys(operations().create.body)).toEqual([name]);
      expect(action('create').schema.required).toHaveLength(1);
    },
  );
});

describe('the reference of what was written', () => {
  const bill = object({ vendor_id: { type: 'integer' }, id: { type: 'integer' } });
  const reference = () => operations().create.reference;

  it('is the id of the record, whatever stands before it', () => {
    run(post('/bills', bill));
    expect(reference()).toBe('/id');
  });

  it('is never an id that was sent along', () => {
    run(post('/bills', object({ vendor_id: text, total: text }), object({ vendor_id: text })));
    expect(reference()).toBeUndefined();
  });

  it('is asked for where only ids of something else are there', () => {
    const hostile = post('/bills', object({ vendor_id: text, ledger_number: text }));
    expect(() => run(hostile)).toThrow(
      /not clear.*\/vendor_id, \/ledger_number.*--reference create=\/vendor_id/,
    );
    expect(existsSync(join(out, 'connectors'))).toBe(false);
    run(hostile, ['create=/ledger_number']);
    expect(reference()).toBe('/ledger_number');
  });

  it('can be said to be none', () => {
    run(post('/bills', object({ vendor_id: text })), ['create=none']);
    expect(reference()).toBeUndefined();
  });
});

describe('values in a path', () => {
  const get = (schema: object) =>
    document({
      '/things/{thing}': {
        get: {
          operationId: 'read',
          parameters: [{ name: 'thing', in: 'path', required: true, schema }],
        },
      },
    });
  const accepts = (value: string): boolean => {
    const { properties } = action('read').schema;
    const { pattern, allOf = [] } = properties.thing;
    return [pattern, ...allOf.map((one: { pattern: string }) => one.pattern)].every((one) =>
      new RegExp(one, 'u').test(value),
    );
  };

  it.each([[text], [{ ...text, pattern: '^[^a]+$' }]])('lead to no other route (%j)', (schema) => {
    run(get(schema));
    for (const value of ['..', '.', 'x/y', '\\', '%2F', '%', 'x?y', 'x#y', '../x', 'x y']) {
      expect([value, accepts(value)]).toEqual([value, false]);
    }
    expect(accepts('V-1001')).toBe(true);
    expect(accepts('x.y')).toBe(true);
  });

  it('of whole numbers are texts, so that large ids stay what they are', () => {
    run(get({ type: 'integer' }));
    expect(action('read').schema.properties.thing).toMatchObject({ type: 'string' });
    expect(accepts('9007199254740993')).toBe(true);
  });
});

describe('lengths that nothing can have', () => {
  const list = (minItems: number, items: object): object => ({ type: 'array', minItems, items });
  it.each([
    ['a long list', list(3e8, text), /a has minItems 300000000; no more than 100 is sent/],
    ['lists in lists', list(100, list(100, list(100, list(100, text)))), /no example/],
    ['a long text', { ...text, minLength: 5e8 }, /a has minLength 500000000; no more than 10000/],
    ['a longer text', { ...text, minLength: 1e12 }, /no more than 10000 is sent/],
    ['a negative length', { ...text, maxLength: -5 }, /a has maxLength -5, which is no length/],
    ['half a length', { ...text, minLength: 1.5 }, /minLength 1.5, which is no length/],
    ['lengths that exclude each other', { ...text, minLength: 9, maxLength: 3 }, /nothing is both/],
    ['no step', { type: 'number', multipleOf: 0 }, /multipleOf 0, which is no step/],
    ['a negative list', { ...list(0, text), maxItems: -1 }, /maxItems -1, which is no length/],
  ])('%s leaves the operation out with a sentence', (_what, schema, sentence) => {
    expect(() => run(post('/things', object({ id: text }), object({ a: schema })))).toThrow(
      sentence,
    );
  });

  it('a pattern of a million characters is left out', () => {
    const a = { ...text, pattern: `^${'[a-z]'.repeat(200_000)}$` };
    run(post('/things', object({ id: text }), object({ a })));
    expect(action('create').schema.properties.a.pattern).toBeUndefined();
  });

  it('a text that must be longer than usual is carried over', () => {
    run(post('/things', object({ id: text }), object({ a: { ...text, minLength: 800 } })));
    expect(action('create').schema.properties.a).toMatchObject({ minLength: 800, maxLength: 800 });
  });

  it.each([
    ['the body', (many: object) => many, /it takes 3000 arguments; no more than 500/],
    ['a member', (many: object) => object({ a: many }), /a has 3000 members; no more than 500/],
  ])('%s with thousands of members is left out', (_what, body, sentence) => {
    const names = Array.from({ length: 3_000 }, (_, n) => [`p${n}`, text]);
    const many = object(Object.fromEntries(names) as object);
    expect(() => run(post('/things', object({ id: text }), body(many)))).toThrow(sentence);
  });
});

describe('what stands in another document', () => {
  const responses = { 201: { description: '' } };

  it('every parameter is named', () => {
    const parameters = ['p', 'q'].map((name) => ({ $ref: `other.yaml#/${name}` }));
    const read = { operationId: 'read', parameters, responses };
    expect(() => run(document({ '/a': { get: read } }))).toThrow(/other.yaml#\/p, other.yaml#\/q/);
  });

  it('an operation that is a reference or no object is told', () => {
    const create = { operationId: 'create', responses };
    const { skipped } = run(
      document({
        '/a': { post: create },
        '/b': { post: { $ref: 'other.yaml#/op' } },
        '/c': { post: 'x' },
        '/d': { get: null },
      }),
    );
    expect(skipped).toEqual([
      { operation: 'POST /b', reason: 'it refers to another document (other.yaml#/op)' },
      { operation: 'POST /c', reason: 'a part of its description is missing' },
      { operation: 'GET /d', reason: 'a part of its description is missing' },
    ]);
  });

  it.each([
    ['an answer', { $ref: 'other.yaml#/X' }],
    ['the schema of an answer', { description: '', ...json({ $ref: 'other.yaml#/X' }) }],
    ['a part of it', { description: '', ...json({ allOf: [{ $ref: 'other.yaml#/X' }] }) }],
  ])('%s of a write is asked about', (_what, answer) => {
    const text = document({
      '/a': { post: { operationId: 'create', responses: { 201: answer } } },
    });
    expect(() => run(text)).toThrow(
      /status 201 cannot be read .*other.yaml#\/X.*--reference create=none/,
    );
    run(text, ['create=none']);
    expect(readFileSync(join(out, 'catalogue/desk.create.yaml'), 'utf8')).toContain(
      'The answer with status 201 is not read',
    );
  });

  it('a refusal is noted', () => {
    const refused = { 201: { description: '' }, 422: { $ref: '#/components/responses/None' } };
    run(document({ '/a': { post: { operationId: 'create', responses: refused } } }));
    expect(readFileSync(join(out, 'catalogue/desk.create.yaml'), 'utf8')).toContain(
      'The answer with status 422 is not read: #/components/responses/None leads nowhere.',
    );
  });
});

test('a code beside a message is no reference without being asked about', () => {
  const envelope = object({ code: { type: 'integer' }, message: text });
  expect(() => run(post('/things', envelope))).toThrow(/names what is written: \/code\. Say it/);
  run(post('/things', envelope), ['create=/code']);
  expect(operations().create.reference).toBe('/code');
});

test('all variables of the connector are told, with those that have a default', () => {
  expect(run(post('/things', object({ id: text }))).variables).toContain('DESK_URL');
});
