import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { parseConnector } from '../../../policy-service/src/erp/http/definition';
import { ConnectorDefinitionError } from '../../../policy-service/src/erp/http/definition-error';
import { createHttpConnector } from '../../../policy-service/src/erp/http/http-connector';

const ROOT = path.join(__dirname, '../../../policy-service');
const shipped = (): any =>
  parse(fs.readFileSync(path.join(ROOT, 'connectors/mock-erp.yaml'), 'utf8'));

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
  const cases: [pointer: string, words: RegExp, change: (file: any) => void][] = [
    ['', /missing id/, (file) => delete file.id],
    ['', /colour/, (file) => (file.colour = 'red')],
    ['/type', /http/, (file) => (file.type = 'soap')],
    ['/auth/token', /environment only/, (file) => (file.auth = { type: 'bearer', token: 'abc' })],
    [
      '/auth/token',
      /environment only/,
      (file) => (file.auth = { type: 'bearer', token: '${KEY:-abc}' }),
    ],
    [
      '/auth/password',
      /environment only/,
      (file) => (file.auth = { type: 'basic', username: 'u', password: 'p' }),
    ],
    ['/auth', /missing token/, (file) => (file.auth = { type: 'bearer' })],
    ['/baseUrl', /whole value/, (file) => (file.baseUrl = 'http://${HOST}/x')],
    [
      '/lookups/vendor/path',
      /whole value/,
      (file) => (file.lookups.vendor.path = '/vendors/v-{vendor_id}'),
    ],
    [
      '/lookups/vendor/path',
      /optional/,
      (file) => (file.lookups.vendor.path = '/vendors/{vendor_id?}'),
    ],
    [
      '/lookups/vendor/path',
      /segment/,
      (file) => (file.lookups.vendor.path = '/vendors/../{vendor_id}'),
    ],
    [
      '/lookups/vendor/path',
      /segment/,
      (file) => (file.lookups.vendor.path = '//evil.example/{vendor_id}'),
    ],
    ['/lookups/vendor/path', /segment/, (file) => (file.lookups.vendor.path = '/vendors?all=1')],
    [
      '/lookups/vendor/path',
      /pattern/,
      (file) => (file.lookups.vendor.path = 'http://evil.example/'),
    ],
    [
      '/lookups/vendor/fields/name',
      /pattern/,
      (file) => (file.lookups.vendor.fields.name = 'name'),
    ],
    ['/lookups/vendor/notFound/0', /400/, (file) => (file.lookups.vendor.notFound = [200])],
    [
      '/operations/payment_create/body',
      /whole value/,
      (file) => (file.operations.payment_create.body.memo = 'For {memo}'),
    ],
    [
      '/operations/vendor_read/body',
      /GET has no body/,
      (file) => (file.operations.vendor_read.body = {}),
    ],
    [
      '/operations/payment_create/success/0',
      /200|299/,
      (file) => (file.operations.payment_create.success = [500]),
    ],
    [
      '/operations/payment_create/refusal/statuses/0',
      /NOT|not/,
      (file) => (file.operations.payment_create.refusal.statuses = [429]),
    ],
    [
      '/operations/payment_create/refusal/statuses/0',
      /499/,
      (file) => (file.operations.payment_create.refusal.statuses = [500]),
    ],
    [
      '/operations/payment_create/idempotencyKeyHeader',
      /pattern/,
      (file) => (file.operations.payment_create.idempotencyKeyHeader = 'A: b'),
    ],
    [
      '/operations/payment_create/method',
      /one of/,
      (file) => (file.operations.payment_create.method = 'post'),
    ],
    ['/retry/attempts', /10/, (file) => (file.retry.attempts = 1000)],
  ];

  it.each(cases)('is refused at %j: %s', (pointer, words, change) => {
    const file = shipped();
    change(file);
    expect(problemsOf(file)).toContainEqual({ pointer, message: expect.stringMatching(words) });
  });

  it('is named with every wrong place', () => {
    const file = shipped();
    file.lookups.vendor.path = '/vendors/{a b}';
    file.operations.payment_create.body.memo = '{';
    expect(() => parseConnector(file, 'my.yaml')).toThrow(
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
