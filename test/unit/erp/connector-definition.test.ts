import fs from 'node:fs';
import path from 'node:path';
import { parse, parseDocument } from 'yaml';
import { DEFINITION_SCHEMA } from '../../../policy-service/src/erp/http/definition-schema';
import { parseHttp } from '../../../policy-service/src/erp/http/parse';
import { httpTraits } from '../../../policy-service/src/erp/http/traits';
import { ConnectorDefinitionError } from '../../../policy-service/src/erp/definition-error';
import { createHttpConnector } from '../../../policy-service/src/erp/http/http-connector';

const ROOT = path.join(__dirname, '../../../policy-service');
const SHIPPED = fs.readFileSync(path.join(ROOT, 'connectors/mock-erp.yaml'), 'utf8');
const shipped = (): Record<string, unknown> => parse(SHIPPED);

/** The shipped file with one place changed; undefined removes it. */
function changed(at: string, value: unknown): Record<string, unknown> {
  const document = parseDocument(SHIPPED);
  if (value === undefined) document.deleteIn(at.split('.'));
  else document.setIn(at.split('.'), value);
  return document.toJS();
}

function problemsOf(value: unknown): { pointer: string; message: string }[] {
  try {
    parseHttp(value, 'my.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConnectorDefinitionError)) throw error;
    for (const { message } of error.problems) expect(message).toMatch(/\.$/);
    return error.problems;
  }
}

describe('the shipped connector', () => {
  const definition = parseHttp(shipped(), 'mock-erp.yaml');

  it('offers every lookup, step and compensation that the catalogue names', () => {
    for (const file of fs.readdirSync(path.join(ROOT, 'catalogue'))) {
      const action = parse(fs.readFileSync(path.join(ROOT, 'catalogue', file), 'utf8'));
      for (const step of action.steps) expect(definition.operations).toHaveProperty(step.operation);
      if (typeof action.compensation === 'object') {
        expect(definition.operations).toHaveProperty(action.compensation.operation);
      }
      for (const entity of action.entities) {
        const lookup = definition.lookups[entity.lookup];
        expect(Object.keys(lookup?.fields ?? {})).toEqual(
          expect.arrayContaining(Object.keys(entity.fields)),
        );
      }
    }
  });

  it('sends every write with an idempotency key and asks for the number of its document', () => {
    for (const operation of Object.values(definition.operations)) {
      if (operation.method === 'GET') continue;
      expect(operation).toMatchObject({
        idempotencyKeyHeader: 'Idempotency-Key',
        reference: '/number',
      });
    }
  });

  it('does not change what it was given, and fills in defaults', () => {
    const file = shipped();
    delete file.retry;
    delete file.timeoutMs;
    const before = structuredClone(file);
    const parsed = parseHttp(file, 'mock-erp.yaml');
    expect(file).toEqual(before);
    expect(parsed.retry).toEqual({
      attempts: 4,
      initialDelayMs: 100,
      maxDelayMs: 2000,
      totalMs: 20000,
    });
    expect(parsed.lookups.vendor?.timeoutMs).toBe(5000);
  });
});

describe('a file that cannot be used', () => {
  const vendorPath = 'lookups.vendor.path';
  const payment = 'operations.payment_create';
  const cases: [pointer: string, words: RegExp, at: string, value: unknown][] = [
    ['', /missing id/, 'id', undefined],
    ['', /colour/, 'colour', 'red'],
    ['/type', /http/, 'type', 'soap'],
    ['/auth/token', /environment only/, 'auth', { type: 'bearer', token: 'abc' }],
    ['/auth/token', /environment only/, 'auth', { type: 'bearer', token: '${KEY:-abc}' }],
    ['/auth/password', /environment only/, 'auth', { type: 'basic', username: 'u', password: 'p' }],
    ['/auth', /missing token/, 'auth', { type: 'bearer' }],
    ['/baseUrl', /whole value/, 'baseUrl', 'http://${HOST}/x'],
    ['/lookups/vendor/path', /whole value/, vendorPath, '/vendors/v-{vendor_id}'],
    ['/lookups/vendor/path', /optional/, vendorPath, '/vendors/{vendor_id?}'],
    ['/lookups/vendor/path', /segment/, vendorPath, '/vendors/../{vendor_id}'],
    ['/lookups/vendor/path', /segment/, vendorPath, '//evil.example/{vendor_id}'],
    ['/lookups/vendor/path', /segment/, vendorPath, '/vendors?all=1'],
    ['/lookups/vendor/path', /pattern/, vendorPath, 'http://evil.example/'],
    ['/lookups/vendor/fields/name', /pattern/, 'lookups.vendor.fields.name', 'name'],
    ['/lookups/vendor/notFound/0', /400/, 'lookups.vendor.notFound', [200]],
    ['/operations/payment_create/body', /whole value/, `${payment}.body.memo`, 'For {memo}'],
    ['/operations/vendor_read/body', /GET has no body/, 'operations.vendor_read.body', {}],
    ['/operations/payment_create/success/0', /299/, `${payment}.success`, [500]],
    ['/operations/payment_create/refusal/statuses/0', /NOT/, `${payment}.refusal.statuses`, [429]],
    ['/operations/payment_create/refusal/statuses/0', /499/, `${payment}.refusal.statuses`, [500]],
    [
      '/operations/payment_create/idempotencyKeyHeader',
      /pattern/,
      `${payment}.idempotencyKeyHeader`,
      'A: b',
    ],
    ['/operations/payment_create/method', /one of/, `${payment}.method`, 'post'],
    ['/retry/attempts', /10/, 'retry.attempts', 1000],
    ['/limits/concurrency', />= 1/, 'limits.concurrency', 0],
    [
      '/operations/payment_create',
      /idempotencyKeyHeader/,
      `${payment}.idempotencyKeyHeader`,
      undefined,
    ],
    ['/operations/payment_create/keyWindow', /pattern/, `${payment}.keyWindow`, 'a week'],
    [
      '/operations/payment_create/reverse',
      /no operation payment_undo/,
      `${payment}.reverse`,
      'payment_undo',
    ],
    ['/operations/payment_create/find', /missing match/, `${payment}.find`, { path: '/payments' }],
    [
      '/operations/vendor_read/find',
      /writes nothing/,
      'operations.vendor_read.find',
      { path: '/v', match: '/r' },
    ],
    [
      '/operations/payment_create/find/query/q',
      /whole value/,
      `${payment}.find.query`,
      { q: 'id={vendor_id}' },
    ],
    [
      '/operations/payment_create/successWhen',
      /missing is/,
      `${payment}.successWhen`,
      { at: '/ok' },
    ],
    [
      '/auth/clientSecret',
      /environment only/,
      'auth',
      { type: 'oauth2', tokenUrl: 'https://a', clientId: 'c', clientSecret: 's' },
    ],
    ['/auth', /missing tokenUrl/, 'auth', { type: 'oauth2', clientId: 'c', clientSecret: '${S}' }],
    ['/headers/Host', /set by the service/, 'headers', { Host: 'x' }],
    ['/tls', /certFile and keyFile together/, 'tls', { certFile: 'a.pem' }],
  ];

  it.each(cases)('is refused at %j: %s', (pointer, words, at, value) => {
    expect(problemsOf(changed(at, value))).toContainEqual({
      pointer,
      message: expect.stringMatching(words),
    });
  });

  it('is named with every wrong place', () => {
    const document = parseDocument(SHIPPED);
    document.setIn(vendorPath.split('.'), '/vendors/{a b}');
    document.setIn(`${payment}.body.memo`.split('.'), '{');
    expect(() => parseHttp(document.toJS(), 'my.yaml')).toThrow(
      /^my\.yaml at \/lookups\/vendor\/path: .*\nmy\.yaml at \/operations\/payment_create\/body: .*$/,
    );
  });

  it.each([[null], ['text'], [[]], [42]])('is refused when it is %j', (value) => {
    expect(problemsOf(value).length).toBeGreaterThan(0);
  });
});

describe('the examples of the documentation', () => {
  const page = fs.readFileSync(path.join(ROOT, '../docs/connectors.md'), 'utf8');
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const rest = { id: 'example', title: 'Example', type: 'http', ping: { path: '/' }, lookups: {} };

  it('are there', () => expect(examples.length).toBeGreaterThan(4));

  it.each(examples)('can be used: %s', (text) => {
    expect(problemsOf({ ...rest, ...parse(text) })).toEqual([]);
  });
});

it('tells apart what its operations promise', () => {
  const traits = httpTraits(parseHttp(shipped(), 'mock-erp.yaml'));
  expect(traits).toMatchObject({ id: 'mock-erp', title: 'Mock ERP', longestCallMs: 20_000 });
  expect(traits.lookups).toContain('vendor');
  expect(traits.operations.vendor_read).toEqual({
    reads: true,
    idempotency: 'A',
    findable: false,
    uniqueReference: false,
  });
  expect(traits.operations.payment_create).toEqual({
    reads: false,
    idempotency: 'A',
    findable: true,
    uniqueReference: false,
    keyWindowMs: 604_800_000,
    reverse: 'payment_reverse',
  });
});

it('counts a long search among the calls that a lease must outlive', () => {
  const definition = parseHttp(
    changed('operations.payment_create.find.timeoutMs', 60_000),
    'mock-erp.yaml',
  );
  expect(httpTraits(definition).longestCallMs).toBe(60_000);
});

it('says in its schema what every key is for', () => {
  const nameless: string[] = [];
  const walk = (schema: unknown, at: string): void => {
    const {
      properties = {},
      additionalProperties,
      oneOf = [],
    } = schema as {
      properties?: Record<string, { description?: string; const?: unknown }>;
      additionalProperties?: unknown;
      oneOf?: unknown[];
    };
    for (const [name, one] of Object.entries(properties)) {
      if (!one.description && one.const === undefined) nameless.push(`${at}/${name}`);
      walk(one, `${at}/${name}`);
    }
    if (typeof additionalProperties === 'object') walk(additionalProperties, `${at}/*`);
    oneOf.forEach((one, index) => walk(one, `${at}/${index}`));
  };
  walk(DEFINITION_SCHEMA, '');
  expect(nameless).toEqual([]);
});

describe('settings from the environment', () => {
  it('stop the start with the name of a missing variable', () => {
    const definition = parseHttp(
      { ...shipped(), auth: { type: 'bearer', token: '${ERP_TOKEN}' } },
      'x',
    );
    for (const env of [{}, { ERP_TOKEN: '' }]) {
      expect(() => createHttpConnector(definition, { env })).toThrow(/ERP_TOKEN/);
    }
    expect(() => createHttpConnector(definition, { env: { ERP_TOKEN: 'a\r\nb: c' } })).toThrow();
    expect(createHttpConnector(definition, { env: { ERP_TOKEN: 't' } }).id).toBe('mock-erp');
  });

  it.each(['ftp://127.0.0.1', 'nonsense', 'http://user:secret@127.0.0.1', 'http://127.0.0.1/?a=b'])(
    'refuse the address %s without repeating it',
    (url) => {
      const create = () =>
        createHttpConnector(parseHttp(shipped(), 'x'), {
          env: { EXECUTION_LAYER_MOCK_ERP_URL: url },
        });
      expect(create).toThrow(/EXECUTION_LAYER_MOCK_ERP_URL/);
      expect(create).not.toThrow(/secret/);
    },
  );
});
