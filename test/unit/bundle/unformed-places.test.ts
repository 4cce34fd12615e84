import { unformedPlaces } from '../../../policy-service/src/bundle/unformed-places';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';

const UUID: JsonObject = { type: 'string', format: 'uuid' };

test.each<[string, JsonObject]>([
  ['contains', { properties: { a: { type: 'array', contains: UUID } } }],
  ['contains', { properties: { a: { contains: { $ref: '#/$defs/id' } } }, $defs: { id: UUID } }],
  ['if', { if: { properties: { a: { 'x-case': 'upper' } } } }],
  ['not', { properties: { a: { not: UUID } } }],
  ['dependentSchemas', { dependentSchemas: { a: { properties: { a: UUID } } } }],
  ['propertyNames', { propertyNames: UUID }],
])('a form under %s is told', (place, schema) => {
  expect(unformedPlaces(schema)).toEqual([expect.stringContaining(` under ${place} `)]);
});

test('a reference by a name of its own is told', () => {
  expect(unformedPlaces({ properties: { a: { $ref: '#x' } } })).toEqual([
    expect.stringContaining('begin it with #/'),
  ]);
});

test('forms that are followed, and members that are called like keywords, are not', () => {
  expect(
    unformedPlaces({
      properties: { not: UUID, if: { items: UUID, contains: { const: 1 } }, format: UUID },
      patternProperties: { '^u_': UUID },
      then: { properties: { a: UUID } },
      anyOf: [{ $ref: '#/$defs/id' }],
      $defs: { id: UUID },
    }),
  ).toEqual([]);
});
