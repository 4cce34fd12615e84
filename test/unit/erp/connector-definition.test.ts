import fs from 'node:fs';
import path from 'node:path';
import { parse, parseDocument } from 'yaml';
import { parseConnector } from '../../../policy-service/src/erp/http/definition';
import { ConnectorDefinitionError } from '../../../policy-service/src/erp/http/definition-error';
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
    parseConnector(value, 'my.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConnectorDefinitionError)) throw error;
    for (const { message } of error.problems) expect(message).toMatch(/\.$/);
    return error.problems;
  }
}

describe('the shipped connector', () => {
  const definition = parseConnector(shipped(), 'mock-erp.yaml');

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
    const parsed = parseConnector(file, 'mock-erp.yaml');
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
    expect(() => parseConnector(document.toJS(), 'my.yaml')).toThrow(
      /^my\.yaml at \/lookups\/vendor\/path: .*\nmy\.yaml at \/operations\/payment_create\/body: .*$/,
    );
  });

  it.each([[null], ['text'], [[]], [42]])('is refused when it is %j', (value) => {
    expect(problemsOf(value).length).toBeGreaterThan(0);
  });
});

describe('settings from the environment', () => {
  it('stop the start with the name of a missing variable', () => {
    const definition = parseConnector(
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
        createHttpConnector(parseConnector(shipped(), 'x'), {
          env: { EXECUTION_LAYER_MOCK_ERP_URL: url },
        });
      expect(create).toThrow(/EXECUTION_LAYER_MOCK_ERP_URL/);
      expect(create).not.toThrow(/secret/);
    },
  );
});
