import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import {
  createConnector,
  parseConnector,
  traitsOf,
} from '../../../policy-service/src/erp/connectors';

const BUNDLES = join(__dirname, '../../../examples/bundles');
const options = {
  clock: { now: () => new Date() },
  log: { warn: () => undefined },
};

describe.each(['tryton', 'odoo'])('a connector file of type %s', (name) => {
  const example = parse(
    readFileSync(join(BUNDLES, name, 'connectors', `${name}.yaml`), 'utf8'),
  ) as JsonObject;
  const secret = name === 'tryton' ? 'password' : 'apiKey';
  const read = (changes: JsonObject) => parseConnector({ ...example, ...changes }, 'file.yaml');

  test('what it can do is known without a setting', () => {
    const { lookups, operations, longestCallMs, limits } = traitsOf(read({}));
    expect(lookups).toEqual(['vendor', 'contact', 'item', 'warehouse', 'stock']);
    expect(longestCallMs).toBe(40_000);
    expect(limits).toEqual({ concurrency: 4, perSecond: 20 });
    for (const [operation, { reverse }] of Object.entries(operations)) {
      if (reverse !== undefined) expect(Object.keys(operations)).toContain(reverse);
      const writes = /create|adjust$|update/.test(operation);
      expect(reverse !== undefined).toBe(writes);
    }
  });

  test('creating is class A only where the ERP itself keeps a second document out', () => {
    const { operations } = traitsOf(read({}));
    const creates = ['stock_adjust', 'payment_create', 'contact_update'];
    expect(creates.map((each) => operations[each]?.idempotency)).toEqual(
      creates.map(() => (name === 'odoo' ? 'A' : 'B')),
    );
    expect(creates.map((each) => operations[each]?.uniqueReference)).toEqual(
      creates.map(() => name === 'odoo'),
    );
    expect(creates.every((each) => operations[each]?.findable)).toBe(true);
  });

  test.each([
    [{ url: 5 }, '/url'],
    [{ payment: {} }, '/payment'],
    [{ totalMs: 1 }, '/totalMs'],
    [{ unknown: true }, '/'],
    [{ limits: { concurrency: 0 } }, '/limits/concurrency'],
  ])('%j is refused at %s', (changes, pointer) => {
    expect(() => read(changes as JsonObject)).toThrow(`file.yaml at ${pointer}`);
  });

  test('a secret in the file is refused', () => {
    expect(() => read({ [secret]: 'hunter2' })).toThrow(`file.yaml at /${secret}: A secret`);
  });

  test('a missing setting stops the start with its name', () => {
    const variable = name === 'tryton' ? 'TRYTON_PASSWORD' : 'ODOO_API_KEY';
    expect(() => createConnector(read({}), { ...options, env: {} })).toThrow(variable);
  });

  test('an address with credentials in it is refused', () => {
    const env = { [`${name.toUpperCase()}_URL`]: 'http://me:secret@localhost', [variable()]: 'x' };
    expect(() => createConnector(read({}), { ...options, env })).toThrow('without credentials');
    function variable(): string {
      return name === 'tryton' ? 'TRYTON_PASSWORD' : 'ODOO_API_KEY';
    }
  });
});

test('JSON-RPC needs a login', () => {
  const file = join(BUNDLES, 'odoo', 'connectors', 'odoo.yaml');
  const example = parse(readFileSync(file, 'utf8')) as JsonObject;
  expect(() => parseConnector({ ...example, protocol: 'jsonrpc' }, 'file.yaml')).toThrow('login');
});
