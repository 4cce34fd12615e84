import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadBundle } from '../../../policy-service/src/bundle/load-bundle';
import { runPolicyCases } from '../../../policy-service/src/bundle/policy-cases';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { OpenApiDocument } from '../../../policy-service/src/openapi-import/document';
import { ImportError } from '../../../policy-service/src/openapi-import/import-error';
import {
  importOpenApi,
  type ImportOptions,
} from '../../../policy-service/src/openapi-import/import-openapi';
import { listOperations } from '../../../policy-service/src/openapi-import/operations';

const fixture = (name: string): string =>
  readFileSync(join(__dirname, '../../fixtures/openapi', name), 'utf8');
const FASTAPI = fixture('fastapi-orders.json');
const DJANGO = fixture('django-tickets.yaml');

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'openapi-import-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

function importInto(text: string, options: Partial<ImportOptions> = {}, source = 'openapi.json') {
  return importOpenApi(text, source, { operations: 'all', out, force: false, ...options });
}

const written = (path: string) => parse(readFileSync(join(out, path), 'utf8'));

/** Loads the folder as `policy check` does and runs its cases as `policy test` does. */
function checked() {
  const loaded = loadBundle(readBundleFolder(out), out);
  const report = runPolicyCases(loaded);
  expect(report.failed).toBe(0);
  expect(report.passed).toBe(loaded.bundle.actions.length);
  return loaded;
}

