import { sameRecord } from '../../../policy-service/src/erp/http/same-record';
import type { Json, JsonObject } from '../../../policy-service/src/domain/request/request';

/** The answer of a lookup is the record that was asked for, or nothing is known. */
const match = { id: { at: '/id', ignoreCase: false } };

function asked(answer: Json, parameters: JsonObject, more: object = {}): Json | undefined {
  return sameRecord('The ERP', { match, ...more }, answer, parameters);
}

test('one record: its key must equal the parameter, compared by its text', () => {
  expect(asked({ id: 'V-1' }, { id: 'V-1' })).toEqual({ id: 'V-1' });
  expect(asked({ id: 7 }, { id: '7' })).toEqual({ id: 7 });
  expect(asked({ id: '7' }, { id: 7 })).toEqual({ id: '7' });
  expect(asked({ id: 'Caf\u00e9' }, { id: 'Cafe\u0301' })).toBeDefined();
  for (const id of ['V-2', 'v-1', ' V-1', '', null, {}, ['V-1']] as Json[]) {
    expect(() => asked({ id }, { id: 'V-1' })).toThrow(/another record than the one asked for/);
  }
  expect(() => asked({}, { id: 'V-1' })).toThrow(/another record/);
  expect(
    asked({ id: 'v-1' }, { id: 'V-1' }, { match: { id: { at: '/id', ignoreCase: true } } }),
  ).toBeDefined();
});

test('a list: exactly one row is the one; an empty one says that there is none', () => {
  const list = { list: '/items' };
  expect(asked({ items: [] }, { id: '1' }, list)).toBeUndefined();
  expect(asked({ items: [{ id: '2' }, { id: '1', x: 1 }] }, { id: '1' }, list)).toEqual({
    id: '1',
    x: 1,
  });
  expect(() => asked({ items: [{ id: '2' }] }, { id: '1' }, list)).toThrow(/another record/);
  expect(() => asked({ items: [{ id: '1' }, { id: 1 }] }, { id: '1' }, list)).toThrow(/2 records/);
  expect(() => asked({ rows: [] }, { id: '1' }, list)).toThrow(/without a list/);
  expect(() => asked({ items: [null, 3] }, { id: '1' }, list)).toThrow(/another record/);
});

test('one row of several is not taken by its place', () => {
  const first = { match: { id: { at: '/0/id', ignoreCase: false } } };
  expect(asked([{ id: '1' }], { id: '1' }, first)).toBeDefined();
  expect(() => asked([{ id: '1' }, { id: '2' }], { id: '1' }, first)).toThrow(/several records/);
});

test('every parameter has to fit; an optional one that is not given filters nothing', () => {
  const both = { match: { ...match, place: { at: '/place', ignoreCase: false } } };
  expect(() => asked({ id: '1', place: 'B' }, { id: '1', place: 'A' }, both)).toThrow(
    /\/place is "B"/,
  );
  expect(asked({ id: '1', place: 'B' }, { id: '1' }, both)).toBeDefined();
});

test('a field that is compared without being declared may be absent, and not another one', () => {
  const implied = { match: { id: { at: '/id', ignoreCase: false, implied: true } } };
  expect(asked({}, { id: '1' }, implied)).toEqual({});
  expect(() => asked({ id: '2' }, { id: '1' }, implied)).toThrow(/another record/);
});