describe('a FastAPI document', () => {
  const baseUrl = 'http://127.0.0.1:8000';

  it('lists its operations with what is guessed about them', () => {
    const all = listOperations(OpenApiDocument.parse(FASTAPI, 'openapi.json'));
    expect(
      all.map(({ id, method, class: kind, risk, idempotency }) => [
        id,
        method,
        kind,
        risk,
        idempotency,
      ]),
    ).toEqual([
      ['health_health_get', 'GET', 'read', 'low', 'A'],
      ['create_order_orders_post', 'POST', 'write', 'medium', 'C'],
      ['read_order_orders__orderId__get', 'GET', 'read', 'low', 'A'],
      ['cancel_order_orders__orderId__delete', 'DELETE', 'write', 'high', 'A'],
      ['upload_label', 'POST', 'write', 'medium', 'C'],
    ]);
  });

  it('becomes a bundle that passes its checks and tests at once', () => {
    const result = importInto(FASTAPI, { baseUrl });
    expect(result).toMatchObject({ connector: 'order-desk', settings: ['ORDER_DESK_TOKEN'] });
    expect(result.skipped).toEqual([
      {
        operation: 'upload_label',
        reason: expect.stringMatching(/multipart\/form-data; only JSON/),
      },
    ]);
    const { bundle, connectors } = checked();
    expect(bundle.actions.map(({ id, stage }) => [id, stage])).toEqual(
      result.actions.sort().map((id) => [id, 'recommend']),
    );
    expect(connectors).toMatchObject([{ id: 'order-desk', type: 'http' }]);
    expect(readdirSync(join(out, 'catalogue'))).toHaveLength(4);
  });

  it('carries arguments over from path, query, header and body', () => {
    importInto(FASTAPI, { baseUrl });
    const action = written('catalogue/order-desk.create_order_orders_post.yaml');
    expect(action).toMatchObject({
      title: 'Create Order',
      description: 'Creates an order of one customer. Items are checked against the stock.',
      class: 'write',
      risk: 'medium',
      idempotency: 'C',
      compensation: 'irreversible',
    });
    expect(action.schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(action.schema.required).toEqual(['x_desk', 'customer', 'items']);
    expect(action.schema.properties).toMatchObject({
      dry_run: { type: 'boolean' },
      body_dry_run: { type: 'boolean' },
      x_desk: { type: 'string', enum: ['north', 'south'] },
      customer: { type: 'string', minLength: 1, maxLength: 500 },
      note: { type: 'string', maxLength: 200 },
      due: { type: 'string', maxLength: 10, pattern: expect.any(String) },
      items: {
        type: 'array',
        minItems: 1,
        maxItems: 100,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['sku', 'quantity'],
          properties: {
            quantity: { type: 'integer', exclusiveMinimum: 0 },
            price: { type: 'number' },
          },
        },
      },
    });
    for (const name of ['tags', 'session', 'extra', 'parent']) {
      expect(action.schema.properties).not.toHaveProperty(name);
    }
    expect(action.schema.properties.items.items.properties).not.toHaveProperty('id');
    expect(action.schema.properties.code).not.toHaveProperty('pattern');
    const operation = written('connectors/order-desk.yaml').operations.create_order_orders_post;
    expect(operation).toEqual({
      method: 'POST',
      path: '/orders',
      query: { dry_run: '{dry_run?}' },
      headers: { 'X-Desk': '{x_desk}' },
      body: {
        customer: '{customer}',
        items: '{items}',
        note: '{note?}',
        due: '{due?}',
        code: '{code?}',
        dry_run: '{body_dry_run?}',
      },
      success: [201],
      refusal: { statuses: [409, 422], message: '/detail' },
      reference: '/orderId',
      result: { order_id: '/orderId', state: '/state' },
    });
  });

  it('says in the file what is not carried over', () => {
    importInto(FASTAPI, { baseUrl });
    const text = readFileSync(
      join(out, 'catalogue/order-desk.create_order_orders_post.yaml'),
      'utf8',
    );
    expect(text).toMatch(/^# From POST \/orders of openapi\.json\.$/m);
    for (const sentence of [
      /^# tags is left out: tags is of type array in the query\.$/m,
      /^# extra is left out: extra takes members that the document does not name\.$/m,
      /^# parent is left out: .*contains itself\.$/m,
      /^# The pattern of code is left out/m,
    ]) {
      expect(text).toMatch(sentence);
    }
  });

  it('gives class A where the server takes an idempotency key', () => {
    importInto(FASTAPI, { baseUrl });
    const { operations, baseUrl: address, ping, auth } = written('connectors/order-desk.yaml');
    expect(operations.cancel_order_orders_order_id_delete).toMatchObject({
      path: '/orders/{order_id}',
      idempotencyKeyHeader: 'Idempotency-Key',
      success: [204],
    });
    expect({ address, ping, auth }).toEqual({
      address: '${ORDER_DESK_URL:-http://127.0.0.1:8000}',
      ping: { path: '/health' },
      auth: { type: 'bearer', token: '${ORDER_DESK_TOKEN}' },
    });
  });

  it('makes test arguments that fit their patterns', () => {
    importInto(FASTAPI, { baseUrl, operations: ['GET /orders/{orderId}'] });
    const [one] = written('tests/order-desk.yaml').cases;
    expect(one.request.arguments).toEqual({ order_id: expect.stringMatching(/^ORD-[0-9]{6}$/) });
    expect(one.expect).toEqual({ effect: 'recommend' });
  });
});

describe('a Django REST document', () => {
  it('keeps its slashes, its token header and its formats', () => {
    const result = importInto(DJANGO, { connector: 'desk' }, 'schema.yaml');
    expect(result.skipped).toEqual([]);
    expect(result.settings).toEqual(['DESK_KEY']);
    checked();
    const connector = written('connectors/desk.yaml');
    expect(connector).toMatchObject({
      baseUrl: '${DESK_URL:-https://desk.example.com/root}',
      auth: { type: 'header', header: 'Authorization', value: '${DESK_KEY}' },
    });
    expect(connector.operations.tickets_partial_update).toMatchObject({
      method: 'PATCH',
      path: '/api/tickets/{id}/',
      reference: '/id',
      result: { id: '/id', subject: '/subject', priority: '/priority' },
    });
    const { properties, required } = written('catalogue/desk.tickets_create.yaml').schema;
    expect(required).toEqual(['subject']);
    expect(properties).toMatchObject({
      subject: { minLength: 1, maxLength: 100 },
      priority: { type: 'string', enum: ['low', 'normal', 'high'] },
      assignee: { maxLength: 254, examples: ['ana@example.com'] },
      rate: { type: 'number', exclusiveMinimum: 0 },
    });
    expect(properties.amount).not.toHaveProperty('pattern');
  });
});

describe('a Swagger 2.0 document', () => {
  it('is imported as if it were OpenAPI 3.1', () => {
    importInto(fixture('swagger-portal.json'));
    checked();
    expect(written('connectors/portal.yaml')).toMatchObject({
      baseUrl: '${PORTAL_URL:-https://portal.example.com/v1}',
      auth: {
        type: 'oauth2',
        tokenUrl: '${PORTAL_TOKEN_URL:-https://login.example.com/token}',
        clientId: '${PORTAL_CLIENT_ID}',
        clientSecret: '${PORTAL_CLIENT_SECRET}',
        scope: 'write',
      },
      operations: { create_note: { path: '/notes/{rate}', body: { text: '{text}' } } },
    });
    expect(written('catalogue/portal.create_note.yaml').schema.properties.rate).toMatchObject({
      type: 'string',
      pattern: expect.any(String),
    });
  });
});

describe('files that are there', () => {
  const options = { baseUrl: 'http://127.0.0.1:8000', operations: ['health_health_get'] };

  it('are never overwritten without --force', () => {
    importInto(FASTAPI, options);
    const file = join(out, 'catalogue/order-desk.health_health_get.yaml');
    const changed = readFileSync(file, 'utf8').replace('risk: low', 'risk: high');
    writeFileSync(file, changed);
    expect(() => importInto(FASTAPI, options)).toThrow(/already holds .*order-desk.*--force/);
    expect(readFileSync(file, 'utf8')).toBe(changed);
    importInto(FASTAPI, { ...options, force: true });
    expect(readFileSync(file, 'utf8')).toContain('risk: low');
  });

  it('stay beside those of another document, with their rules', () => {
    importInto(FASTAPI, options);
    writeFileSync(join(out, 'policies/rules.yaml'), '# mine\nrules: []\n');
    importInto(DJANGO, {}, 'schema.yaml');
    expect(readFileSync(join(out, 'policies/rules.yaml'), 'utf8')).toContain('# mine');
    expect(checked().connectors).toHaveLength(2);
  });

  it('that are broken stop the import before anything is written', () => {
    importInto(FASTAPI, options);
    writeFileSync(join(out, 'catalogue/broken.yaml'), 'id: broken\n');
    expect(() => importInto(DJANGO, {}, 'schema.yaml')).toThrow(/broken\.yaml/);
    expect(readdirSync(join(out, 'connectors'))).toEqual(['order-desk.yaml']);
  });
});

describe('what cannot be imported is told', () => {
  it.each<[string, string, Partial<ImportOptions>, RegExp]>([
    ['a text', 'hello', {}, /holds no object/],
    ['broken JSON', '{"openapi": "3.1.0",', {}, /neither JSON nor YAML/],
    ['another format', '{"asyncapi": "2.0.0"}', {}, /no OpenAPI document/],
    ['a version of tomorrow', '{"openapi": "4.0.0"}', {}, /OpenAPI 4\.0\.0.*Supported are/],
    ['no paths', '{"openapi": "3.1.0", "info": {}}', {}, /no paths/],
    ['an unknown operation', FASTAPI, { operations: ['nope'] }, /no operation "nope".*--list/],
    ['no address', FASTAPI, {}, /does not say where.*--base-url/],
    ['an address that is none', FASTAPI, { baseUrl: 'ftp://x' }, /--base-url/],
    ['a bad id', FASTAPI, { connector: 'My ERP' }, /"My ERP" cannot be the id/],
    [
      'nothing that fits',
      FASTAPI,
      { operations: ['upload_label'], baseUrl: 'http://127.0.0.1' },
      /Nothing can be imported:\n {2}upload_label: /,
    ],
  ])('%s', (_name, text, options, message) => {
    expect(() => importInto(text, options)).toThrow(ImportError);
    expect(() => importInto(text, options)).toThrow(message);
    expect(readdirSync(out)).toEqual([]);
  });
});
